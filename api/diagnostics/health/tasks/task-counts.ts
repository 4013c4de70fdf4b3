/** Of which stacks there are ever more tasks, by the reads that are made anyway. */
import type { GrowingTasks } from '../../../health/evidence/tasks.ts';
import { risingFloor } from '../../../health/growth/floor-of-thirds.ts';
import type { IdentifiedGroup } from '../../tasks.ts';

/** Reads that are nearer to each other tell no more. */
const DISTANCE_MS = 5_000;
const LOOK_BACK_MS = 5 * 60_000;
/** Less time says little of a trend. */
const SHORTEST_MS = 45_000;
const FEWEST_READS = 6;
/** Groups that are counted, those of most tasks. */
const MOST_GROUPS = 200;
const MOST_TOLD = 20;
/** What has grown in the last third of the time at least, of all: what fills up grows ever less. */
const LATE_SHARE = 0.2;
/** Of what they grew by: so few more are none yet. */
const HARDLY_SHARE = 0.1;

export interface TaskCounts {
  /** Takes note of a read. */
  note(groups: readonly IdentifiedGroup[], atMs: number): void;
  /** Those that grew most first; null before there were enough reads. */
  growing(): GrowingTasks[] | null;
}

export function createTaskCounts(): TaskCounts {
  const reads: { atMs: number; counts: ReadonlyMap<string, number> }[] = [];
  let latest: readonly IdentifiedGroup[] = [];

  return {
    note(groups, atMs) {
      latest = groups;
      const last = reads.at(-1);
      // The newest always counts; of those before, only some that are not too near to each other.
      if (last !== undefined && reads.length > 1 && last.atMs - reads.at(-2)!.atMs < DISTANCE_MS) {
        reads.pop();
      }
      const largest = [...groups].sort((a, b) => b.count - a.count).slice(0, MOST_GROUPS);
      reads.push({ atMs, counts: new Map(largest.map(({ id, count }) => [id, count])) });
      while (reads[0]!.atMs < atMs - LOOK_BACK_MS) reads.shift();
    },
    growing() {
      const [first, last] = [reads[0], reads.at(-1)];
      if (first === undefined || last === undefined) return null;
      const lastedMs = last.atMs - first.atMs;
      if (reads.length < FEWEST_READS || lastedMs < SHORTEST_MS) return null;
      return latest
        .flatMap((group) => {
          const counts = reads.map((read) => read.counts.get(group.id) ?? 0);
          const rise = risingFloor(counts, LATE_SHARE);
          if (rise === null) return [];
          const most = rise.before + HARDLY_SHARE * rise.grown;
          const began = reads[counts.findLastIndex((count) => count <= most)];
          const risingMs = last.atMs - (began?.atMs ?? first.atMs);
          return [{ ...group, lastedMs, grownBy: rise.grown, risingMs }];
        })
        .sort((a, b) => b.grownBy - a.grownBy)
        .slice(0, MOST_TOLD);
    },
  };
}
