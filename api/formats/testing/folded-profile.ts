/** Profiles small enough to count by hand. */
import type { Frame, Profile, Sample, ValueType } from '../../profile/profile.ts';

export const HEAP_TYPES: ValueType[] = [
  { type: 'alloc_objects', unit: 'count' },
  { type: 'alloc_space', unit: 'bytes' },
  { type: 'inuse_objects', unit: 'count' },
  { type: 'inuse_space', unit: 'bytes' },
];

/** `['main;work', 1, 100, 1, 50]`: root first, then the values in the order of the sample types. */
export type FoldedStack = [stack: string, ...values: number[]];

/** Every function `name` is in `/app/name.js`, line 7. */
export function foldedProfile(
  stacks: FoldedStack[],
  sampleTypes: ValueType[] = HEAP_TYPES,
): Profile {
  const names = [...new Set(stacks.flatMap(([stack]) => stack.split(';')))];
  const frames = names.map((name): Frame => ({ function: name, file: `/app/${name}.js`, line: 7 }));
  const samples = stacks.map(
    ([stack, ...values]): Sample => ({
      stack: stack
        .split(';')
        .reverse()
        .map((name) => names.indexOf(name)),
      values,
    }),
  );
  return { sampleTypes, frames, samples };
}

/** The reverse: `['main;work', …values]` a sample, sorted by stack. */
export function foldedStacks({ frames, samples }: Profile): FoldedStack[] {
  return samples
    .map(({ stack, values }): FoldedStack => {
      const names = Array.from(stack, (frame) => frames[frame]!.function);
      return [names.reverse().join(';'), ...Array.from(values)];
    })
    .sort(([a], [b]) => Number(a > b) - Number(a < b));
}
