import type { Frame } from './profile.ts';

/** On whichever of its lines. */
export function isSameFunction(a: Frame, b: Frame): boolean {
  return a.function === b.function && a.file === b.file;
}
