/** What a dump tells beyond its groups: why it was printed, locks, crowds, and who started most goroutines. */
import { MS_PER_MINUTE } from '../base/numbers/units.ts';
import type { Frame } from '../profile/profile.ts';
import type { GoCrash } from './crash/crash.ts';
import { creatorLineIn, culpritIn, lockedIn, outsideOfRuntime } from './culprit.ts';
import type { GoGroup } from './groups/groups.ts';
import type { GoLock } from './locks/lock.ts';
import type { PoolUse } from './locks/pool.ts';
import { isOfSemaphore, pastSemaphore } from './locks/semaphore.ts';
import { type OpenBodies, openBodiesOf } from './open-bodies.ts';
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
  /** Of the one that has waited least. */
  shortestWaitMs: number;
  /**
   * They may wait for as long as they like: workers by a rule, the other half of connections that are open, or
   * those that have received nothing since the program began.
   */
  mayBeIdle: boolean;
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
  /** Responses of HTTP that were not closed; null for none. */
  openBodies: OpenBodies | null;
}

const KEPT = 50;
const CREATED_BY = 'created by ';
/** A connection that is idle waits so, and a program may have thousands. */
const NO_CROWD = /^(?:running|runnable|syscall|IO wait|sleep)/;
const POOL_WAIT = /^database\/sql\.\(\*DB\)\.conn$/;
const READING = 'IO wait';
/** From this share on, goroutines that wait are taken for the other half of those that read. */
const HALF_OF_CONNECTIONS = 0.8;
/** Not from no channel, which is for ever. */
const RECEIVING = /^chan receive(?! \(nil)/;
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
    openBodies: openBodiesOf(groups),
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
  const readersBy = readersByCreator(groups);
  const longestMs = groups.reduce((most, { oldestWaitMs }) => Math.max(most, oldestWaitMs ?? 0), 0);
  for (const { state, count, oldestWaitMs, newestWaitMs, frames, category } of groups) {
    const culprit = culpritIn(frames) ?? outsideOfRuntime(frames);
    if (culprit === null || leftOut?.test(state) === true) continue;
    const creator = creatorIn(frames);
    const key = `${state} ${culprit.function} ${culprit.file}:${culprit.line} ${creator?.file}:${creator?.line}`;
    const known = crowds.get(key);
    const longestWaitMs = oldestWaitMs ?? 0;
    const shortestWaitMs = newestWaitMs ?? 0;
    const mayBeIdle = category === 'BACKGROUND';
    if (known === undefined) {
      const rest = { culprit, creator, frames, takers: null };
      crowds.set(key, { state, count, longestWaitMs, shortestWaitMs, mayBeIdle, ...rest });
    } else {
      known.count += count;
      known.longestWaitMs = Math.max(known.longestWaitMs, longestWaitMs);
      known.shortestWaitMs = Math.min(known.shortestWaitMs, shortestWaitMs);
      known.mayBeIdle ||= mayBeIdle;
    }
  }
  for (const crowd of crowds.values()) {
    const readers = readersBy.get(crowd.creator?.function ?? '') ?? 0;
    crowd.mayBeIdle ||= readers >= HALF_OF_CONNECTIONS * crowd.count || isUnused(crowd, longestMs);
  }
  return [...crowds.values()].sort((a, b) => b.count - a.count);
}

/** How many goroutines read from connections, by who has started them: beside each there is often one that writes. */
function readersByCreator(groups: readonly GoGroup[]): Map<string, number> {
  const readers = new Map<string, number>();
  for (const { state, frames, count } of groups) {
    const name = state.startsWith(READING) ? creatorIn(frames)?.function : undefined;
    if (name !== undefined) readers.set(name, (readers.get(name) ?? 0) + count);
  }
  return readers;
}

/** All of them have waited for as long as anything in the dump. */
function isUnused({ state, shortestWaitMs }: Crowd, longestMs: number): boolean {
  return RECEIVING.test(state) && shortestWaitMs >= longestMs - MS_PER_MINUTE;
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
