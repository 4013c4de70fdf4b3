/** A total order of frames, so that the order of the input does not show in the output. */
import type { Frame } from '../profile/profile.ts';

export function compareFrames(a: Frame, b: Frame): number {
  return (
    compareText(a.function, b.function) ||
    compareText(a.file, b.file) ||
    a.line - b.line ||
    (a.column ?? 0) - (b.column ?? 0)
  );
}

/** By code units: a locale's order is not the same on every machine. */
const compareText = (a: string, b: string): number => Number(a > b) - Number(a < b);
