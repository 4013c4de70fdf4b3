/** The samples of one stack, out of all that the sampler holds. */
import { DiagnosticsError } from '../../../base/errors.ts';
import { isOwnFile, isRuntimeFile } from '../../../base/files/own-files.ts';
import type { HoldersQuestion } from '../../../heap-snapshot/holders/types.ts';
import type { SampledSizes } from '../../../probe/readings/heap-snapshot.ts';
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
  const known = new Map<number, string>();
  const allSizes = new Map<number, number>();
  const sizes = new Map<number, number>();
  let found = -1;
  for (let at = 0; at < node.length; at++) {
    add(allSizes, sizeBytes[at]!, samples[at]!);
    const of = node[at]!;
    if (of < 0) continue;
    const id = known.get(of) ?? stackId(framesOf(of));
    known.set(of, id);
    if (!isMeant(id)) continue;
    found = of;
    add(sizes, sizeBytes[at]!, samples[at]!);
  }
  if (found < 0) {
    throw new DiagnosticsError(
      'NOT_FOUND',
      'none of the objects of this stack that were sampled is still alive, or the sampler was restarted since they were made',
    );
  }
  return {
    sizes,
    allSizes,
    functions: functionsOf(tree, found),
    stackId: known.get(found)!,
    frames: framesOf(found),
  };
}

/** As V8 has them, those of the program alone. */
function functionsOf(tree: SampledSizes['tree'], node: number): HoldersQuestion['functions'] {
  const functions: { function: string; file: string }[] = [];
  for (let at = node; at >= 0; at = tree.parent[at]!) {
    const file = tree.strings[tree.file[at]!]!;
    if (file === '' || isRuntimeFile(file) || isOwnFile(file)) continue;
    functions.push({ function: tree.strings[tree.functionName[at]!]!, file });
  }
  return functions;
}

function add(counts: Map<number, number>, size: number, count: number): void {
  counts.set(size, (counts.get(size) ?? 0) + count);
}
