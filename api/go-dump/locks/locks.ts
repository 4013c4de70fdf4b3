/** The locks of a dump, those that hold up most first. */

import type { Frame } from '../../profile/profile.ts';
import { isOwnPlace } from '../culprit.ts';
import type { DumpText } from '../text/dump-text.ts';
import { awaitedBy, isHungGroup } from './awaited.ts';
import { blockOf } from './block.ts';
import {
  type Candidate,
  candidatesByFile,
  candidatesFor,
  partyOf,
  relockers,
  SCORES,
} from './holder.ts';
import { frameOf, type GoLock, type Party } from './lock.ts';
import { otherEndOf } from './other-end.ts';
import type { Waiters, WaitingGoroutine } from './waiters.ts';
import { byUrgency, isLockState, type WaitedFor, waitedFor } from './waiting.ts';

const KEPT_LOCKS = 50;
/** Looking for a holder walks over the text. */
const LOCKS_WITH_HOLDERS = 20;
const KEPT_PLACES = 10;
const KEPT_IDS = 10;
/** So many at one lock at once are worth a look even before a minute. */
const MANY_WAITERS = 10;
const LONGEST_CIRCLE = 8;

export interface LocksOptions {
  /** Go has found that no goroutine can go on, so that waits of less than a minute count too. */
  areAllAsleep: boolean;
}

/** @param texts what each writer wrote, as Go prints it */
export function locksOf(
  texts: readonly DumpText[],
  states: Iterable<string>,
  { areAllAsleep }: LocksOptions,
): GoLock[] {
  if (![...states].some(isLockState)) return [];
  const found = waitedFor(texts).sort(byUrgency);
  const holders = new Map<WaitedFor, Candidate[]>();
  const judged = found
    .filter((lock) => lock.kind !== 'COND' && (areAllAsleep || isHoldingUp(lock)))
    // Who waits for the end of others holds up nobody else.
    .sort((a, b) => Number(isExclusive(b)) - Number(isExclusive(a)))
    .slice(0, LOCKS_WITH_HOLDERS);
  for (const lock of judged) {
    const candidates = isExclusive(lock)
      ? holdersOf(lock, texts, { areAllAsleep })
      : awaitedBy(lock, texts);
    holders.set(lock, candidates);
  }
  return found.slice(0, KEPT_LOCKS).map((lock) => describe(lock, texts, judged, holders));
}

/** A WaitGroup is waited for until others are done, and a Cond is held by nobody. */
function isExclusive({ kind }: WaitedFor): boolean {
  return kind === 'MUTEX' || kind === 'RW_MUTEX';
}

function isHoldingUp(lock: WaitedFor): boolean {
  return lock.waiters.longestWaitMinutes >= 1 || lock.waiters.count >= MANY_WAITERS;
}

function holdersOf(
  lock: WaitedFor,
  texts: readonly DumpText[],
  { areAllAsleep }: LocksOptions,
): Candidate[] {
  const near = candidatesFor(lock, texts);
  if (near.length > 0) return near;
  const byFile = candidatesByFile(lock, texts);
  const ofStruct = byFile.filter(({ score }) => score >= SCORES.METHOD_NEAR);
  if (ofStruct.length > 0) return ofStruct;
  const again = relockers(lock, texts);
  if (again.length > 0) return again;
  return areAllAsleep || lock.waiters.longestWaitMinutes >= 1 ? byFile : [];
}

function describe(
  lock: WaitedFor,
  texts: readonly DumpText[],
  judged: readonly WaitedFor[],
  holders: ReadonlyMap<WaitedFor, Candidate[]>,
): GoLock {
  const { waiters } = lock;
  const party = (waiter: WaitingGoroutine) => partyOf(blockOf(texts[waiter.part]!, waiter.start)!);
  const circle = circleFrom(lock, judged, holders);
  const [holder = null] = holders.get(lock) ?? [];
  return {
    kind: lock.kind,
    address: hex(lock.address),
    struct: lock.struct === null ? null : `${lock.struct.type} ${hex(lock.struct.address)}`,
    waiters: waiters.count,
    readers: waiters.readers,
    longestWaitMinutes: waiters.longestWaitMinutes,
    places: placesOf(waiters),
    waiterIds: waiters.longestIds(KEPT_IDS),
    waitingWriter: waiters.firstWriter && party(waiters.firstWriter),
    likelyHolder: circle[0] ?? (holder === null ? null : toParty(holder)),
    heldIn: circle.length > 0 || holder === null ? null : heldIn(holder),
    heldUpBy: circle.length > 0 ? null : endOfChain(lock, judged, holders),
    otherEnd: circle.length > 0 || holder === null ? null : otherEndOf(holder, lock, texts),
    isHungGroup: isHungGroup(lock, holders.get(lock) ?? []),
    deadlock: circle,
  };
}

function heldIn({ entry, frame }: Candidate): Frame | null {
  if (entry === null || !isOwnPlace(entry)) return null;
  const isSame = entry.function === frame?.function && entry.line === frame.line;
  return isSame ? null : frameOf(entry);
}

function hex<Value extends number | null>(value: Value) {
  return value === null ? null : `0x${value.toString(16)}`;
}

function toParty({ goroutineId, state, waitMinutes, frame }: Candidate): Party {
  return { goroutineId, state, waitMinutes, frame };
}

function placesOf({ places }: Waiters): GoLock['places'] {
  return places
    .flatMap(({ place, count }) => (place === null ? [] : [{ frame: frameOf(place), count }]))
    .sort((a, b) => b.count - a.count)
    .slice(0, KEPT_PLACES);
}

/** Follows who likely holds a lock to what it waits for itself, and so on; null where that is nothing, or a circle of others. */
function endOfChain(
  first: WaitedFor,
  judged: readonly WaitedFor[],
  holders: ReadonlyMap<WaitedFor, Candidate[]>,
): Party | null {
  const seen = new Set<number>();
  let [holder] = holders.get(first) ?? [];
  for (let depth = 0; holder !== undefined && depth < LONGEST_CIRCLE; depth++) {
    const { goroutineId } = holder;
    if (seen.has(goroutineId)) return null;
    seen.add(goroutineId);
    const next = judged.find(({ waiters }) => waiters.has(goroutineId));
    const [behind] = next === undefined ? [] : (holders.get(next) ?? []);
    if (behind === undefined) return depth === 0 ? null : toParty(holder);
    holder = behind;
  }
  return null;
}

/** Follows who holds a lock to the lock that it waits for, until that is the first one again. */
function circleFrom(
  first: WaitedFor,
  judged: readonly WaitedFor[],
  holders: ReadonlyMap<WaitedFor, Candidate[]>,
): Party[] {
  const waitsFor = (goroutineId: number) => judged.find(({ waiters }) => waiters.has(goroutineId));
  const follow = (lock: WaitedFor, path: readonly Candidate[]): Candidate[] | null => {
    for (const candidate of holders.get(lock) ?? []) {
      const next = waitsFor(candidate.goroutineId);
      if (next === undefined || path.length === LONGEST_CIRCLE) continue;
      if (next === first) return [...path, candidate];
      if (path.some(({ goroutineId }) => goroutineId === candidate.goroutineId)) continue;
      const found = follow(next, [...path, candidate]);
      if (found !== null) return found;
    }
    return null;
  };
  return (follow(first, []) ?? []).map(toParty);
}
