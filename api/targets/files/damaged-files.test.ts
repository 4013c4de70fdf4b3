/** Files of Node and Chrome that are damaged, or deeper than any program calls. */
import { describe, expect, it } from 'vitest';
import { contentOf } from './saved-file.ts';

const FRAME = { functionName: 'pack', url: 'file:///app/pack.js', lineNumber: 3, columnNumber: 1 };
const NODE = { id: 1, callFrame: FRAME, hitCount: 1, children: [] as unknown };
const CPU = { nodes: [NODE], startTime: 0, endTime: 10, samples: [1], timeDeltas: [5] };
const HEAP_NODE = { callFrame: FRAME, selfSize: 8, children: [] as unknown };

const read = (file: unknown) => contentOf(Buffer.from(JSON.stringify(file)));

function chain(levels: number): string {
  const node = (level: number) =>
    `{"callFrame":{"functionName":"f${level}","url":"file:///app/deep.js","lineNumber":${level}},"selfSize":1,"children":[`;
  const begin = Array.from({ length: levels }, (_, level) => node(level)).join('');
  return `{"head":${begin}${']}'.repeat(levels)}}`;
}

function deepCpuProfile(levels: number) {
  const nodes = Array.from({ length: levels }, (_, level) => ({
    ...NODE,
    id: level,
    children: level + 1 < levels ? [level + 1] : [],
  }));
  return { nodes, startTime: 0, endTime: 10 };
}

describe('a .cpuprofile', () => {
  it('is read whole where optional parts are left out', () => {
    const { callFrame } = NODE;
    const file = { nodes: [{ id: 1, callFrame, children: null }], startTime: 0, endTime: 10 };
    expect(read(file).kind).toBe('PROFILE');
  });

  it.each([
    ['samples is not a list of numbers', { ...CPU, samples: 'x' }],
    ['timeDeltas is not a list of numbers', { ...CPU, timeDeltas: [1, '2'] }],
    ['endTime is not a number', { ...CPU, endTime: 'late' }],
    ['nodes[0] is not an object', { ...CPU, nodes: [null] }],
    ['nodes[0].id is not a number', { ...CPU, nodes: [{ ...NODE, id: 'a' }] }],
    [
      'nodes[0].hitCount is not a number from 0 on',
      { ...CPU, nodes: [{ ...NODE, hitCount: 'x' }] },
    ],
    ['nodes[0].children is not a list of numbers', { ...CPU, nodes: [{ ...NODE, children: 'x' }] }],
    ['callFrame of nodes[0] is not an object', { ...CPU, nodes: [{ id: 1 }] }],
    [
      'url of nodes[0] is not a text',
      { ...CPU, nodes: [{ ...NODE, callFrame: { ...FRAME, url: [] } }] },
    ],
  ])('is refused where %s', (what, file) => {
    expect(() => read(file)).toThrow(`this looks like a .cpuprofile, but is damaged: ${what}`);
  });

  it.each([
    ['itself', [{ ...NODE, children: [1] }]],
    [
      'one another',
      [
        { ...NODE, children: [2] },
        { ...NODE, id: 2, children: [1] },
      ],
    ],
  ])('is refused where functions call %s in a circle', (_whom, nodes) => {
    expect(() => read({ ...CPU, nodes })).toThrow('it is damaged: its calls run in a circle');
  });

  it('is refused where its stacks would not fit, with the depth', () => {
    expect(() => read(deepCpuProfile(60_000))).toThrow('its calls are up to 60000 levels deep');
  });
});

describe('a .heapprofile', () => {
  it.each([
    ['selfSize of the node of pack is not a number from 0 on', { ...HEAP_NODE, selfSize: 'x' }],
    ['selfSize of the node of pack is not a number from 0 on', { ...HEAP_NODE, selfSize: -1 }],
    ['children of the node of pack is not a list', { ...HEAP_NODE, children: {} }],
    ['a child of the node of pack is not an object', { ...HEAP_NODE, children: [null] }],
    ['callFrame of a node is not an object', { ...HEAP_NODE, children: [{ selfSize: 1 }] }],
    [
      'lineNumber of a node is not a number',
      { ...HEAP_NODE, callFrame: { ...FRAME, lineNumber: '3' } },
    ],
  ])('is refused where %s', (what, head) => {
    expect(() => read({ head })).toThrow(`this looks like a .heapprofile, but is damaged: ${what}`);
  });

  it('is refused where its stacks would not fit, with the depth', () => {
    expect(() => contentOf(Buffer.from(chain(60_000)))).toThrow(
      'its calls are up to 60000 levels deep, and its stacks together more than 20000000 frames long',
    );
  });

  it('is read where it is deep and its stacks fit', () => {
    const content = contentOf(Buffer.from(chain(2_000)));
    expect(content).toMatchObject({ kind: 'PROFILE', profile: { samples: { length: 2_000 } } });
  });
});

describe('a file that Node saved', () => {
  const REPORT = { header: { reportVersion: 3, event: 'JavaScript API' } };

  it.each([
    ['PROFILE', 'UTF-8 with a mark', CPU, (text: string) => Buffer.from(`\ufeff${text}`)],
    ['PROFILE', 'UTF-16', { head: HEAP_NODE }, (text: string) => Buffer.from(text, 'utf16le')],
    [
      'PROFILE',
      'UTF-16 with a mark',
      CPU,
      (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le'),
    ],
    [
      'REPORT',
      'UTF-16, big endian',
      REPORT,
      (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le').swap16(),
    ],
  ] as const)(
    'is read as a %s where an editor or a shell made %s of it',
    (kind, _as, file, encode) => {
      expect(contentOf(encode(JSON.stringify(file))).kind).toBe(kind);
    },
  );
});

describe('a diagnostic report', () => {
  it('is read as far as it is whole', () => {
    const report = { header: { reportVersion: 3, event: 'JavaScript API' }, libuv: { no: 'list' } };
    expect(read(report)).toMatchObject({ kind: 'REPORT', report: { event: 'JavaScript API' } });
  });

  it('is refused where nothing in it can be read', () => {
    const report = { header: { reportVersion: 3, event: 7 }, javascriptHeap: { usedMemory: 'x' } };
    expect(() => read(report)).toThrow(
      'this looks like a diagnostic report of Node, but is damaged',
    );
  });
});
