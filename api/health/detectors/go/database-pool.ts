import { MS_PER_MINUTE } from '../../../base/numbers/units.ts';
import { durationText } from '../../../base/text/duration.ts';
import type { Crowd } from '../../../go-dump/facts.ts';
import type { PoolUse } from '../../../go-dump/locks/pool.ts';
import type { Detection, Detector } from '../../finding.ts';
import { countWords, frameWords, groupedDigits } from '../../words.ts';

interface Exhausted extends Detection {
  waiters: Crowd;
  use: PoolUse | null;
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
    const sinceMs = nowMs - longestWaitMs;
    const use = go?.pool ?? null;
    const holder = use?.holders[0]?.frame ?? null;
    const found = { severity, sinceMs, count, waiters, use } as const;
    return holder === null
      ? { ...found, culprit, stack: frames }
      : { ...found, culprit: holder, stack: [holder] };
  },
  sentence({ waiters: { count, longestWaitMs, culprit }, use }) {
    const wait = longestWaitMs < MS_PER_MINUTE ? '' : `, for up to ${durationText(longestWaitMs)}`;
    return `${countWords(count, 'goroutine')} wait${count === 1 ? 's' : ''} for a connection of database/sql, most in ${frameWords(culprit)}${wait}${openWords(use)}.`;
  },
  nextStep({ use }) {
    if (use !== null && use.left > 0)
      return 'Close Rows and end Tx on every path, by a defer right behind the error that opening them gave.';
    if (use !== null && use.holdersWaiting > 0)
      return 'Ask within a transaction by the Tx alone: by the DB, it needs a second connection.';
    return use !== null && use.holders.length > 0
      ? 'Look at why these keep a transaction or Rows open: end it before what may last, or give that a time limit.'
      : 'Look for Rows, Stmt or Tx that are not closed, and for a query within a transaction that asks for a second connection.';
  },
};

/** For example `; 5 transactions are open, begun by goroutine 400 in main.pay (main.go:7) (chan receive) and 4 others`. */
function openWords(use: PoolUse | null): string {
  if (use === null || use.transactions + use.results === 0) return '';
  const open = [
    ...(use.transactions > 0 ? [countWords(use.transactions, 'transaction')] : []),
    ...(use.results > 0
      ? [`the Rows of ${countWords(use.results, 'query').replace(/ys$/, 'ies')}`]
      : []),
  ];
  const verb = use.transactions === 1 && use.results === 0 ? 'is' : 'are';
  return `; ${open.join(' and ')} ${verb} open${holderWords(use)}${leftWords(use)}`;
}

function holderWords({
  holders: [first],
  transactions,
  results,
  left,
  holdersWaiting,
}: PoolUse): string {
  if (first === undefined) return '';
  const others = transactions + results - left - 1;
  const where = first.frame === null ? '' : ` in ${frameWords(first.frame)}`;
  const more = others > 0 ? ` and ${countWords(others, 'other')}` : '';
  const also =
    holdersWaiting === 0
      ? ''
      : `, ${groupedDigits(holdersWaiting)} of which wait for another connection`;
  return `, begun by goroutine ${first.goroutineId}${where} (${first.state})${more}${also}`;
}

function leftWords({ left }: PoolUse): string {
  return left === 0 ? '' : `; ${groupedDigits(left)} of them by goroutines that are gone`;
}
