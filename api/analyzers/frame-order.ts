/** A total order of frames and stacks, so that equal rows come in the same order everywhere. */
import type { Frame } from '../profile/profile.ts';

/** 0 only for equal frames. */
export function compareFrames(a: Frame, b: Frame): number {
  return (
    compareText(a.function, b.function) ||
    compareText(a.file, b.file) ||
    a.line - b.line ||
    (a.column ?? 0) - (b.column ?? 0)
  );
}

/**
 * 0 only for equal stacks.
 * @param frames what both stacks index
 */
export function compareStacks(
  frames: readonly Frame[],
  a: ArrayLike<number>,
  b: ArrayLike<number>,
): number {
  const depth = Math.min(a.length, b.length);
  for (let at = 0; at < depth; at++) {
    if (a[at] === b[at]) continue;
    return compareFrames(frames[a[at]!]!, frames[b[at]!]!);
  }
  return a.length - b.length;
}

/** The frames of a stack. `Array.from` takes many times as long, and a table of heap rows little else. */
export function framesAt(stack: ArrayLike<number>, frames: readonly Frame[]): Frame[] {
  const found = new Array<Frame>(stack.length);
  for (let depth = 0; depth < stack.length; depth++) found[depth] = frames[stack[depth]!]!;
  return found;
}

/** By code units: a locale's order is not the same on every machine. */
export const compareText = (a: string, b: string): number => (a < b ? -1 : Number(a > b));
