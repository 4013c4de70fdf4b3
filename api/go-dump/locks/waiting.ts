/** Who waits for which lock, read from the text of a dump. */
import { lockedIn } from '../culprit.ts';
import type { DumpText } from '../text/dump-text.ts';
import { type Block, blockAt, type Call, nextHeader } from './block.ts';
import { type Waiter, waiterOf } from './waiter.ts';
import { Waiters } from './waiters.ts';

/** A struct, by the receiver of its methods. */
export interface Struct {
  address: number;
  /** For example `main.(*Store)`. */
  type: string;
}

export interface WaitedFor {
  kind: Waiter['kind'];
  /** Null where Go prints it for none of them; then they are told apart by `struct`, or by where they wait. */
  address: number | null;
  waiters: Waiters;
  /** That the lock lies in; null where no method of one is seen to lock it. */
  struct: Struct | null;
}

const LOCK_STATE = /^(?:semacquire|sync\.)/;
/** The frames of sync and the few of the program that call it. */
const TOP_BYTES = 3 * 1024;
/** A lock is one of the fields of a struct of this size at most. */
export const LARGEST_STRUCT_BYTES = 4_096;
const CALLERS_OF_INTEREST = 4;
/** More are not told apart at a time. */
const MOST_LOCKS = 4_000;
const MAIN = 'main.main';
const ERRGROUP_WAIT = 'golang.org/x/sync/errgroup.(*Group).Wait';
const METHOD = /^(.+\.\(\*[^)]+\))\.[^.]+/;

/** Whether any goroutine waits for a lock, told by its state. */
export function isLockState(state: string): boolean {
  return LOCK_STATE.test(state);
}

/** By address and kind of lock. */
export function waitedFor(texts: readonly DumpText[]): WaitedFor[] {
  const locks = new Map<string, WaitedFor>();
  for (const [part, text] of texts.entries()) {
    for (const { bytes, start: before } of text.pieces()) {
      for (let at = nextHeader(bytes, 0); at >= 0; at = nextHeader(bytes, at + 1)) {
        if (!startsWithLockState(bytes, at)) continue;
        const block = blockAt(bytes, at, TOP_BYTES);
        if (block !== null) addWaiter(locks, block, { part, start: before + at });
      }
    }
  }
  return merged([...locks.values()]);
}

/** Goroutines of whom only the struct is known wait for the lock of it that others wait for. */
function merged(locks: readonly WaitedFor[]): WaitedFor[] {
  const known = locks.filter(({ address }) => address !== null);
  const rest = locks.filter((lock) => {
    if (lock.address !== null || lock.struct === null) return lock.address === null;
    const same = known.filter((other) => isOfStruct(other, lock));
    if (same.length !== 1) return true;
    same[0]!.waiters.addAll(lock.waiters);
    return false;
  });
  return [...known, ...rest];
}

function isOfStruct(known: WaitedFor, lock: WaitedFor): boolean {
  return (
    known.kind === lock.kind &&
    known.struct?.address === lock.struct?.address &&
    known.struct?.type === lock.struct?.type &&
    known.waiters.first.part === lock.waiters.first.part
  );
}

/** Looks at two letters of the state: `semacquire` and `sync.…`, and no other state, begin so. */
function startsWithLockState(text: Buffer, start: number): boolean {
  const bracket = text.indexOf('[', start);
  const [first, second] = [text[bracket + 1], text[bracket + 2]];
  return first === 0x73 && (second === 0x79 || (second === 0x65 && text[bracket + 3] === 0x6d));
}

function addWaiter(
  locks: Map<string, WaitedFor>,
  block: Block,
  where: { part: number; start: number },
): void {
  if (!isLockState(block.state)) return;
  const waiter = waiterOf(block);
  if (waiter === null) return;
  const { kind, address, isReader, isFirstWriter, callers } = waiter;
  const place = lockedIn(callers) ?? callers[0] ?? null;
  const struct = structOf(address, callers);
  // The lock of a lock: writers of an RWMutex queue at the Mutex that it begins with.
  const group = kind === 'MUTEX' || kind === 'RW_MUTEX' ? 'LOCK' : kind;
  const unknown = struct === null ? `${place?.file}:${place?.line}` : `in ${struct.address}`;
  const key = `${where.part} ${address === null ? `${kind} ${unknown}` : `${group} ${address}`}`;
  let lock = locks.get(key);
  if (lock === undefined) {
    lock = { kind, address, waiters: new Waiters(), struct: null };
    if (locks.size === MOST_LOCKS) letGo(locks);
    locks.set(key, lock);
  }
  if (kind === 'RW_MUTEX') lock.kind = kind;
  lock.struct ??= struct;
  const { goroutineId, state, waitMinutes } = block;
  lock.waiters.add({
    goroutineId,
    state,
    waitMinutes,
    isReader,
    isFirstWriter,
    isInErrgroup: callers[0]?.function === ERRGROUP_WAIT,
    isInMain: callers.at(-1)?.function === MAIN,
    place,
    ...where,
  });
}

/** Half of them, for whom nobody has waited long. */
function letGo(locks: Map<string, WaitedFor>): void {
  const sorted = [...locks].sort(([, a], [, b]) => byUrgency(a, b));
  for (const [key] of sorted.slice(MOST_LOCKS / 2)) locks.delete(key);
}

/** The longest wait first, then those that most wait for. */
export function byUrgency({ waiters: a }: WaitedFor, { waiters: b }: WaitedFor): number {
  return b.longestWaitMinutes - a.longestWaitMinutes || b.count - a.count;
}

/** The nearest one whose method calls the lock, and whose fields the lock may be among. */
function structOf(address: number | null, callers: readonly Call[]): Struct | null {
  for (const call of callers.slice(0, CALLERS_OF_INTEREST)) {
    const found = receiverOf(call);
    if (found === null) continue;
    if (address === null) return found;
    const offset = address - found.address;
    if (offset >= 0 && offset < LARGEST_STRUCT_BYTES) return found;
  }
  return null;
}

/** What a method is called on; null for a function. */
export function receiverOf({ function: name, args }: Call): Struct | null {
  const type = METHOD.exec(name)?.[1];
  const [receiver] = args;
  if (type === undefined || receiver === undefined || receiver.value === 0) return null;
  return { address: receiver.value, type };
}
