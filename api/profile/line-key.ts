import type { Frame } from './profile.ts';

/** The same for the same line of the same function; empty for none. */
export function lineKey(frame: Frame | null | undefined): string {
  return frame == null ? '' : `${frame.function} ${frame.file}:${frame.line}`;
}
