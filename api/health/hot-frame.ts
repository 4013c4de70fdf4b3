/** Which line of the program a stack of running code is told by. */
import { isOwn } from '../base/files/frame-origin.ts';
import type { Frame } from '../profile/profile.ts';

/**
 * The first frame of the program's own code, or of the named function of the same file that called it
 * where it has no name of its own: a callback of `sort` or `JSON.stringify` says less than who sorts.
 * For example `(anonymous) a.js:5 | Array.sort | rank a.js:4` gives `rank a.js:4`. Null for none.
 */
export function hotFrameOf(frames: readonly Frame[]): Frame | null {
  const own = frames.filter(isOwn);
  const [first] = own;
  if (first === undefined) return null;
  const caller = own.find((frame) => !isAnonymous(frame));
  return isAnonymous(first) && caller?.file === first.file ? caller : first;
}

export function isAnonymous({ function: name }: Frame): boolean {
  return name.endsWith('(anonymous)') || name.endsWith('<anonymous>') || name === '';
}

/** The stack from that frame on, as it is shown. */
export function hotStackOf(frames: readonly Frame[]): readonly Frame[] {
  const hot = hotFrameOf(frames);
  return hot === null ? frames : frames.slice(frames.indexOf(hot));
}

/** Of one function, on whichever of its lines. A stack calls it `Timeout.poll`, and a CPU profile `poll`. */
export function functionKey(frame: Frame | null | undefined): string {
  return frame == null ? '' : `${frame.function.split('.').at(-1)}\n${frame.file}`;
}
