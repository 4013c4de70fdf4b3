/** Go's other profiles: goroutines that are counted by stack, threads, and time spent waiting for locks. */
import type { CategoryRule } from '../../base/category-rule.ts';
import type { GoGoroutines } from '../../go-dump/goroutines.ts';
import { type Frame, type Profile, sampleTypeIndex } from '../../profile/profile.ts';
import { type GoroutinesOfDump, goroutinesOf } from '../decoding/decodings.ts';

/** Stacks by what was counted of each. */
export interface StackTable {
  /** What it is a profile of: `mutex`, `block`, `mutex or block` where the file does not say, or `threadcreate`. */
  name: string;
  count: number;
  /** Null where no time was measured. */
  delayNs: number | null;
  /** Longest delay first, or most of them. */
  rows: StackRow[];
}

export interface StackRow {
  count: number;
  delayNs: number | null;
  /** Top frame first. */
  frames: Frame[];
}

const LOCK_PROFILES = ['mutex', 'block'];
/** What Go writes behind the state of a goroutine that nothing can wake. */
const LEAKED_STATE = '(leaked)';

/** Null where it counts no goroutines. */
export function goroutinesOfProfile(
  profile: Profile,
  lines: number,
  rules: readonly CategoryRule[],
): GoroutinesOfDump | null {
  const leaked = sampleTypeIndex(profile, 'goroutineleak');
  const column = leaked >= 0 ? leaked : sampleTypeIndex(profile, 'goroutine');
  if (column < 0) return null;
  const goroutines = profile.samples.map(
    ({ stack, values, labels }): GoGoroutines => ({
      state: leaked >= 0 ? LEAKED_STATE : '',
      waitReason: null,
      waitMinutes: 0,
      isWaitKnown: false,
      isLockedToThread: false,
      count: values[column] ?? 0,
      frames: framesOf(profile, stack),
      goroutineIds: [],
      labels: labels === undefined ? [] : [JSON.stringify(labels)],
    }),
  );
  const total = goroutines.reduce((sum, { count }) => sum + count, 0);
  const none = { count: 0, examples: [] };
  return goroutinesOf(
    {
      goroutines,
      crash: null,
      locks: [],
      pool: null,
      races: [],
      stats: {
        headers: total,
        parsed: total,
        lines,
        notUnderstood: none,
        surrounding: none,
        logLines: none,
        unwrapped: [],
        mergedGoroutines: 0,
        truncated: profile.isTruncated ?? false,
      },
    },
    rules,
  );
}

/** Null where it is no profile of locks, threads or leaks. */
export function stackTableOf(profile: Profile): StackTable | null {
  const delay = sampleTypeIndex(profile, 'delay');
  const contentions = sampleTypeIndex(profile, 'contentions');
  const threads = sampleTypeIndex(profile, 'threadcreate');
  const counted = threads >= 0 ? threads : sampleTypeIndex(profile, 'goroutineleak');
  const column = contentions >= 0 ? contentions : counted;
  if (column < 0) return null;
  const rows = profile.samples
    .map(({ stack, values }) => ({
      count: values[column] ?? 0,
      delayNs: delay < 0 ? null : (values[delay] ?? 0),
      frames: framesOf(profile, stack),
    }))
    .sort((a, b) => (b.delayNs ?? 0) - (a.delayNs ?? 0) || b.count - a.count);
  const [told] = profile.comments ?? [];
  const lockName = LOCK_PROFILES.includes(told ?? '') ? told! : LOCK_PROFILES.join(' or ');
  return {
    name: contentions >= 0 ? lockName : profile.sampleTypes[column]!.type,
    count: rows.reduce((sum, { count }) => sum + count, 0),
    delayNs: delay < 0 ? null : rows.reduce((sum, { delayNs }) => sum + (delayNs ?? 0), 0),
    rows,
  };
}

function framesOf({ frames }: Profile, stack: ArrayLike<number>): Frame[] {
  return Array.from(stack, (index) => frames[index]!);
}
