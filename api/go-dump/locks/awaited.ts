/** Whom a WaitGroup waits for: who was given it, or was started by the one who waits. */
import type { DumpText } from '../text/dump-text.ts';
import { type Block, blocksWith } from './block.ts';
import { type Candidate, partyOf, SCORES } from './holder.ts';
import type { WaitedFor } from './waiting.ts';

const MOST = 500;
const CREATED_BY = 'created by ';
const ERRGROUP_GO = 'golang.org/x/sync/errgroup.(*Group).Go';
/** Its calls have no name but that of the group. */
const SINGLEFLIGHT = 'golang.org/x/sync/singleflight.(*Group)';
/** These are at work, and may be done in a moment. */
const WORKING = /^(?:running|runnable|syscall|IO wait|sleep)/;
const AT_CHANNEL = /^chan /;
const SENDING = /^chan send/;

/** Those that have waited longest first. */
export function awaitedBy(lock: WaitedFor, texts: readonly DumpText[]): Candidate[] {
  const { waiters } = lock;
  // Of many that wait, few say who started the others.
  const first = waiters.firstOnes;
  const address = addressOf(lock);
  // Go says which goroutine has started another from 1.21 on, and the function before.
  const starters = new Set(
    first.map(({ isInErrgroup, place }) => (isInErrgroup ? ERRGROUP_GO : place?.function)),
  );
  const words = [
    ...first.map(({ goroutineId }) => ` in goroutine ${goroutineId}\n`),
    ...[...starters].map((name) => `${CREATED_BY}${name}\n`),
    ...(address === null ? [] : [`0x${address.toString(16)}`]),
  ];
  return blocksWith(texts[waiters.first.part]!, words, MOST, (id) => waiters.has(id))
    .filter((block) => {
      const isStarted =
        block.creatorId === null ? starters.has(creatorOf(block)) : waiters.has(block.creatorId);
      return isStarted || isGiven(block, address);
    })
    .map((block) => ({ ...partyOf(block), score: SCORES.ARGUMENT, entry: null, block }))
    .sort((a, b) => Number(isWorking(a)) - Number(isWorking(b)) || b.waitMinutes - a.waitMinutes);
}

/**
 * Whether one goroutine alone waits for a group in vain: one of it has waited to send for as long as it has, or, of
 * an errgroup, all of it have waited at channels. What `main` waits for and receives nothing is how a program keeps
 * its idle workers.
 */
export function isHungGroup({ kind, waiters }: WaitedFor, awaited: readonly Candidate[]): boolean {
  if (kind !== 'WAIT_GROUP' || waiters.count > 1) return false;
  const only = waiters.first;
  if (only.waitMinutes < 1 || awaited.length === 0) return false;
  const asLong = awaited.filter(({ waitMinutes }) => waitMinutes >= only.waitMinutes - 1);
  if (asLong.some(({ state }) => SENDING.test(state))) return true;
  if (!only.isInErrgroup || only.isInMain || asLong.length < awaited.length) return false;
  return awaited.every(({ state }) => AT_CHANNEL.test(state));
}

function addressOf({ address, struct }: WaitedFor): number | null {
  return address ?? (struct?.type === SINGLEFLIGHT ? struct.address : null);
}

function creatorOf({ calls }: Block): string | undefined {
  const name = calls.find(({ function: call }) => call.startsWith(CREATED_BY))?.function;
  return name?.slice(CREATED_BY.length);
}

function isGiven({ calls }: Block, address: number | null): boolean {
  return calls.some(({ args }) => args.some(({ value }) => value === address));
}

function isWorking({ state }: Candidate): boolean {
  return WORKING.test(state);
}
