import type { ToldStep } from '../../../heap-snapshot/holders/types.ts';
import type { FrameLocator } from '../../../source-maps/frame-locator.ts';

const DEADLINE_MS = 2_000;

/** The steps with the places where they were written; those without a line stay as they are. */
export async function locateSteps<Told extends ToldStep>(
  steps: readonly Told[],
  { locateStack }: FrameLocator,
): Promise<Told[]> {
  const frames = steps.map(({ function: name, file, line, column }) => ({
    function: name ?? '',
    file: file ?? '',
    line: line ?? 0,
    column: column ?? 0,
    isAsync: false,
  }));
  const located = await locateStack(frames, DEADLINE_MS);
  return steps.map((step, at) => {
    const { file, line, path } = located[at]!;
    return { ...step, file: file || null, line: line || null, ...(file !== '' && { path }) };
  });
}
