import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { aLevel } from '../../../health/testing/outside.ts';
import type { OutsideReading, OutsideWatch } from '../../../probe/readings/memory/outside.ts';
import { aFiguresReading } from '../../../probe/testing/figures-reading.ts';
import { createOutsideSource } from './outside.ts';
import { suspicionOf } from './suspicion.ts';

describe('what rises from point to point', () => {
  const inARow = (values: readonly number[], level: (value: number) => object) =>
    suspicionOf(values.map((value) => aLevel(level(value))));
  const NOTHING = { buffers: false, objects: false, handles: false };
  const rest = (value: number) => ({ restBytes: value });
  const timers = (value: number) => ({ handles: { Timeout: value } });

  test.each([
    ['buffers', [10e6, 12e6, 14e6, 16e6], (value: number) => ({ arrayBuffersBytes: value })],

    ['objects', [40e6, 45e6, 50e6, 55e6], rest],
    ['handles', [30, 33, 36, 39], (value: number) => ({ descriptors: value })],
    ['handles', [3, 5, 7, 9], timers],
  ] as const)('makes %s suspect: %j', (name, values, level) => {
    expect(inARow(values, level)).toEqual({ ...NOTHING, [name]: true });
  });

  test('makes both suspect where nobody knows whether it is buffers', () => {
    const native = (value: number) => ({ nativeBytes: value });
    expect(inARow([1e6, 3e6, 5e6, 7e6], native)).toEqual({
      ...NOTHING,
      buffers: true,
      objects: true,
    });
  });

  const eachSecond = (level: (index: number) => object) =>
    suspicionOf(
      Array.from({ length: 40 }, (_, index) => aLevel({ atMs: index * 1_000, ...level(index) })),
    );

  test('makes it suspect as well where it does so slowly, and points are close together', () => {
    const slowly = eachSecond((index) => ({ arrayBuffersBytes: 1e6 + index * 500e3 }));
    expect(slowly).toEqual({ ...NOTHING, buffers: true });
    expect(eachSecond((index) => ({ arrayBuffersBytes: (index % 10) * 500e3 }))).toEqual(NOTHING);
  });

  test('makes it suspect where it does so by megabytes a minute', () => {
    const rising = (bytesAMinute: number) =>
      suspicionOf(
        Array.from({ length: 13 }, (_, index) =>
          aLevel({ atMs: index * 10_000, arrayBuffersBytes: 20e6 + (index / 6) * bytesAMinute }),
        ),
      );
    expect(rising(4e6)).toEqual({ ...NOTHING, buffers: true });
    expect(rising(1e6)).toEqual(NOTHING);
  });

  test.each([
    ['too early', [3, 20, 40]],
    ['falls between', [3, 20, 12, 40]],
    ['hardly', [3, 4, 5, 6]],
    ['in one leap', [3, 40, 41, 42]],
  ])('makes nothing suspect where it does so %s', (_name, values) => {
    expect(inARow(values, timers)).toEqual(NOTHING);
  });
});

const timersOf = (count: number) => ({ handles: { Timeout: count } });

/** A program that has so many timers at each of its points, ten seconds apart. */
async function pointsOf(
  counts: readonly number[],
  figuresOf: (count: number) => Parameters<typeof aFiguresReading>[0] = timersOf,
) {
  const watches: OutsideWatch[] = [];
  /** At which of the points. */
  const collections: number[] = [];
  let point = 0;
  let reads = 0;
  let takenAtMs = Date.now();
  let figures = aFiguresReading({ takenAtMs });
  const frame = { function: 'beat', file: '/app/beat.ts', line: 3, column: 1, isAsync: false };
  const source = createOutsideSource({
    probe: {
      watchOutside: async (request) => void watches.push(request),
      async readOutside(): Promise<OutsideReading> {
        reads += 1;
        return {
          takenAtMs,
          made: [
            {
              kind: 'Timeout',
              stack: 0,
              settled: 9,
              kept: 9,
              keptBytes: 0,
              idle: null,
              records: 9,
              oldestAtMs: takenAtMs,
              newestAtMs: takenAtMs,
              isRepeating: true,
              toItself: 0,
            },
          ],
          stacks: [[frame]],
          buffersSinceMs: null,
          resourcesSinceMs: takenAtMs,
          buffersUnwatchable: null,
          collectedAtMs: null,
        };
      },
      collectGarbage: async () => {
        collections.push(point);
        if (collections.length === 1) throw new Error('not now');
        return { endedAtMs: takenAtMs, pauseMs: 1 };
      },
    },
    lastFigures: () => figures,
    locate: async (reading) => reading,
    ownBytes: () => 0,
    cores: 2,
  });
  for (const [index, count] of counts.entries()) {
    point = index;
    takenAtMs += 10_000;
    vi.setSystemTime(takenAtMs);
    figures = aFiguresReading({ takenAtMs, ...figuresOf(count) });
    await source.suspect();
  }
  return { source, watches, collections, reads };
}

describe('the evidence of what lives outside the heap', () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ['Date'] }));
  afterEach(() => void vi.useRealTimers());

  test('costs nothing more than figures that are read anyway, where nothing rises', async () => {
    const { source, watches, reads } = await pointsOf([5, 9, 5, 9, 5, 9]);
    expect({ watches, reads }).toEqual({ watches: [], reads: 0 });
    expect(source.evidence().levels.map(({ handles }) => handles)).toEqual(
      [5, 9, 5, 9, 5, 9].map((Timeout) => ({ Timeout })),
    );
  });

  test('names who makes what rises, and has that watched once only', async () => {
    const { source, watches } = await pointsOf([5, 15, 25, 35, 45, 55, 65]);
    expect(watches).toMatchObject([{ buffers: false, resources: true }]);
    expect(source.evidence().made).toMatchObject([
      { kind: 'Timeout', kept: 9, frames: [{ function: 'beat' }] },
    ]);
  });

  test('has garbage collected for buffers, and asks again where that was refused', async () => {
    const { watches, collections } = await pointsOf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], (count) => ({
      memory: { arrayBuffersBytes: count * 5e6 },
    }));
    expect(watches).toMatchObject([{ buffers: true, resources: false }]);
    expect(collections).toEqual([7, 8]);
  });
});
