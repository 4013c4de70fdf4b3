/** Flattens the call tree of an allocation profile. Iterative: a stack in it may be very deep. */
import { createNumbering } from '../../../base/numbers/numbering.ts';
import type { AllocationReading } from '../../readings/memory/allocation.ts';
import { NO_PARENT } from '../tree/columns.ts';
import type { SampledNode, SampledTree } from './session.ts';

export type AllocationColumns = Pick<
  AllocationReading,
  | 'strings'
  | 'parent'
  | 'functionName'
  | 'file'
  | 'line'
  | 'column'
  | 'bytes'
  | 'samples'
  | 'variance'
>;

/** Objects that are this much larger than the interval are all sampled: one stands for itself. */
const SURE_INTERVALS = 5;

export function flattenAllocationTree(
  { head, samples }: SampledTree,
  intervalBytes: number,
): AllocationColumns {
  const evidence = evidenceByNode(samples, intervalBytes);
  const strings = createNumbering<string>();
  const rows: { parent: number; node: SampledNode }[] = [];
  // The root stands for no function.
  const pending = head.children.map((node) => ({ parent: NO_PARENT, node }));
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const index = rows.push(next) - 1;
    for (const node of next.node.children) pending.push({ parent: index, node });
  }
  const ints = (of: (row: (typeof rows)[number]) => number) => Int32Array.from(rows, of);
  const floats = (of: (node: SampledNode) => number) =>
    Float64Array.from(rows, ({ node }) => of(node));
  return {
    parent: ints(({ parent }) => parent),
    functionName: ints(({ node }) => strings.numberOf(node.callFrame.functionName)),
    file: ints(({ node }) => strings.numberOf(node.callFrame.url)),
    line: ints(({ node }) => node.callFrame.lineNumber + 1),
    column: ints(({ node }) => node.callFrame.columnNumber + 1),
    bytes: floats(({ selfSize }) => selfSize),
    samples: floats(({ id }) => evidence.get(id)?.samples ?? 0),
    variance: floats(({ id }) => evidence.get(id)?.variance ?? 0),
    strings: strings.values(),
  };
}

function evidenceByNode(
  samples: SampledTree['samples'],
  intervalBytes: number,
): Map<number, { samples: number; variance: number }> {
  const found = new Map<number, { samples: number; variance: number }>();
  for (const { nodeId, size } of samples) {
    const sum = found.get(nodeId) ?? { samples: 0, variance: 0 };
    sum.samples += 1;
    if (size < SURE_INTERVALS * intervalBytes) sum.variance += size ** 2;
    found.set(nodeId, sum);
  }
  return found;
}
