/** Which functions the time went to. */

import type { Frame, Profile } from '../../profile/profile.ts';
import { compareFrames } from '../frame-order.ts';
import { TABLE_ROWS } from '../largest.ts';
import { addTimes, byMostTime, percentOf, type Times, timesReader } from './times.ts';

export interface HotFunction {
  frame: Frame;
  /** While it ran itself: it was the top frame. */
  self: Times;
  /** While it was anywhere on the stack, counted once however often it called itself. */
  total: Times;
  /** Share of the profile's wall time, 0 to 100. */
  selfPercent: number;
  totalPercent: number;
}

export interface HotFunctionOptions {
  /** Rows at most. @default 50 */
  limit?: number;
}

/**
 * Functions by self time, then total time, then name and place.
 *
 * For example the stacks (outermost first) `a b`, `a b a` and `a` with one sample each give
 * `a` self 2 total 3, and `b` self 1 total 2.
 */
export function hotFunctions(
  profile: Profile,
  { limit = TABLE_ROWS }: HotFunctionOptions = {},
): HotFunction[] {
  const read = timesReader(profile);
  const self = profile.frames.map(() => read.zero());
  const total = profile.frames.map(() => read.zero());
  const all = read.zero();
  profile.samples.forEach((sample) => {
    const times = read.times(sample);
    addTimes(all, times);
    if (sample.stack.length > 0) addTimes(self[sample.stack[0]!]!, times);
    for (const frame of new Set(Array.from(sample.stack))) addTimes(total[frame]!, times);
  });
  return profile.frames
    .map((frame, index) => ({ frame, self: self[index]!, total: total[index]! }))
    .filter((row) => row.total.samples > 0)
    .sort(bySelf)
    .slice(0, limit)
    .map((row) => ({
      ...row,
      selfPercent: percentOf(row.self.wallMs, all.wallMs),
      totalPercent: percentOf(row.total.wallMs, all.wallMs),
    }));
}

type Row = Pick<HotFunction, 'frame' | 'self' | 'total'>;

function bySelf(a: Row, b: Row): number {
  return (
    byMostTime(a.self, b.self) || byMostTime(a.total, b.total) || compareFrames(a.frame, b.frame)
  );
}
