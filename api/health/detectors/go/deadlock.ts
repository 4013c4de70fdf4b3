import { MS_PER_MINUTE } from '../../../base/numbers/units.ts';
import { durationText } from '../../../base/text/duration.ts';
import type { GoCrash } from '../../../go-dump/crash/crash.ts';
import type { GoLock, Party } from '../../../go-dump/locks/lock.ts';
import type { Detection, Detector } from '../../finding.ts';
import { countWords, frameWords } from '../../words.ts';
import { nameWords } from './lock-contention.ts';

interface Circle extends Detection {
  lock: GoLock;
}

/** Goroutines that wait for each other's locks, or one that waits for its own. */
export const lockCircle: Detector<Circle> = {
  name: 'lock-circle',
  kind: 'DEADLOCK',
  question: 'goroutines wait for each other',
  check({ go, nowMs }) {
    const lock = go?.locks.find(({ deadlock }) => deadlock.length > 0);
    if (lock === undefined) return null;
    const [first] = lock.deadlock;
    return {
      severity: 'CRITICAL',
      sinceMs: nowMs - lock.longestWaitMinutes * MS_PER_MINUTE,
      culprit: first?.frame ?? null,
      stack: first?.frame == null ? [] : [first.frame],
      count: lock.waiters,
      lock,
    };
  },
  sentence({ lock }) {
    const { deadlock, waiters, longestWaitMinutes } = lock;
    const others = waiters - 1;
    const wait =
      longestWaitMinutes === 0 ? '' : ` for ${durationText(longestWaitMinutes * MS_PER_MINUTE)}`;
    const behind =
      others > 0
        ? `; ${countWords(others, 'other')} wait${others === 1 ? 's' : ''} for it too`
        : '';
    const [only, ...more] = deadlock;
    if (only !== undefined && more.length === 0) {
      return `Goroutine ${only.goroutineId} has waited${wait} for a lock${nameWords(lock)} that it likely holds itself${partyWords(only, ', since ')}${behind}.`;
    }
    const circle = deadlock.map((party) => `${party.goroutineId}${partyWords(party, ' in ')}`);
    return `Goroutines ${listed(circle)} likely wait for each other, ${wait === '' ? 'and none can go on' : `the longest${wait}`}${behind}.`;
  },
  nextStep: ({ lock }) =>
    lock.deadlock.length === 1
      ? 'Let the inner call work under the lock that is held already, or give the lock back before it.'
      : 'Take these locks in the same order everywhere, and wait for no other goroutine while one is held.',
};

interface Asleep extends Detection {
  crash: GoCrash;
  total: number;
}

/** Go has found that nothing can ever wake any goroutine. */
export const allAsleep: Detector<Asleep> = {
  name: 'all-asleep',
  kind: 'DEADLOCK',
  question: 'all goroutines are asleep',
  check({ go, tasks }) {
    const crash = go?.crash ?? null;
    if (crash?.kind !== 'ALL_ASLEEP') return null;
    const total = (tasks ?? []).reduce((sum, { count }) => sum + count, 0);
    const { culprit, frames, count } = crash;
    return {
      severity: 'CRITICAL',
      culprit,
      stack: frames,
      count,
      crash,
      total: Math.max(total, count),
    };
  },
  sentence({ crash, total }) {
    const { count, culprit, state, message } = crash;
    const where = culprit === null ? '' : ` in ${frameWords(culprit)}`;
    if (OF_BUBBLE.test(message ?? '')) {
      const waits = `${countWords(count, 'goroutine')} wait${count === 1 ? 's' : ''}`;
      return `Goroutines of a synctest bubble are asleep, and nothing in it can wake them: ${waits}${where}${stateWords(state)}.`;
    }
    const who =
      total === 1
        ? 'the only one waits'
        : `${count === total ? `all ${total}` : `${count} of ${total}`} wait${count === 1 ? 's' : ''}`;
    return `All goroutines are asleep, and none can wake another: ${who}${where}${stateWords(state)}.`;
  },
  nextStep: ({ crash }) =>
    ASLEEP_STEPS.find(([state]) => state.test(crash.state ?? ''))?.[1] ?? LOOK,
};

/** The rest of the test goes on, and Go counts none of it. */
const OF_BUBBLE = /\bbubble\b/;

const stateWords = (state: string | null) => (state === null ? '' : ` (${state})`);

const LOOK = 'Look at what this line waits for, and who should have given it.';
const ASLEEP_STEPS: readonly (readonly [RegExp, string])[] = [
  [
    /^chan send/,
    'Nobody receives: let another goroutine receive than those that send, or give the channel room.',
  ],
  [
    /^chan receive/,
    'Nobody sends: look for the send that is missing, or for the channel that is never closed.',
  ],
  [/WaitGroup|semacquire/, 'Look for the Done, or the Unlock, that never comes.'],
];

function partyWords({ frame }: Party, preposition: string): string {
  return frame === null ? '' : `${preposition}${frameWords(frame)}`;
}

function listed(parts: readonly string[]): string {
  return parts.length < 2 ? parts.join('') : `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}
