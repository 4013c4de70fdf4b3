/** Who keeps the connections of a pool of `database/sql` that others wait for. */
import type { GoGoroutines } from '../goroutines.ts';
import type { DumpText } from '../text/dump-text.ts';
import { type Block, blocksWith } from './block.ts';
import { partyOf } from './holder.ts';
import type { Party } from './lock.ts';

export interface PoolUse {
  /** Open transactions; only those are seen whose context can be canceled. */
  transactions: number;
  /** Open results of queries outside of them, likewise. */
  results: number;
  /** The goroutines that have begun them and are still there, the first five; Go says so from 1.21 on. */
  holders: Party[];
  /** How many of those wait for another connection. */
  holdersWaiting: number;
  /** How many were begun by goroutines that are gone: nobody will close them. */
  left: number;
}

/** Each open transaction and result has a goroutine of its own that waits for its context. */
const OF_TRANSACTION = 'created by database/sql.(*DB).beginDC';
const OF_RESULT = 'created by database/sql.(*Rows).initContextClose';
const WAIT_CALL = 'database/sql.(*DB).conn';
const MOST = 500;
const MOST_HOLDERS = 100;
const KEPT = 5;

/** Null where nobody waits for a connection. */
export function poolUseOf(
  goroutines: readonly GoGoroutines[],
  texts: readonly DumpText[],
): PoolUse | null {
  const isWaitedFor = goroutines.some(({ frames }) => frames.some(isWait));
  if (!isWaitedFor) return null;
  const keepers = texts.flatMap((text) => blocksWith(text, [OF_TRANSACTION, OF_RESULT], MOST));
  const transactions = keepers.filter((block) => isCreatedBy(block, OF_TRANSACTION));
  const begunBy = new Set(keepers.flatMap(({ creatorId }) => creatorId ?? []));
  const words = [...begunBy].slice(0, MOST_HOLDERS).map((id) => `goroutine ${id} [`);
  const holders = texts
    .flatMap((text) => (words.length === 0 ? [] : blocksWith(text, words, MOST)))
    .filter(({ goroutineId }) => begunBy.has(goroutineId));
  const present = new Set(holders.map(({ goroutineId }) => goroutineId));
  return {
    transactions: transactions.length,
    results: keepers.length - transactions.length,
    holders: holders.slice(0, KEPT).map(partyOf),
    holdersWaiting: holders.filter(({ calls }) => calls.some(isWait)).length,
    left:
      begunBy.size > MOST_HOLDERS ? 0 : keepers.filter((block) => isLeft(block, present)).length,
  };
}

function isWait({ function: name }: { function: string }): boolean {
  return name === WAIT_CALL;
}

function isCreatedBy({ calls }: Block, creator: string): boolean {
  return calls.some(({ function: name }) => name.startsWith(creator));
}

function isLeft({ creatorId }: Block, present: ReadonlySet<number>): boolean {
  return creatorId !== null && !present.has(creatorId);
}
