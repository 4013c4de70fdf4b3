import { frameOrigin, isOwn } from '../../base/files/frame-origin.ts';
import type { Frame } from '../../profile/profile.ts';

/**
 * The first frame of the program's own code; where it has none, that of a package; else null.
 * For example `setTimeout (node:timers)`, `query (node_modules/pg/…)`, `load (app.js:7)` gives `load`.
 */
export function culpritOf(frames: readonly Frame[]): Frame | null {
  return frames.find(isOwn) ?? frames.find(({ file }) => frameOrigin(file) !== 'RUNTIME') ?? null;
}
