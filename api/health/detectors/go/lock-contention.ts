import { MS_PER_MINUTE } from '../../../base/numbers/units.ts';
import { durationText } from '../../../base/text/duration.ts';
import type { GoLock } from '../../../go-dump/locks/lock.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { Detection, Detector } from '../../finding.ts';
import { countWords, frameWords } from '../../words.ts';

interface Contention extends Detection {
  lock: GoLock;
}

/** So many at one lock at one moment are worth a notice. */
const MANY_WAITERS = 10;
/** Who waits for the end of others does so for as long as they run: two at once seldom do. */
const SEVERAL_WAITERS = 2;
const NOUNS = {
  MUTEX: 'mutex',
  RW_MUTEX: 'RWMutex',
  WAIT_GROUP: 'WaitGroup',
  COND: 'Cond',
} as const;

/** The locks that hold up most, one finding each. */
export const lockContention: readonly Detector<Contention>[] = [0, 1, 2].map((rank) => ({
  name: `lock-contention-${rank}`,
  kind: 'LOCK_CONTENTION' as const,
  question: 'goroutines wait for a lock',
  check({ go, nowMs }) {
    const hung = go?.crash?.kind === 'TEST_TIMEOUT' ? go.crash.culprit : null;
    const lock = (go?.locks ?? [])
      .filter((found) => severityOf(found) !== null && !isWaitOf(hung, found))
      .at(rank);
    const severity = lock === undefined ? null : severityOf(lock);
    if (lock === undefined || severity === null) return null;
    const culprit = lock.likelyHolder?.frame ?? lock.places[0]?.frame ?? null;
    return {
      severity,
      sinceMs: nowMs - lock.longestWaitMinutes * MS_PER_MINUTE,
      culprit,
      stack: culprit === null ? [] : [culprit],
      count: lock.waiters,
      lock,
    };
  },
  sentence({ lock }) {
    const { kind, waiters, longestWaitMinutes } = lock;
    const wait =
      longestWaitMinutes === 0
        ? ''
        : `, for up to ${durationText(longestWaitMinutes * MS_PER_MINUTE)}`;
    return `${countWords(waiters, 'goroutine')} wait${waiters === 1 ? 's' : ''} for one ${NOUNS[kind]}${nameWords(lock)}${placesWords(lock)}${wait}${writerWords(lock)}${holderWords(lock)}${behindWords(lock)}.`;
  },
  nextStep: ({ lock }) => nextStep(lock),
}));

/** Whether it is what a test hung at, which tells more of it. */
function isWaitOf(hung: Frame | null, { waiters, places }: GoLock): boolean {
  const [place] = places;
  return (
    waiters === 1 &&
    hung !== null &&
    place?.frame.function === hung.function &&
    place.frame.line === hung.line
  );
}

/** For example ` (0xc4218a4b00)`. */
export function nameWords({ address, struct }: GoLock): string {
  if (address !== null) return ` (${address})`;
  return struct === null ? '' : ` (of ${struct})`;
}

/** Null where it is not told, or as a deadlock. */
function severityOf(lock: GoLock): 'WARNING' | 'NOTICE' | null {
  if (lock.deadlock.length > 0) return null;
  // Idle workers wait at a Cond too: many of them do so for long only where nobody wakes them.
  if (lock.kind === 'COND') {
    return lock.waiters >= MANY_WAITERS && lock.longestWaitMinutes >= 1 ? 'NOTICE' : null;
  }
  if (lock.kind === 'WAIT_GROUP') {
    const isWorthIt = lock.waiters >= SEVERAL_WAITERS && lock.longestWaitMinutes >= 1;
    if (isWorthIt && lock.likelyHolder !== null) return 'WARNING';
    return isWorthIt || lock.isHungGroup ? 'NOTICE' : null;
  }
  if (lock.longestWaitMinutes >= 1) return 'WARNING';
  return lock.waiters >= MANY_WAITERS ? 'NOTICE' : null;
}

function placesWords({ places, waiters }: GoLock): string {
  const [first, ...others] = places;
  if (first === undefined) return '';
  if (first.count === waiters) return `, ${inWords(first.frame)}`;
  const [second] = others;
  const more = others.length > 1 ? ` and at ${countWords(others.length - 1, 'other place')}` : '';
  const also = second === undefined ? '' : `, ${second.count} ${inWords(second.frame)}`;
  return `, ${first.count} of them ${inWords(first.frame)}${also}${more}`;
}

/** A goroutine may be nothing but the call of the lock. */
function inWords(frame: Frame): string {
  return frame.function.startsWith('created by ') ? frameWords(frame) : `in ${frameWords(frame)}`;
}

function writerWords({ waitingWriter, readers }: GoLock): string {
  if (waitingWriter === null) return '';
  const { goroutineId, frame } = waitingWriter;
  const where = frame === null ? '' : ` in ${frameWords(frame)}`;
  const behind = readers > 0 ? ` and holds up ${countWords(readers, 'reader')} behind it` : '';
  return `; goroutine ${goroutineId} waits${where} to write${behind}`;
}

function holderWords({ likelyHolder, heldIn, kind }: GoLock): string {
  if (kind === 'COND' || (kind === 'WAIT_GROUP' && likelyHolder === null)) return '';
  if (likelyHolder === null) return '; nobody in this dump is seen to hold it';
  const { goroutineId, frame, state } = likelyHolder;
  const does = kind === 'WAIT_GROUP' ? 'is likely not done' : 'likely holds it';
  const since = heldIn === null ? '' : ` since ${frameWords(heldIn)}, and is`;
  const where = frame === null ? '' : `${heldIn === null ? ',' : ''} in ${frameWords(frame)}`;
  return `; goroutine ${goroutineId} ${does}${since}${where} (${state})`;
}

/** Who the likely holder waits for itself, as far as the dump tells. */
function behindWords({ heldUpBy, otherEnd, likelyHolder }: GoLock): string {
  if (heldUpBy !== null) {
    const { goroutineId, frame, state } = heldUpBy;
    const where = frame === null ? '' : ` in ${frameWords(frame)}`;
    return `, which in the end waits for goroutine ${goroutineId}${where} (${state})`;
  }
  if (otherEnd === null) return '';
  const should = likelyHolder?.state.startsWith('chan send') ? 'receive' : 'send';
  return `; goroutine ${otherEnd.goroutineId} waits for the lock and was passed ${otherEnd.shared} as that line was, so that it may be who should ${should} there`;
}

function nextStep({ kind, likelyHolder, otherEnd, heldUpBy }: GoLock): string {
  if (kind === 'WAIT_GROUP') {
    return likelyHolder === null
      ? 'Look for the Done that never comes.'
      : 'Look at what this goroutine waits for, which who waits for it needs too: a channel that nobody closes or receives from, or an answer that does not come.';
  }
  if (kind === 'COND') {
    return 'Look for the Signal or Broadcast that never comes; workers that have nothing to do wait like this too.';
  }
  if (likelyHolder === null) {
    return 'Look for a path that takes this lock and does not give it back: a return, or a panic, without Unlock.';
  }
  if (heldUpBy === null && otherEnd !== null) {
    return 'Neither send nor receive while the lock is held that the other end needs: give it back before.';
  }
  return 'Look at why this goroutine keeps the lock: give it back before what may last, or give that a time limit.';
}
