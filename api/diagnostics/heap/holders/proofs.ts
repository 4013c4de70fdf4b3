/** Which tasks nobody can settle any more, in frames and sentences. */

import type { ClosurePlace } from '../../../heap-snapshot/graph/scripts.ts';
import { settlerText } from '../../../heap-snapshot/holders/telling/sentence.ts';
import type { TaskProofs, WaitingFunction } from '../../../heap-snapshot/task-proofs/proofs.ts';
import type { StackFrame } from '../../../probe/readings/tasks.ts';
import { displayPath } from '../../../profile/display-path.ts';
import type { FrameLocator } from '../../../source-maps/frame-locator.ts';
import type { ProofsFound } from './types.ts';

export async function toldProofs(
  { functions, ...counts }: TaskProofs,
  programRoot: string,
  locateStacks: FrameLocator['locateStacks'],
): Promise<Pick<ProofsFound, 'functions' | 'tasks' | 'stuck' | 'objectCount'>> {
  const ofProgram = functions.filter(({ file, awaits }) =>
    [file, ...awaits.map((each) => each.file)].some(isOfProgram),
  );
  const { stacks } = await locateStacks({
    stacks: ofProgram.map(({ awaits, ...place }) => [place, ...awaits].map(frameOf).reverse()),
  });
  const pathOf = (file: string) => displayPath(file, programRoot);
  return {
    ...counts,
    functions: ofProgram.map((each, at) => ({
      count: each.count,
      isStuck: each.isStuck,
      sentence: sentenceOf(each, stacks[at]!, pathOf),
      frames: stacks[at]!,
    })),
  };
}

/** Node's own wait as well, and nobody can change them. */
function isOfProgram(file: string): boolean {
  return file !== '' && !file.startsWith('node:');
}

function frameOf({ function: name, file, line, column }: ClosurePlace): StackFrame {
  return { function: name || '(anonymous)', file, line, column, isAsync: true };
}

function sentenceOf(
  { isStuck, settler }: WaitingFunction,
  frames: readonly StackFrame[],
  pathOf: (file: string) => string,
): string {
  const below = frames.slice(0, -1).reverse();
  const chain = below.map((frame) => `${frame.function} (${frame.path}:${frame.line})`);
  if (isStuck) {
    const through = chain.length === 0 ? '' : `, through ${chain.join(' → ')}`;
    return `nobody can settle it any more${through}`;
  }
  const by = settlerText(settler, pathOf);
  const settled = by === null ? 'a promise that can still be settled' : `what ${by} can settle`;
  return `still waits for ${[...chain, settled].join(' → ')}`;
}
