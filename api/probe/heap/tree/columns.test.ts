import { describe, expect, it } from 'vitest';
import {
  createHeapColumnsBuilder,
  EVIDENCE_PER_NODE,
  type HeapColumns,
  limitHeapColumns,
  mergeHeapColumns,
  NO_PARENT,
  sumColumn,
  sumEvidence,
} from './columns.ts';

type Values = [allocObjects: number, allocBytes: number, inuseObjects: number, inuseBytes: number];

/** `{ 'main;work': [1, 100, 1, 50] }`, root first; parents stand before their children. */
function columnsOf(tree: Record<string, Values>): HeapColumns {
  const builder = createHeapColumnsBuilder();
  const nodes = new Map<string, number>();
  for (const [path, values] of Object.entries(tree)) {
    const at = path.lastIndexOf(';');
    const parent = at < 0 ? NO_PARENT : nodes.get(path.slice(0, at))!;
    const file = builder.intern('/app/app.js');
    const node = builder.addNode(parent, builder.intern(path.slice(at + 1)), file, 1);
    nodes.set(path, node);
    values.forEach((value, column) => {
      builder.addValue(node, column, value);
      builder.addEvidence(node, column, value * 1_000);
    });
  }
  return builder.finish();
}

function treeOf(columns: HeapColumns): Record<string, number[]> {
  const paths: string[] = [];
  const tree: Record<string, number[]> = {};
  columns.parent.forEach((parent, node) => {
    const name = columns.strings[columns.functionName[node]!]!;
    paths[node] = parent === NO_PARENT ? name : `${paths[parent]};${name}`;
    tree[paths[node]] = [...columns.values.subarray(node * 4, node * 4 + 4)];
  });
  return tree;
}

describe('heap columns', () => {
  it('merge by full stack: equal stacks add up, others stay', () => {
    const merged = mergeHeapColumns([
      columnsOf({ main: [0, 0, 0, 0], 'main;f': [1, 10, 1, 5], g: [2, 20, 0, 0] }),
      columnsOf({ f: [7, 70, 0, 0], main: [1, 1, 1, 1], 'main;f': [3, 30, 2, 6] }),
    ]);
    expect(treeOf(merged)).toEqual({
      main: [1, 1, 1, 1],
      'main;f': [4, 40, 3, 11],
      g: [2, 20, 0, 0],
      f: [7, 70, 0, 0],
    });
    const second = merged.evidence.subarray(EVIDENCE_PER_NODE, 2 * EVIDENCE_PER_NODE);
    expect([...second]).toEqual([4_000, 40_000, 3_000, 11_000, 0, 0]);
  });

  it('merge to nothing when there is nothing', () => {
    expect(mergeHeapColumns([]).parent).toHaveLength(0);
  });

  it('keep every total when cut to a limit', () => {
    const columns = columnsOf({ a: [1, 10, 1, 1], b: [2, 20, 2, 2], 'b;c': [3, 30, 3, 3] });
    const cut = limitHeapColumns(columns, 1);
    expect(treeOf(cut)).toEqual({ a: [1, 10, 1, 1], '(other stacks)': [5, 50, 5, 5] });
    expect(sumColumn(cut, 1)).toBe(60);
    expect([0, 1, 2, 3].map((kind) => sumEvidence(cut, kind))).toEqual([6e3, 6e4, 6e3, 6e3]);
    expect(limitHeapColumns(columns, 3)).toBe(columns);
  });
});
