import { MS_PER_MINUTE } from '../../../base/numbers/units.ts';
import { durationText } from '../../../base/text/duration.ts';
import type { Crowd } from '../../../go-dump/facts.ts';
import type { Detection, Detector } from '../../finding.ts';
import { countWords, frameWords } from '../../words.ts';

interface Exhausted extends Detection {
  waiters: Crowd;
}

const MANY_WAITERS = 5;

/** Goroutines wait for a connection of `database/sql`: all of the pool are in use, or were never given back. */
export const databasePool: Detector<Exhausted> = {
  name: 'database-pool',
  kind: 'POOL_EXHAUSTED',
  question: 'the connections of the database are in use',
  check({ go, nowMs }) {
    const waiters = go?.poolWaiters ?? null;
    if (waiters === null) return null;
    const { count, longestWaitMs, culprit, frames } = waiters;
    const isLong = longestWaitMs >= MS_PER_MINUTE;
    if (!isLong && count < MANY_WAITERS) return null;
    const severity = isLong ? 'WARNING' : 'NOTICE';
    return { severity, sinceMs: nowMs - longestWaitMs, culprit, stack: frames, count, waiters };
  },
  sentence({ waiters: { count, longestWaitMs, culprit } }) {
    const wait = longestWaitMs < MS_PER_MINUTE ? '' : `, for up to ${durationText(longestWaitMs)}`;
    return `${countWords(count, 'goroutine')} wait${count === 1 ? 's' : ''} for a connection of database/sql, most in ${frameWords(culprit)}${wait}.`;
  },
  nextStep: () =>
    'Look for Rows, Stmt or Tx that are not closed, and for a query within a transaction that asks for a second connection.',
};
