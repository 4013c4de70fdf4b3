/** A thing that was made outside the heap, and whether it is still there. */

import { livenessOf, nativeLiveness } from '../tasks/records/liveness.ts';
import { ownerOf } from '../tasks/records/owner.ts';
import type { StackHolder, TakenStack } from '../tasks/stack-store.ts';
import type { Descriptor } from './resources/descriptor.ts';

export const BUFFER = 'BUFFER';
export const WORKER = 'WORKER';
/** A stream that reads or writes a file by its descriptor. */
export const FILE_STREAM = 'FILESTREAM';
/** A file that was opened by number. */
export const DESCRIPTOR = 'DESCRIPTOR';
/** Read; whether it is kept, nobody knows. */
export const BODY = 'BODY';

export interface MadeRecord {
  readonly kind: string;
  readonly asyncId: number;
  /** How many it stands for. */
  weight: number;
  /** Of the one. */
  readonly bytes: number;
  readonly madeAtMs: number;
  readonly ref: WeakRef<object>;
  /** The stack until it is formatted. */
  holder: StackHolder | null;
  stack: TakenStack | null;
  /** Of a stream of a file: what it has opened, which stays open where nobody has the stream any more. */
  descriptor: Descriptor | null;
  /** What had gone through it when that was last looked at, and since when it is the same. */
  used: number;
  unusedSinceMs: number;
}

export type NewRecord = Pick<MadeRecord, 'kind' | 'weight' | 'ref' | 'holder' | 'madeAtMs'> &
  Partial<Pick<MadeRecord, 'asyncId' | 'bytes' | 'stack'>>;

export function recordOf(given: NewRecord): MadeRecord {
  return {
    asyncId: 0,
    bytes: 0,
    stack: null,
    descriptor: null,
    ...given,
    used: -1,
    unusedSinceMs: given.madeAtMs,
  };
}

/** Nothing but a collection of garbage shows that nobody needs them any more. */
const UNTIL_COLLECTED: ReadonlySet<string> = new Set([BUFFER, 'ZLIB']);

export const endsByCollection = ({ kind }: MadeRecord): boolean => UNTIL_COLLECTED.has(kind);

/** Stands for an answer that is gone, which says nothing of its body. */
const NO_LONGER = {};

interface Owner {
  _handle?: unknown;
  destroyed?: boolean;
}

/** The thing while it is neither closed nor collected. */
export function stillThere({ kind, asyncId, ref, descriptor }: MadeRecord): object | null {
  const thing = ref.deref();
  if (kind === BODY) return thing ?? NO_LONGER;
  try {
    if (thing === undefined) return descriptor?.isOpen() ? descriptor : null;
    return isOpen(kind, asyncId, thing) ? thing : null;
  } catch {
    // What cannot be read is not claimed to be there.
    return null;
  }
}

function isOpen(kind: string, asyncId: number, thing: object): boolean {
  if (kind === BUFFER) return true;
  if (kind === WORKER) return (thing as { threadId?: number }).threadId !== -1;
  if (kind === FILE_STREAM) return isOpenStream(thing);
  if (kind === DESCRIPTOR) return (thing as Descriptor).isOpen();
  if (kind === 'FILEHANDLE') return ((thing as { fd?: number }).fd ?? -1) >= 0;
  if (kind === 'ZLIB') return isOpenZlib(asyncId, thing);
  return livenessOf(asyncId, kind, thing).isAlive;
}

/** A stream that is closed has let go of its native half, which still answers until it is collected. */
function isOpenZlib(asyncId: number, handle: object): boolean {
  if (!nativeLiveness(asyncId, handle).isAlive) return false;
  const owner: Owner | null = ownerOf(handle);
  return owner === null || (owner._handle === handle && owner.destroyed !== true);
}

function isOpenStream({ fd, destroyed }: { fd?: unknown; destroyed?: boolean }): boolean {
  return typeof fd === 'number' && destroyed !== true;
}

interface Counted {
  bytesRead?: unknown;
  bytesWritten?: unknown;
  performance?: { eventLoopUtilization?: () => { active: number } };
}

/** Something that grows whenever the thing is used; null where that cannot be told. */
export function amountOfUse(kind: string, thing: object): number | null {
  try {
    const { bytesRead, bytesWritten, performance } = thing as Counted;
    if (kind === FILE_STREAM) return Number(bytesRead ?? bytesWritten ?? 0);
    if (kind === WORKER) return performance?.eventLoopUtilization?.().active ?? null;
    if (typeof bytesRead !== 'number' || typeof bytesWritten !== 'number') return null;
    return bytesRead + bytesWritten;
  } catch {
    return null;
  }
}

export function isRepeatingTimer(thing: object): boolean {
  const { _repeat: period } = thing as { _repeat?: unknown };
  return typeof period === 'number';
}
