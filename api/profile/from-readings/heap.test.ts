import { describe, expect, it } from 'vitest';
import type { HeapReading } from '../../probe/readings/memory/heap.ts';
import { profileFromHeapReading } from './heap.ts';

interface TestNode {
  parent: number;
  name: string;
  file?: string;
  line?: number;
  values?: [allocObjects: number, allocBytes: number, inuseObjects: number, inuseBytes: number];
}

function readingOf(nodes: TestNode[], cumulative = true): HeapReading {
  const strings: string[] = [];
  const intern = (text: string) => {
    const known = strings.indexOf(text);
    return known >= 0 ? known : strings.push(text) - 1;
  };
  return {
    collectedAtMs: 0,
    pauseMs: 0,
    nextReadAtMs: 0,
    cumulative,
    samplingIntervalBytes: 1,
    rotations: 0,
    parent: Int32Array.from(nodes, ({ parent }) => parent),
    functionName: Int32Array.from(nodes, ({ name }) => intern(name)),
    file: Int32Array.from(nodes, ({ file = '/app/a.js' }) => intern(file)),
    line: Int32Array.from(nodes, ({ line = 1 }) => line),
    values: Float64Array.from(nodes.flatMap(({ values = [0, 0, 0, 0] }) => values)),
    evidence: Float64Array.from(
      nodes.flatMap((_, node) => [10, 20, 1, 2, 3, 0].map((n) => n + node)),
    ),
    strings,
  };
}

describe('a profile from a heap reading', () => {
  it('has a sample for every sampled node, top frame first', () => {
    const { samples, frames } = profileFromHeapReading(
      readingOf([
        { parent: -1, name: 'main', line: 1 },
        { parent: 0, name: 'work', line: 5, values: [2, 20, 1, 10] },
        { parent: 1, name: 'push', file: '', line: 0, values: [1, 8, 0, 0] },
      ]),
    );
    expect(samples.map(({ values }) => Array.from(values))).toEqual([
      [2, 20, 1, 10],
      [1, 8, 0, 0],
    ]);
    const placesOf = (stack: ArrayLike<number>) =>
      Array.from(stack, (at) => `${frames[at]?.function} ${frames[at]?.file}:${frames[at]?.line}`);
    expect(samples.map(({ stack }) => placesOf(stack))).toEqual([
      ['work /app/a.js:5', 'main /app/a.js:1'],
      ['push :0', 'work /app/a.js:5', 'main /app/a.js:1'],
    ]);
  });

  it('says of every sample how far it can be trusted', () => {
    const { samples } = profileFromHeapReading(
      readingOf([
        { parent: -1, name: 'main' },
        { parent: 0, name: 'work', values: [2, 20, 1, 10] },
      ]),
    );
    expect(samples.map(({ evidence }) => evidence)).toEqual([
      {
        cumulative: { samples: 11, variance: 21, doubtBytes: 0 },
        live: { samples: 2, variance: 3, doubtBytes: 4 },
      },
    ]);
  });

  it('makes whole bytes and objects of estimates, and at least one of what is there', () => {
    const { samples } = profileFromHeapReading(
      readingOf([
        { parent: -1, name: 'f', values: [30.57, 10_485.333, 0.2, 0.4] },
        { parent: -1, name: 'g', values: [1.4, 99.5, 0, 0] },
      ]),
    );
    expect(samples.map(({ values }) => Array.from(values))).toEqual([
      [31, 10_485, 1, 1],
      [1, 100, 0, 0],
    ]);
  });

  it('interns the frames of a recursion', () => {
    const { samples, frames } = profileFromHeapReading(
      readingOf([
        { parent: -1, name: 'walk' },
        { parent: 0, name: 'walk' },
        { parent: 1, name: 'walk', values: [1, 1, 1, 1] },
        { parent: 2, name: 'walk', line: 2 },
      ]),
    );
    expect(frames).toHaveLength(2);
    expect(samples[0]?.stack).toEqual([0, 0, 0]);
  });

  it.each([
    ['file:///app/b%20c.js', '/app/b c.js'],
    ['file://elsewhere/app/b.js', 'file://elsewhere/app/b.js'],
    ['/app/b.js', '/app/b.js'],
    ['node:fs', 'node:fs'],
    ['evalmachine.<anonymous>', 'evalmachine.<anonymous>'],
  ])('reads the file %s as %s', (file, expected) => {
    const { frames } = profileFromHeapReading(readingOf([{ parent: -1, name: 'f', file }]));
    expect(frames[0]?.file).toBe(expected);
  });

  it('names a function that has no name', () => {
    const { frames } = profileFromHeapReading(readingOf([{ parent: -1, name: '' }]));
    expect(frames[0]?.function).toBe('(anonymous)');
  });

  it('has only live values where there are no cumulative ones', () => {
    const { sampleTypes, samples } = profileFromHeapReading(
      readingOf(
        [
          { parent: -1, name: 'f', values: [0, 0, 3, 30] },
          { parent: -1, name: 'gone', values: [4, 40, 0, 0] },
        ],
        false,
      ),
    );
    expect(sampleTypes).toEqual([
      { type: 'inuse_objects', unit: 'count' },
      { type: 'inuse_space', unit: 'bytes' },
    ]);
    expect(samples.map(({ values }) => Array.from(values))).toEqual([[3, 30]]);
  });

  it('is empty for an empty reading', () => {
    expect(profileFromHeapReading(readingOf([]))).toMatchObject({ frames: [], samples: [] });
  });
});
