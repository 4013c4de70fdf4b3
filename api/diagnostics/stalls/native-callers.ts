/** Who may have called the native code that a look met. */
import { isOwn } from '../../base/files/frame-origin.ts';
import type { Frame } from '../../profile/profile.ts';

/**
 * V8 answers as native code returns, at the entry of the function that is called next: one of the program
 * on top has only begun, and is not to blame. For example `describe | handle` gives `handle`, which called
 * both what was native and `describe`. One without a caller of the program in its stack is kept.
 */
export function callersOfNative(frames: readonly Frame[]): Frame[] {
  const [top, ...callers] = frames;
  return top !== undefined && isOwn(top) && callers.some(isOwn) ? callers : [...frames];
}
