/** The samples of one stack, out of all that the sampler holds. */
import { DiagnosticsError } from '../../../base/errors.ts';
import { isOwnFile, isRuntimeFile } from '../../../base/files/own-files.ts';
import type { SoughtFunction } from '../../../heap-snapshot/graph/shapes.ts';
import type { HoldersQuestion, SampledStack } from '../../../heap-snapshot/holders/types.ts';
import type { SampledSizes } from '../../../probe/readings/memory/heap-snapshot.ts';
import {
  type FrameColumns,
  internFrames,
  stackOf,
} from '../../../profile/from-readings/frame-columns.ts';
import type { Frame } from '../../../profile/profile.ts';
import { stackId } from '../../stack-id.ts';

export type LocatedSizes = SampledSizes['tree'] & Pick<FrameColumns, 'programRoot'>;

export interface StackSamples extends HoldersQuestion {
  stackId: string;
  frames: Frame[];
}

/** @throws DiagnosticsError `NOT_FOUND` where the stack has no live samples (any more) */
export async function stackOfAllocation(
  { tree, node, sizeBytes, samples }: SampledSizes,
  isMeant: (stackId: string) => boolean,
  locate: (tree: LocatedSizes) => Promise<LocatedSizes>,
): Promise<StackSamples> {
  const located = await locate(tree);
  // As the rows of the tables have them: functions that differ in no more than their column are one place.
  const { frames, frameOfNode } = internFrames({ ...located, column: undefined });
  const framesOf = (at: number) =>
    stackOf(at, located.parent, frameOfNode).map((frame) => frames[frame]!);
  const ids = new Map<number, string>();
  const idOf = (at: number) => {
    const id = ids.get(at) ?? stackId(framesOf(at));
    ids.set(at, id);
    return id;
  };
  const stacks = new Map<string, Found>();
  for (let at = 0; at < node.length; at++) {
    const of = node[at]!;
    // Samples without a stack are those of one other.
    const id = of < 0 ? '' : idOf(of);
    const stack = stacks.get(id) ?? { node: of, sizes: new Map() };
    stacks.set(id, stack);
    add(stack.sizes, sizeBytes[at]!, samples[at]!);
  }
  const meant = [...stacks.keys()].find((id) => id !== '' && isMeant(id));
  if (meant === undefined) {
    throw new DiagnosticsError(
      'NOT_FOUND',
      'none of the objects of this stack that were sampled is still alive, or the sampler was restarted since they were made',
    );
  }
  const { node: found, sizes } = stacks.get(meant)!;
  stacks.delete(meant);
  return {
    sizes,
    functions: functionsOf(tree, found),
    others: othersOf(tree, [...stacks.values()]),
    stackId: meant,
    frames: framesOf(found),
  };
}

interface Found {
  /** Of the tree; -1 for none. */
  node: number;
  sizes: Map<number, number>;
}

/** Stacks of the same functions are one; where there are too many, those with the fewest samples are one of none. */
function othersOf(tree: SampledSizes['tree'], stacks: readonly Found[]): SampledStack[] {
  const merged = new Map<string, SampledStack & Pick<Found, 'sizes'>>();
  for (const { node, sizes } of stacks.toSorted((a, b) => samplesOf(b) - samplesOf(a))) {
    const functions = merged.size < MOST_OTHERS ? functionsOf(tree, node) : [];
    const key = JSON.stringify(functions);
    const into = merged.get(key) ?? { functions, sizes: new Map() };
    merged.set(key, into);
    for (const [size, count] of sizes) add(into.sizes, size, count);
  }
  return [...merged.values()];
}

function samplesOf({ sizes }: Found): number {
  return [...sizes.values()].reduce((sum, count) => sum + count, 0);
}

/** As V8 has them, those of the program alone. */
function functionsOf(tree: SampledSizes['tree'], node: number): SoughtFunction[] {
  const functions: SoughtFunction[] = [];
  for (let at = node; at >= 0; at = tree.parent[at]!) {
    const file = tree.strings[tree.file[at]!]!;
    if (file === '' || isRuntimeFile(file) || isOwnFile(file)) continue;
    functions.push({ function: tree.strings[tree.functionName[at]!]!, file, line: tree.line[at]! });
  }
  return functions;
}

/** Other stacks that are told apart. */
const MOST_OTHERS = 500;

function add(counts: Map<number, number>, size: number, count: number): void {
  counts.set(size, (counts.get(size) ?? 0) + count);
}
