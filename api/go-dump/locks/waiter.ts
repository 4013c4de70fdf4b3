/** What a goroutine waits for, where that is a lock of the package sync. */
import type { Block, Call } from './block.ts';

export type LockKind = 'MUTEX' | 'RW_MUTEX' | 'WAIT_GROUP' | 'COND';

export interface Waiter {
  kind: LockKind;
  /** Null where Go does not print it, which is so for some calls that it has inlined. */
  address: number | null;
  /** It waits to read, and writers go before it. */
  isReader: boolean;
  /** It has the lock of the writers, and waits for readers to go. */
  isFirstWriter: boolean;
  /** What called the lock, top first. */
  callers: readonly Call[];
}

const OF_SYNC = /^(?:internal\/)?sync\.|^runtime\./;
const METHOD = /^(?:internal\/)?sync\.\(\*(Mutex|RWMutex|WaitGroup|Cond)\)\.(\w+)$/;
const SEMAPHORE = /^(?:internal\/)?sync\.runtime_(?:Semacquire|notifyListWait)/;
const KINDS: Readonly<Record<string, LockKind>> = {
  Mutex: 'MUTEX',
  RWMutex: 'RW_MUTEX',
  WaitGroup: 'WAIT_GROUP',
  Cond: 'COND',
};
/** How far behind its lock the semaphore lies that a goroutine sleeps on, by who sleeps. */
const SEMAPHORE_OFFSETS = { MUTEX: 4, READER: 12, WRITER: 8, WAIT_GROUP: 8, COND: 16 } as const;

/** Null where it does not wait for a lock. */
export function waiterOf({ calls }: Block): Waiter | null {
  const end = calls.findIndex(({ function: name }) => !OF_SYNC.test(name));
  const ofSync = end < 0 ? calls : calls.slice(0, end);
  const methods = ofSync.flatMap((call) => {
    const match = METHOD.exec(call.function);
    return match === null ? [] : [{ call, type: match[1]!, method: match[2]! }];
  });
  const outermost = methods.at(-1);
  if (outermost === undefined) return null;
  const kind = KINDS[outermost.type]!;
  const isReader = outermost.method === 'RLock';
  const isFirstWriter = kind === 'RW_MUTEX' && !isReader && methods.length === 1;
  const slow = methods.find(({ method }) => method === 'lockSlow');
  const address =
    certain(slow?.call) ??
    methods.map(({ call }) => certain(call)).find((value) => value !== null) ??
    bySemaphore(ofSync, kind, { isReader, isFirstWriter });
  return { kind, address, isReader, isFirstWriter, callers: end < 0 ? [] : calls.slice(end) };
}

function certain(call: Call | undefined): number | null {
  const [receiver] = call?.args ?? [];
  if (receiver === undefined || receiver.isUncertain || receiver.value === 0) return null;
  return receiver.value;
}

/** Of a call that Go has inlined it prints no receiver, but what the goroutine sleeps on. */
function bySemaphore(
  calls: readonly Call[],
  kind: LockKind,
  { isReader, isFirstWriter }: { isReader: boolean; isFirstWriter: boolean },
): number | null {
  const semaphore = certain(calls.find(({ function: name }) => SEMAPHORE.test(name)));
  if (semaphore === null) return null;
  if (kind !== 'RW_MUTEX') return semaphore - SEMAPHORE_OFFSETS[kind];
  if (isReader) return semaphore - SEMAPHORE_OFFSETS.READER;
  return semaphore - (isFirstWriter ? SEMAPHORE_OFFSETS.WRITER : SEMAPHORE_OFFSETS.MUTEX);
}
