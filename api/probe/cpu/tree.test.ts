import { describe, expect, it } from 'vitest';
import type { SpanIds } from '../readings/span.ts';
import type { CpuNode, CpuTree } from './driver.ts';
import { flattenCpuTree } from './tree.ts';

const STARTED_AT_MS = 1_000;

interface Taken {
  atUs: number;
  cpuUs?: number;
  context?: object;
}

function node(name: string, taken: Taken[] = [], children: CpuNode[] = []): CpuNode {
  const contexts = taken.map(({ atUs, cpuUs = 0, context }) => ({
    context,
    timestamp: BigInt(STARTED_AT_MS * 1_000 + atUs),
    cpuTime: cpuUs * 1_000,
  }));
  const place = { scriptName: `/app/${name}.js`, lineNumber: name.length, columnNumber: 3 };
  return { name, ...place, hitCount: taken.length, contexts, children };
}

function treeOf(...roots: CpuNode[]): CpuTree {
  const count = ({ hitCount, children }: CpuNode): number =>
    hitCount + children.reduce((sum, child) => sum + count(child), 0);
  const root = node('(root)', [], roots);
  return { root, sampleCount: count(root), otherThreadsCpuUs: 0 };
}

const options = {
  atUs: (epochUs: number) => epochUs - STARTED_AT_MS * 1_000,
  hasDetails: true,
  routeOf: (context: object) => (context as { route: string | null }).route,
  spanOf: (context: object) => (context as { span?: SpanIds }).span ?? null,
};

describe('the flattened call tree', () => {
  it('has every node below its parent, without the root that stands for no function', () => {
    const columns = flattenCpuTree(
      treeOf(node('a', [], [node('bb'), node('cc')]), node('d')),
      options,
    );
    expect(columns.parent).toEqual([-1, -1, 0, 0]);
    expect(columns.functionName.map((index) => columns.strings[index])).toEqual([
      'a',
      'd',
      'bb',
      'cc',
    ]);
    expect(columns.file.map((index) => columns.strings[index])[2]).toBe('/app/bb.js');
    expect(columns.line).toEqual([1, 1, 2, 2]);
    expect(columns.column).toEqual([3, 3, 3, 3]);
  });

  it('has the samples in the order they were taken', () => {
    const tree = treeOf(
      node(
        'a',
        [
          { atUs: 10, cpuUs: 5 },
          { atUs: 30, cpuUs: 7 },
        ],
        [node('b', [{ atUs: 20, cpuUs: 6 }])],
      ),
    );
    expect(flattenCpuTree(tree, options)).toMatchObject({
      sampleNode: [0, 1, 0],
      sampleAtUs: [10, 20, 30],
      sampleCpuUs: [5, 6, 7],
      sampleRoute: [-1, -1, -1],
      droppedSamples: 0,
    });
  });

  it('names the route of each sample, and asks for it once a request', () => {
    const first = { route: 'GET /a' };
    const second = { route: 'GET /b' };
    const alike = { route: 'GET /a' };
    const asked: object[] = [];
    const contexts = [first, second, first, alike, undefined];
    const tree = treeOf(
      node(
        'a',
        contexts.map((context, atUs) => ({ atUs, context })),
      ),
    );
    const routeOf = (context: object) => {
      asked.push(context);
      return options.routeOf(context);
    };
    expect(flattenCpuTree(tree, { ...options, routeOf })).toMatchObject({
      routes: ['GET /a', 'GET /b'],
      sampleRoute: [0, 1, 0, 0, -1],
    });
    expect(asked).toEqual([first, second, alike]);
  });

  it('names the span of each sample, where there is any', () => {
    const span = { traceId: 'a', spanId: 'b' };
    const contexts = [{ route: null, span }, { route: 'GET /a' }, { route: 'GET /a', span }];
    const taken = contexts.map((context, atUs) => ({ atUs, context }));
    expect(flattenCpuTree(treeOf(node('a', taken)), options)).toMatchObject({
      sampleRoute: [-1, 0, 0],
      sampleSpan: [0, -1, 0],
      spans: [span],
    });
    expect(flattenCpuTree(treeOf(node('a', taken.slice(1, 2))), options)).not.toHaveProperty(
      'spans',
    );
  });

  it('stops at its limit of nodes, and counts the samples below', () => {
    const deep = node('a', [{ atUs: 1 }], [node('b', [{ atUs: 2 }], [node('c', [{ atUs: 3 }])])]);
    const columns = flattenCpuTree(treeOf(deep), { ...options, maxNodes: 2 });
    expect(columns).toMatchObject({
      parent: [-1, 0],
      sampleNode: [0, 1],
      droppedSamples: 1,
      isCut: true,
    });
  });

  it('has no samples outside of the time that counts, which are not called dropped either', () => {
    const tree = treeOf(node('a', [{ atUs: -5 }, { atUs: 10 }, { atUs: 99 }]));
    const counted = (epochUs: number) => {
      const atUs = options.atUs(epochUs);
      return atUs >= 0 && atUs <= 50 ? atUs : null;
    };
    expect(flattenCpuTree(tree, { ...options, atUs: counted })).toMatchObject({
      sampleNode: [0],
      sampleAtUs: [10],
      droppedSamples: 0,
      isCut: false,
    });
  });

  it('has as many samples as hits where they carry nothing else', () => {
    const columns = flattenCpuTree(treeOf({ ...node('a'), hitCount: 2 }), {
      ...options,
      hasDetails: false,
    });
    expect(columns).toMatchObject({ sampleNode: [0, 0], sampleAtUs: null, sampleCpuUs: null });
  });
});
