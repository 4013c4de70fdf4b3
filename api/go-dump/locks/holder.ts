/** Who is likely to hold a lock: who is inside of a method of the struct that the lock lies in, and does not wait for it. */

import type { Frame } from '../../profile/profile.ts';
import { culpritIn, outsideOfRuntime } from '../culprit.ts';
import type { DumpText } from '../text/dump-text.ts';
import { type Argument, type Block, blockOf, blocksWith, type Call } from './block.ts';
import { frameOf, type Party } from './lock.ts';
import { waiterOf } from './waiter.ts';
import type { Waiters } from './waiters.ts';
import {
  isLockState,
  LARGEST_STRUCT_BYTES,
  receiverOf,
  type Struct,
  type WaitedFor,
} from './waiting.ts';

/** More places than these are no longer looked at. */
const MOST_MENTIONS = 20_000;
const MOST_CANDIDATES = 500;
const PAGE_BITS = 12;
const RUNNING = /^(?:running|runnable|syscall|sleep)/;
/** What is idle in between may hold a lock, but mostly does not. */
const IDLE = /^(?:select|chan receive|IO wait|finalizer|sync\.Cond|GC )/;

export interface Candidate extends Party {
  /** Higher for more likely. */
  score: number;
  /** The call by which it is taken for the holder: of what is told by the file alone, the first one in it. */
  entry: Call | null;
  block: Block;
}

export const SCORES = { METHOD_OF_STRUCT: 4, RELOCK: 2, METHOD_NEAR: 2, ARGUMENT: 1 } as const;
const ONCE = 'sync.(*Once).doSlow';

/** Most likely first. */
export function candidatesFor(lock: WaitedFor, texts: readonly DumpText[]): Candidate[] {
  const { waiters } = lock;
  const longest = waiters.longestWaitMinutes;
  const around = lock.address ?? lock.struct?.address ?? null;
  if (around === null) return [];
  const near = blocksNear(around, texts[waiters.first.part]!, waiters);
  const busy = near.filter(
    (block) => !isLockedOutOf(block, lock) && !isServing(block) && !isWaitingForOthers(block),
  );
  const found = rated(busy, lock, longest);
  if (found.some(({ score }) => score === SCORES.METHOD_OF_STRUCT)) return found;
  // Where it is nobody else, who waits for others to be done may have kept it meanwhile.
  const waitingForOthers = rated(near.filter(isWaitingForOthers), lock, longest);
  return waitingForOthers.length > 0 ? waitingForOthers : found;
}

function rated(blocks: readonly Block[], lock: WaitedFor, longest: number): Candidate[] {
  return blocks
    .flatMap((block) => {
      const { score, entry } = scoreOf(block, lock);
      return score > 0 && mayHold(block, longest)
        ? [{ ...partyOf(block), score, entry, block }]
        : [];
    })
    .sort(
      (a, b) => b.score - a.score || activity(b) - activity(a) || b.waitMinutes - a.waitMinutes,
    );
}

function isWaitingForOthers(block: Block): boolean {
  return isLockState(block.state) && waiterOf(block)?.kind === 'WAIT_GROUP';
}

/**
 * A struct may have several locks: who has only entered it by one of them, and waits for that, holds no
 * other. Of `transfer(from, to)` that waits for the lock of `to`, it holds that of `from`.
 */
function isLockedOutOf(block: Block, { address, struct }: WaitedFor): boolean {
  const waiter = isLockState(block.state) ? waiterOf(block) : null;
  const [entry, ...outer] = waiter?.callers ?? [];
  if (waiter === null || entry === undefined) return false;
  const place = address ?? struct?.address ?? 0;
  if (outer.some(({ args }) => nearest(args, place) !== null)) return false;
  // Who waits for a Cond has given its lock back meanwhile.
  if (waiter.kind === 'COND') return true;
  const own = waiter.address === null ? entry.args[0]?.value : nearest(entry.args, waiter.address);
  return own === nearest(entry.args, place);
}

/** The argument that this place is most likely a field of; null for none. */
function nearest(args: readonly Argument[], place: number): number | null {
  const below = args
    .map(({ value }) => value)
    .filter((value) => value <= place && place - value < LARGEST_STRUCT_BYTES);
  return below.length === 0 ? null : Math.max(...below);
}

/** Who waits is not waited for by those who have waited longer. */
function mayHold({ state, waitMinutes }: Block, longestWaitMinutes: number): boolean {
  return RUNNING.test(state) || waitMinutes >= longestWaitMinutes - 1;
}

function activity({ state }: Candidate): number {
  if (RUNNING.test(state)) return 2;
  return IDLE.test(state) ? 0 : 1;
}

function scoreOf({ calls }: Block, lock: WaitedFor): Pick<Candidate, 'score' | 'entry'> {
  const { address, struct } = lock;
  const type = typeOf(lock);
  let best: Pick<Candidate, 'score' | 'entry'> = { score: 0, entry: null };
  const rate = (score: number, entry: Call) => {
    if (score > best.score) best = { score, entry };
  };
  for (const call of calls) {
    if (call.function.includes('sync.')) continue;
    const receiver = receiverOf(call);
    if (struct !== null && receiver?.address === struct.address && receiver.type === struct.type) {
      return { score: SCORES.METHOD_OF_STRUCT, entry: call };
    }
    // Of no struct that is known: what has the lock among its first fields.
    if (receiver !== null && isNear(receiver.address, address)) {
      if (receiver.type === type) return { score: SCORES.METHOD_OF_STRUCT, entry: call };
      rate(SCORES.METHOD_NEAR, call);
    }
    const isPassed = call.args.some(({ value }) =>
      struct === null ? isNear(value, address) : value === struct.address,
    );
    if (isPassed) rate(SCORES.ARGUMENT, call);
  }
  return best;
}

const NEAR_BYTES = 256;

function isNear(value: number, address: number | null): boolean {
  return address !== null && value <= address && address - value < NEAR_BYTES;
}

/** Goroutines with a number in their arguments that may be the struct of the lock, and that do not wait for it. */
function blocksNear(address: number, text: DumpText, waiters: Waiters): Block[] {
  const words: string[] = [];
  const firstPage = Math.floor((address - LARGEST_STRUCT_BYTES + 1) / 2 ** PAGE_BITS);
  const lastPage = Math.floor(address / 2 ** PAGE_BITS);
  for (let page = Math.max(1, firstPage); page <= lastPage; page++) {
    words.push(`0x${page.toString(16)}`);
  }
  return blocksWith(text, words, MOST_MENTIONS, (id) => waiters.has(id));
}

/**
 * Go does not print every receiver, and a variable of a package has none. Such a lock is taken by functions
 * of one file: whoever is in one of them as long as the others wait, and does something that may last.
 * Methods of the struct come first.
 */
export function candidatesByFile(lock: WaitedFor, texts: readonly DumpText[]): Candidate[] {
  const { waiters } = lock;
  const files = new Set(
    waiters.places.flatMap(({ place }) => (place === null ? [] : [place.file])),
  );
  const longest = waiters.longestWaitMinutes;
  const text = texts[waiters.first.part]!;
  const words = [...files].map((file) => `\t${file}:`);
  const blocks = blocksWith(text, words, MOST_CANDIDATES + 1, (id) => waiters.has(id));
  if (blocks.length > MOST_CANDIDATES) return [];
  return blocks
    .filter((block) => mayHold(block, longest) && isInFiles(block, files) && !isServing(block))
    .filter((block) => !isEntering(block))
    .map((block) => ({
      ...partyOf(block),
      score: scoreByName(block, lock),
      entry: block.calls.findLast((call) => isCallIn(call, files)) ?? null,
      block,
    }))
    .filter(({ score }) => score > 0)
    .sort(
      (a, b) => b.score - a.score || activity(b) - activity(a) || b.waitMinutes - a.waitMinutes,
    );
}

/** Waits for a lock in the method that it began with: whether it holds another one nothing tells. */
function isEntering(block: Block): boolean {
  const waiter = isLockState(block.state) ? waiterOf(block) : null;
  const own = (waiter?.callers ?? []).filter((call) => !call.function.startsWith('created by '));
  return own.length === 1 && METHOD.test(own[0]!.function);
}

const OF_RUNTIME = /^(?:created by )?runtime\./;
const RECEIVER_TYPE = /^.*?\(\*[^)]+\)(?=\.)/;
const METHOD = /\.\(\*[^)]+\)\./;

/**
 * Of a struct that is known, only methods whose receiver Go has not printed. Of one that is not, these come
 * first where all waiters are in methods of one type.
 */
function scoreByName({ calls }: Block, lock: WaitedFor): number {
  const { struct } = lock;
  const type = typeOf(lock);
  const isMethod = calls.some(
    (call) => call.function.startsWith(`${type}.`) && receiverOf(call) === null,
  );
  if (isMethod) return SCORES.METHOD_NEAR;
  return struct === null ? SCORES.ARGUMENT : 0;
}

/** Of the struct that the lock is in, told by the methods that all waiters are in where its address is not; null for none. */
function typeOf({ struct, waiters }: WaitedFor): string | null {
  return struct?.type ?? typeOfAll(waiters.places.map(({ place }) => place?.function ?? ''));
}

/** For example `main.(*cart)` of `main.(*cart).add` and `main.(*cart).pay`; null where they have none in common. */
function typeOfAll(names: readonly string[]): string | null {
  const types = new Set(names.map((name) => RECEIVER_TYPE.exec(name)?.[0] ?? null));
  return types.size === 1 ? [...types][0]! : null;
}

/** Not only created in one of them. */
function isInFiles({ calls }: Block, files: ReadonlySet<string>): boolean {
  return calls.some((call) => isCallIn(call, files));
}

function isCallIn({ function: name, file }: Call, files: ReadonlySet<string>): boolean {
  return files.has(file) && !name.startsWith('created by ');
}

/** Waits for connections or signals for as long as the program runs, writes the dump, or is the runtime's own. */
function isServing({ calls }: Block): boolean {
  if (calls.every(({ function: name }) => OF_RUNTIME.test(name))) return true;
  return calls.some(({ function: name }) =>
    /\.(?:Accept(?:TCP|Unix)?|ListenAndServe(?:TLS)?|signal_recv|writeGoroutineStacks)$/.test(name),
  );
}

/** A waiter that is in a method of the struct below the call that locks it again. */
export function relockers(lock: WaitedFor, texts: readonly DumpText[]): Candidate[] {
  const { struct, address, waiters } = lock;
  return waiters.longestOnes.flatMap(({ part, start }) => {
    const block = blockOf(texts[part]!, start);
    if (block === null) return [];
    const frame =
      outerOnce(block) ?? (struct === null ? null : outerMethod(block, struct, address));
    return frame === null
      ? []
      : [{ ...partyOf(block), frame, score: SCORES.RELOCK, entry: null, block }];
  });
}

/** What calls a sync.Once whose function asks for that Once again: null for none. */
function outerOnce({ calls }: Block): Frame | null {
  const [inner, outer] = calls.flatMap(({ function: name }, at) => (name === ONCE ? [at] : []));
  const entry = inner === undefined ? undefined : onceCaller(calls, inner);
  const first = outer === undefined ? undefined : onceCaller(calls, outer);
  return entry === undefined || first?.function !== entry.function ? null : frameOf(first);
}

function onceCaller(calls: readonly Call[], at: number): Call | undefined {
  return calls.slice(at).find(({ function: name }) => !name.startsWith('sync.'));
}

/** The method of the struct below the one that locks it again; null for none. */
function outerMethod({ calls }: Block, struct: Struct, lockAddress: number | null): Frame | null {
  const own = calls.filter((call) => {
    const receiver = receiverOf(call);
    if (receiver === null || call.function.includes('sync.')) return false;
    return receiver.address === struct.address;
  });
  const outer = own.at(-1);
  if (outer === undefined) return null;
  if (own.length > 1) return frameOf(outer);
  const entry = calls.find(({ function: name }) => METHOD.test(name) && !name.includes('sync.'));
  // Go marks a receiver that it no longer needs, and prints what is left of it, which may be 0.
  const isStale =
    entry !== outer &&
    entry?.args[0]?.isUncertain === true &&
    entry.function !== outer.function &&
    entry.function.startsWith(`${struct.type}.`);
  // What else `outer` was given may be what the lock is of: `transfer(from, to)` locks both.
  const isOfStruct = lockAddress === null || nearest(outer.args, lockAddress) === struct.address;
  return isStale && isOfStruct ? frameOf(outer) : null;
}

export function partyOf({ goroutineId, state, waitMinutes, calls }: Block): Party {
  const call = culpritIn(calls) ?? outsideOfRuntime(calls) ?? calls[0];
  return { goroutineId, state, waitMinutes, frame: call === undefined ? null : frameOf(call) };
}
