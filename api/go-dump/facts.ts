/** What a dump tells beyond its groups: why it was printed, locks, crowds, and who started most goroutines. */
import type { Frame } from '../profile/profile.ts';
import type { GoCrash } from './crash/crash.ts';
import { creatorLineIn, culpritIn, lockedIn, outsideOfRuntime } from './culprit.ts';
import type { GoGroup } from './groups/groups.ts';
import type { GoLock } from './locks/lock.ts';
import type { PoolUse } from './locks/pool.ts';
import { isOfSemaphore, pastSemaphore } from './locks/semaphore.ts';
import type { GoDump } from './parse.ts';
import type { GoRace } from './races/race.ts';

/** Goroutines that one function has started at one line. */
export interface CreatorSum {
  /** Named without `created by`. */
  creator: Frame;
  count: number;
  longestWaitMs: number | null;
}

/** Goroutines that are at one place of the program's own code, or of a library where none of it is in the stack, for the same. */
export interface Crowd {
  state: string;
  count: number;
  longestWaitMs: number;
  culprit: Frame;
  /** Null where the dump does not tell. */
  creator: Frame | null;
  frames: readonly Frame[];
  /** Some of them are workers by a rule, which may wait for as long as they like. */
  areWorkers: boolean;
  /** Of those at a semaphore: who has likely taken it, at the place of most of them; null for none, and otherwise. */
  takers: Takers | null;
}

export interface Takers {
  /** All of them, wherever they are. */
  count: number;
  /** Those who are there. */
  countHere: number;
  state: string;
  culprit: Frame;
}

export interface GoFacts {
  crash: GoCrash | null;
  locks: GoLock[];
  /** What Go's race detector has reported, most reports first. */
  races: GoRace[];
  /** Most goroutines first; the first fifty. */
  creators: CreatorSum[];
  /** Most goroutines first; the first fifty. */
  crowds: Crowd[];
  /** Goroutines that wait for a connection of `database/sql`; null where none does. */
  poolWaiters: Crowd | null;
  /** Who keeps those connections; null where nobody waits for one. */
  pool: PoolUse | null;
}

const KEPT = 50;
const CREATED_BY = 'created by ';
/** A connection that is idle waits so, and a program may have thousands. */
const NO_CROWD = /^(?:running|runnable|syscall|IO wait|sleep)/;
const POOL_WAIT = /^database\/sql\.\(\*DB\)\.conn$/;
const POOL_STATE = /^(?:select|chan receive)/;

export function goFactsOf(
  { crash, locks, races, pool }: GoDump,
  groups: readonly GoGroup[],
): GoFacts {
  // A test names only what it did not expect.
  const crowds = crowdsOf(groups, crash?.kind === 'LEAKED' ? null : NO_CROWD);
  return {
    crash,
    locks,
    races,
    pool,
    creators: creatorsOf(groups),
    crowds: crowds.slice(0, KEPT).map((crowd) => withTakers(crowd, groups)),
    poolWaiters: joined(crowds.filter(isWaitingForConnection)),
  };
}

function creatorsOf(groups: readonly GoGroup[]): CreatorSum[] {
  const sums = new Map<string, CreatorSum>();
  for (const { frames, count, oldestWaitMs } of groups) {
    const creator = creatorIn(frames);
    if (creator === null) continue;
    const key = placeKey(creator);
    const known = sums.get(key);
    if (known === undefined) sums.set(key, { creator, count, longestWaitMs: oldestWaitMs });
    else {
      known.count += count;
      known.longestWaitMs = Math.max(known.longestWaitMs ?? 0, oldestWaitMs ?? 0);
    }
  }
  return [...sums.values()].sort((a, b) => b.count - a.count).slice(0, KEPT);
}

function creatorIn(frames: readonly Frame[]): Frame | null {
  const creator = creatorLineIn(frames);
  if (creator === null) return null;
  return { ...creator, function: creator.function.slice(CREATED_BY.length) };
}

function crowdsOf(groups: readonly GoGroup[], leftOut: RegExp | null): Crowd[] {
  const crowds = new Map<string, Crowd>();
  for (const { state, count, oldestWaitMs, frames, category } of groups) {
    const culprit = culpritIn(frames) ?? outsideOfRuntime(frames);
    if (culprit === null || leftOut?.test(state) === true) continue;
    const creator = creatorIn(frames);
    const key = `${state} ${culprit.function} ${culprit.file}:${culprit.line} ${creator?.file}:${creator?.line}`;
    const known = crowds.get(key);
    const longestWaitMs = oldestWaitMs ?? 0;
    if (known === undefined) {
      const areWorkers = category === 'BACKGROUND';
      const rest = { culprit, creator, frames, areWorkers, takers: null };
      crowds.set(key, { state, count, longestWaitMs, ...rest });
    } else {
      known.count += count;
      known.areWorkers ||= category === 'BACKGROUND';
      known.longestWaitMs = Math.max(known.longestWaitMs, longestWaitMs);
    }
  }
  return [...crowds.values()].sort((a, b) => b.count - a.count);
}

function withTakers(crowd: Crowd, groups: readonly GoGroup[]): Crowd {
  if (!crowd.frames.some(isOfSemaphore)) return crowd;
  return { ...crowd, takers: takersOf(pastSemaphore(crowd.frames, groups)) };
}

function takersOf(groups: readonly GoGroup[]): Takers | null {
  const [most] = [...groups].sort((a, b) => b.count - a.count);
  const culprit = most === undefined ? null : culpritIn(most.frames);
  if (most === undefined || culprit === null) return null;
  const count = groups.reduce((sum, group) => sum + group.count, 0);
  return { count, countHere: most.count, state: most.state, culprit };
}

function isWaitingForConnection({ state, frames }: Crowd): boolean {
  return POOL_STATE.test(state) && frames.some(({ function: name }) => POOL_WAIT.test(name));
}

function joined([first, ...others]: readonly Crowd[]): Crowd | null {
  if (first === undefined) return null;
  return {
    ...first,
    count: others.reduce((sum, { count }) => sum + count, first.count),
    longestWaitMs: Math.max(first.longestWaitMs, ...others.map((other) => other.longestWaitMs)),
  };
}

/** Groups that no finding about a lock explains already. */
export function besidesLocks<Group extends { frames: readonly Frame[] }>(
  groups: readonly Group[],
  { locks }: Pick<GoFacts, 'locks'>,
): Group[] {
  const places = new Set(
    locks.filter(isTold).flatMap((lock) => lock.places.map(({ frame }) => placeKey(frame))),
  );
  if (places.size === 0) return [...groups];
  return groups.filter(({ frames }) => {
    const top = frames.find(({ function: name }) => !name.startsWith('runtime.'));
    const isLock = top?.function.includes('sync.') ?? false;
    const culprit = isLock ? (lockedIn(frames) ?? frames.find(isNotOfSync) ?? null) : null;
    return culprit === null || !places.has(placeKey(culprit));
  });
}

function isNotOfSync({ function: name }: Frame): boolean {
  return !/^(?:internal\/)?sync\.|^runtime\./.test(name);
}

function placeKey({ function: name, file, line }: Frame): string {
  return `${name} ${file}:${line}`;
}

/** Whether it holds others up for so long that it is worth an alarm. */
function isTold({ kind, longestWaitMinutes, waiters, likelyHolder }: GoLock): boolean {
  if (longestWaitMinutes === 0) return false;
  if (kind === 'WAIT_GROUP') return waiters > 1 && likelyHolder !== null;
  return kind !== 'COND';
}
