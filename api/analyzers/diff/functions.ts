/** To which functions more of the CPU time went than before, and to which less. */
import type { Frame, Profile } from '../../profile/profile.ts';
import { type HotFunction, hotFunctions } from '../cpu/hot-functions.ts';
import { compareFrames } from '../frame-order.ts';
import { createJointFrames } from '../joint-frames.ts';
import { TABLE_ROWS } from '../largest.ts';
import { type Change, type ChangeTables, changeOf, changeTables } from './diff.ts';

/** Time of one function in one profile. */
export interface FunctionTime {
  selfMs: number;
  totalMs: number;
  /** Share of the profile's time, 0 to 100. */
  selfPercent: number;
  totalPercent: number;
}

export interface FunctionDiffRow {
  /** Its line is one of the later profile, of the base where it is gone. */
  frame: Frame;
  change: Change;
  base: FunctionTime;
  to: FunctionTime;
  /** Percentage points. */
  selfPercentDelta: number;
}

const NO_TIME: FunctionTime = { selfMs: 0, totalMs: 0, selfPercent: 0, totalPercent: 0 };

/**
 * Joins two CPU profiles by function and file: lines move from one build to the next. By shares, since
 * two profiles seldom last equally long. Order: most growth of the share in itself, then in total.
 */
export function diffFunctions(
  base: Profile,
  to: Profile,
  { limit = TABLE_ROWS }: { limit?: number } = {},
): ChangeTables<FunctionDiffRow> {
  const [before, after] = [base, to].map(timesByFunction) as [FunctionTimes, FunctionTimes];
  const rows = [...new Map([...before, ...after])].flatMap(
    ([name, { frame }]): FunctionDiffRow[] => {
      const [was, is] = [before, after].map((times) => times.get(name)?.time ?? NO_TIME);
      const change = changeOf(
        [was!.selfPercent, was!.totalPercent],
        [is!.selfPercent, is!.totalPercent],
      );
      if (change === null) return [];
      const selfPercentDelta = is!.selfPercent - was!.selfPercent;
      return [{ frame, change, base: was!, to: is!, selfPercentDelta }];
    },
  );
  const totalDelta = (row: FunctionDiffRow) => row.to.totalPercent - row.base.totalPercent;
  return changeTables(
    rows,
    limit,
    (a, b) =>
      b.selfPercentDelta - a.selfPercentDelta ||
      totalDelta(b) - totalDelta(a) ||
      compareFrames(a.frame, b.frame),
  );
}

type FunctionTimes = Map<string, { frame: Frame; time: FunctionTime }>;

function timesByFunction(profile: Profile): FunctionTimes {
  const rows = hotFunctions(withoutLines(profile), { limit: Number.POSITIVE_INFINITY });
  return new Map(rows.map((row) => [nameOf(row.frame), { frame: row.frame, time: timeOf(row) }]));
}

function timeOf({ self, total, selfPercent, totalPercent }: HotFunction): FunctionTime {
  return { selfMs: self.wallMs, totalMs: total.wallMs, selfPercent, totalPercent };
}

/** Go tells the line that ran, so that one function has many frames. The first one stands for all. */
function withoutLines(profile: Profile): Profile {
  const { frames, indexesOf } = createJointFrames(nameOf);
  const indexes = indexesOf(profile);
  const samples = profile.samples.map((sample) => ({
    ...sample,
    stack: Array.from(sample.stack, (frame) => indexes[frame]!),
  }));
  return { ...profile, frames, samples };
}

/** Anonymous functions of one file are told apart by their lines alone. */
function nameOf({ function: name, file, line }: Frame): string {
  return name === '(anonymous)' ? `${name}\n${file}\n${line}` : `${name}\n${file}`;
}
