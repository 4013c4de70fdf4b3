/** How the heap grows, by what collections of all of it left. */
import type { Evidence } from '../evidence/evidence.ts';
import type { LeftEvidence } from '../evidence/heap.ts';

export interface LeftGrowth {
  sinceMs: number;
  lastedMs: number;
  grownBytes: number;
  /** What the last collection left. */
  leftBytes: number;
  bytesPerMs: number;
  /** Null where requests are not counted, or too few were served to tell. */
  bytesPerRequest: number | null;
  /** Null where no more clients are connected than before, or hardly any. */
  bytesPerUser: number | null;
}

const FEWEST = 3;
const SHORTEST_MS = 20_000;
const LEAST_BYTES = 3e6;
/** After that time what the runtime needs has settled. */
const SETTLED_MS = 45_000;
const LEAST_BYTES_SETTLED = 2e6;
const LEAST_SHARE = 0.03;
/** What is filled up gets slower; garbage that this collection missed makes no trend. */
const STEADY_SHARE = 0.35;
/** What has come to an end adds nothing in the last part of the time. */
const LATEST_SHARE = 0.2;
const LATEST_MS = 25_000;
const ENDED_SHARE = 0.1;
const NEAR_HIGHEST = 0.97;
const FEWEST_REQUESTS = 20;
const FEWEST_USERS = 10;
/** Of all that are there, more than have come and gone by chance. */
const MORE_USERS_SHARE = 0.05;
/** What a client that stays connected may have of its own, with its request: Node and a framework take 3 to 10 kB of it. */
const MOST_BYTES_OF_USER = 40e3;
const LONG_MS = 2 * 60_000;

/**
 * The growth that is more than what clients have of their own who have come meanwhile and stay, as with streams and
 * requests that hang: of all the time, or else of the latest in which hardly more of them came.
 */
export function growthBesideUsers({ heap }: Pick<Evidence, 'heap'>): LeftGrowth | null {
  const growth = leftGrowth({ heap });
  if (heap === null || (growth?.bytesPerUser ?? Infinity) > MOST_BYTES_OF_USER) return growth;
  return leftGrowth({ heap: { ...heap, left: withoutNewUsers(heap.left) } });
}

/** The latest in which there were about as many as now. */
function withoutNewUsers(left: readonly LeftEvidence[]): readonly LeftEvidence[] {
  const users = left.at(-1)?.users ?? 0;
  const few = users - Math.max(FEWEST_USERS, users * MORE_USERS_SHARE);
  return left.slice(left.findLastIndex((each) => each.users <= few) + 1);
}

/** Null where it does not grow, or not long enough to tell. What has grown for long, one collection that tells otherwise does not end. */
export function leftGrowth({ heap }: Pick<Evidence, 'heap'>): LeftGrowth | null {
  const left = heap?.left ?? [];
  const now = growthOf(left);
  if (now !== null) return now;
  const before = growthOf(left.slice(0, -1));
  return before !== null && before.lastedMs >= LONG_MS ? before : null;
}

function growthOf(left: readonly LeftEvidence[]): LeftGrowth | null {
  const first = left[0];
  const last = left.at(-1);
  if (first === undefined || last === undefined || left.length < FEWEST) return null;
  const lastedMs = last.atMs - first.atMs;
  const grownBytes = last.bytes - first.bytes;
  if (lastedMs < SHORTEST_MS || grownBytes < leastBytes(lastedMs)) return null;
  if (grownBytes < LEAST_SHARE * first.bytes || !isSteady(left, first, last)) return null;
  if (hasEnded(left, first, last)) return null;
  return {
    sinceMs: first.atMs,
    lastedMs,
    grownBytes,
    leftBytes: last.bytes,
    bytesPerMs: grownBytes / lastedMs,
    bytesPerRequest: perRequest(first, last),
    bytesPerUser: perUser(first, last),
  };
}

const leastBytes = (lastedMs: number): number =>
  lastedMs >= SETTLED_MS ? LEAST_BYTES_SETTLED : LEAST_BYTES;

/** The later half is no plateau. */
function isSteady(left: readonly LeftEvidence[], first: LeftEvidence, last: LeftEvidence): boolean {
  const highest = Math.max(...left.map(({ bytes }) => bytes));
  if (last.bytes < NEAR_HIGHEST * highest) return false;
  const middleMs = (first.atMs + last.atMs) / 2;
  const middle = left
    .slice(1, -1)
    .reduce((a, b) => (Math.abs(b.atMs - middleMs) < Math.abs(a.atMs - middleMs) ? b : a));
  const before = (middle.bytes - first.bytes) / (middle.atMs - first.atMs);
  const after = (last.bytes - middle.bytes) / (last.atMs - middle.atMs);
  return after > 0 && after >= STEADY_SHARE * before;
}

/** Where no request came meanwhile, nothing tells. */
function hasEnded(left: readonly LeftEvidence[], first: LeftEvidence, last: LeftEvidence): boolean {
  const latestMs = Math.max(LATEST_MS, LATEST_SHARE * (last.atMs - first.atMs));
  const before = left.findLast(({ atMs }) => atMs <= last.atMs - latestMs);
  if (before === undefined || before === first) return false;
  if (before.requests !== null && before.requests === last.requests) return false;
  const earlier = (before.bytes - first.bytes) / (before.atMs - first.atMs);
  const latest = (last.bytes - before.bytes) / (last.atMs - before.atMs);
  return latest < ENDED_SHARE * earlier;
}

function perRequest(first: LeftEvidence, last: LeftEvidence): number | null {
  if (first.requests === null || last.requests === null) return null;
  const requests = last.requests - first.requests;
  return requests < FEWEST_REQUESTS ? null : (last.bytes - first.bytes) / requests;
}

function perUser(first: LeftEvidence, last: LeftEvidence): number | null {
  const users = last.users - first.users;
  const fewest = Math.max(FEWEST_USERS, last.users * MORE_USERS_SHARE);
  return users < fewest ? null : (last.bytes - first.bytes) / users;
}
