/** What collections have left since the heap is suspected of growing. */
import type { LeftEvidence } from '../../../health/evidence/heap.ts';

export interface LeftCounts {
  /** @returns whether the heap has fallen below what it was at first, so that the counts begin anew */
  note(left: LeftEvidence): boolean;
  evidence(): LeftEvidence[];
  /** More is left than at first: whose it is, is worth a read of the heap. */
  isMore(): boolean;
  /** Nothing has grown, or not for long; where no request came, nothing tells. */
  isOver(): boolean;
}

/** Less comes and goes: code that is compiled, what connections keep for the next request. */
const NOTHING_BYTES = 0.6e6;
const MORE_FOR_MS = 8_000;
/** Within less time. */
const MUCH_MORE_BYTES = 1.5e6;
/**
 * What scavenges move to the old space makes it rise in every busy program, until V8 collects it. One collection tells
 * that from growth where an earlier one is known.
 */
const SHORTEST_MS = 18_000;
/** So long after the suspicion, collections that found little end it. */
const ENOUGH_MS = 40_000;
const FEWEST_LEFT = 3;
const MOST_LEFT = 60;
/** A heap that falls more often is a saw blade, and no leak. */
const MOST_RESTARTS = 2;
const CLOSEST_LEFT_MS = 4_000;
/** Less is no growth: code that is compiled, a buffer that is filled. */
const LEAST_GROWTH_BYTES = 1e6;
/** Growth that has been over for so long is over. */
const OVER_AFTER_MS = 90_000;
/** Of the growth before. */
const OVER_SHARE = 0.1;

/** @param before what the last collection before the suspicion left, which may acquit it at once; null for not known */
export function createLeftCounts(sinceMs: number, before: LeftEvidence | null = null): LeftCounts {
  let counts: LeftEvidence[] = [];
  let restarts = 0;

  /** Something large was let go of, as what loads modules has: only what grows from now on tells. */
  function hasFallen({ bytes }: LeftEvidence): boolean {
    const before = counts.at(-1)?.bytes ?? 0;
    const isBelow = bytes < (counts[0]?.bytes ?? 0) && bytes < before - LEAST_GROWTH_BYTES;
    return isBelow && restarts < MOST_RESTARTS;
  }

  function add(left: LeftEvidence): void {
    counts.push(left);
    if (counts.length > MOST_LEFT) counts = counts.filter((_, at) => at % 2 === 0);
  }

  return {
    note(left) {
      const last = counts.at(-1);
      if (left.atMs < sinceMs || left.atMs <= (last?.atMs ?? 0)) return false;
      // The later of two that are close: the first may have been the cause of the second.
      const isClose = last !== undefined && left.atMs - last.atMs < CLOSEST_LEFT_MS;
      if (isClose && counts.length > 1) counts.pop();
      const beginsAnew = hasFallen(left);
      if (beginsAnew) {
        restarts += 1;
        counts = [];
      }
      add(left);
      return beginsAnew;
    },
    evidence: () => counts,
    isMore: () => isMore(counts),
    isOver: () => isNothing(before, counts) || isOver(counts),
  };
}

function isMore(left: readonly LeftEvidence[]): boolean {
  const [begun] = left;
  const last = left.at(-1);
  if (begun === undefined || last === undefined) return false;
  const grownBytes = last.bytes - begun.bytes;
  const hasLasted = last.atMs - begun.atMs >= MORE_FOR_MS;
  return grownBytes >= MUCH_MORE_BYTES || (hasLasted && grownBytes >= NOTHING_BYTES);
}

function isNothing(before: LeftEvidence | null, left: readonly LeftEvidence[]): boolean {
  const last = left.at(-1);
  if (before === null || last === undefined || last.atMs - before.atMs < SHORTEST_MS) return false;
  return last.bytes - before.bytes < NOTHING_BYTES;
}

function isOver(left: readonly LeftEvidence[]): boolean {
  const [begun] = left;
  const last = left.at(-1);
  if (begun === undefined || last === undefined || left.length < FEWEST_LEFT) return false;
  const lastedMs = last.atMs - begun.atMs;
  if (lastedMs < ENOUGH_MS) return false;
  const grownBytes = last.bytes - begun.bytes;
  if (grownBytes < LEAST_GROWTH_BYTES) return true;
  const before = left.findLast(({ atMs }) => atMs <= last.atMs - OVER_AFTER_MS);
  if (before === undefined || before === begun) return false;
  if (before.requests !== null && last.requests === before.requests) return false;
  const earlierPerMs = (before.bytes - begun.bytes) / (before.atMs - begun.atMs);
  const latelyPerMs = (last.bytes - before.bytes) / (last.atMs - before.atMs);
  return latelyPerMs < OVER_SHARE * earlierPerMs;
}
