/** A call tree as columns: the form in which a heap reading crosses threads. */
import { math } from '../../../base/numbers/math.ts';
import { createNumbering } from '../../../base/numbers/numbering.ts';
import type { HeapReading } from '../../readings/memory/heap.ts';

export type HeapColumns = Pick<
  HeapReading,
  'strings' | 'parent' | 'functionName' | 'file' | 'line' | 'column' | 'values' | 'evidence'
>;

/** Numbers a node has in `HeapColumns.values`, in this order. */
export const VALUES_PER_NODE = 4;
export const ALLOC_OBJECTS = 0;
export const ALLOC_BYTES = 1;
export const INUSE_OBJECTS = 2;
export const INUSE_BYTES = 3;

/** Numbers a node has in `HeapColumns.evidence`, in this order. */
export const EVIDENCE_PER_NODE = 6;
export const ALLOC_SAMPLES = 0;
export const ALLOC_VARIANCE = 1;
export const INUSE_SAMPLES = 2;
export const INUSE_VARIANCE = 3;
export const INUSE_DOUBT_BYTES = 4;
/** Of the live samples before restarts, those that the estimates since then count as dead: nobody saw it. */
export const SUPPOSED_DEAD_SAMPLES = 5;

/** Parent of a node that has none. */
export const NO_PARENT = -1;

/** Where the values of stacks go that are given up to keep carried totals bounded. */
const OTHER_STACKS = '(other stacks)';

export interface HeapColumnsBuilder {
  intern(text: string): number;
  /**
   * @param column @default 0, unknown
   * @returns the new node's index. A parent must be added before its children.
   */
  addNode(
    parent: number,
    functionName: number,
    file: number,
    line: number,
    column?: number,
  ): number;
  addValue(node: number, column: number, value: number): void;
  addEvidence(node: number, column: number, value: number): void;
  finish(): HeapColumns;
}

export function createHeapColumnsBuilder(): HeapColumnsBuilder {
  const strings = createNumbering<string>();
  const parents: number[] = [];
  const functionNames: number[] = [];
  const files: number[] = [];
  const lines: number[] = [];
  const columns: number[] = [];
  const values: number[] = [];
  const evidence: number[] = [];
  return {
    intern: strings.numberOf,
    addNode(parent, functionName, file, line, column = 0) {
      functionNames.push(functionName);
      files.push(file);
      lines.push(line);
      columns.push(column);
      for (let of = 0; of < VALUES_PER_NODE; of++) values.push(0);
      for (let of = 0; of < EVIDENCE_PER_NODE; of++) evidence.push(0);
      return parents.push(parent) - 1;
    },
    addValue(node, column, value) {
      values[node * VALUES_PER_NODE + column]! += value;
    },
    addEvidence(node, column, value) {
      evidence[node * EVIDENCE_PER_NODE + column]! += value;
    },
    finish: () => ({
      strings: strings.values(),
      parent: Int32Array.from(parents),
      functionName: Int32Array.from(functionNames),
      file: Int32Array.from(files),
      line: Int32Array.from(lines),
      column: Int32Array.from(columns),
      values: Float64Array.from(values),
      evidence: Float64Array.from(evidence),
    }),
  };
}

/** One tree with the sums of all parts: nodes with the same stack become one. */
export function mergeHeapColumns(parts: readonly HeapColumns[]): HeapColumns {
  const builder = createHeapColumnsBuilder();
  const nodeByPlace = new Map<string, number>();
  for (const part of parts) {
    const strings = part.strings.map(builder.intern);
    const mergedNodes = new Int32Array(part.parent.length);
    for (let node = 0; node < mergedNodes.length; node++) {
      const partParent = part.parent[node]!;
      const parent = partParent === NO_PARENT ? NO_PARENT : mergedNodes[partParent]!;
      const functionName = strings[part.functionName[node]!]!;
      const file = strings[part.file[node]!]!;
      const line = part.line[node]!;
      const column = part.column?.[node];
      const place = `${parent} ${functionName} ${file} ${line} ${column}`;
      const known = nodeByPlace.get(place);
      const merged = known ?? builder.addNode(parent, functionName, file, line, column);
      if (known === undefined) nodeByPlace.set(place, merged);
      mergedNodes[node] = merged;
      for (let value = 0; value < VALUES_PER_NODE; value++) {
        builder.addValue(merged, value, part.values[node * VALUES_PER_NODE + value]!);
      }
      for (let of = 0; of < EVIDENCE_PER_NODE; of++) {
        builder.addEvidence(merged, of, part.evidence[node * EVIDENCE_PER_NODE + of]!);
      }
    }
  }
  return builder.finish();
}

/** Sum of one column over all nodes. */
export function sumColumn({ values }: HeapColumns, column: number): number {
  let sum = 0;
  for (let at = column; at < values.length; at += VALUES_PER_NODE) sum += values[at]!;
  return sum;
}

/** Sum of one kind of evidence over all nodes. */
export function sumEvidence({ evidence }: HeapColumns, column: number): number {
  let sum = 0;
  for (let at = column; at < evidence.length; at += EVIDENCE_PER_NODE) sum += evidence[at]!;
  return sum;
}

/** At most `maxNodes` nodes and one more, which holds the sums of those that were cut off. */
export function limitHeapColumns(columns: HeapColumns, maxNodes: number): HeapColumns {
  if (columns.parent.length <= maxNodes) return columns;
  const builder = createHeapColumnsBuilder();
  for (const text of columns.strings) builder.intern(text);
  for (let node = 0; node < maxNodes; node++) {
    builder.addNode(
      columns.parent[node]!,
      columns.functionName[node]!,
      columns.file[node]!,
      columns.line[node]!,
      columns.column?.[node],
    );
  }
  const other = builder.addNode(NO_PARENT, builder.intern(OTHER_STACKS), builder.intern(''), 0);
  columns.values.forEach((value, at) => {
    const node = math.floor(at / VALUES_PER_NODE);
    builder.addValue(math.min(node, other), at % VALUES_PER_NODE, value);
  });
  columns.evidence.forEach((value, at) => {
    const node = math.floor(at / EVIDENCE_PER_NODE);
    builder.addEvidence(math.min(node, other), at % EVIDENCE_PER_NODE, value);
  });
  return builder.finish();
}
