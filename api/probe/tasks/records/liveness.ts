/** Whether a task is still under way, decided from its own state and only when somebody asks. */
import { inspect } from '../../../base/builtins.ts';
import { ownerOf } from './owner.ts';

export interface Liveness {
  isAlive: boolean;
  /** Whether it keeps the process alive; null where that has no meaning. */
  isRefed: boolean | null;
}

interface Timer {
  _destroyed?: boolean;
  hasRef?: () => boolean;
}

interface NativeResource {
  getAsyncId?: () => number;
  hasRef?: () => boolean;
}

const ENDED: Liveness = { isAlive: false, isRefed: null };
const PENDING: Liveness = { isAlive: true, isRefed: null };

const INSPECT_OPTIONS = {
  depth: 0,
  customInspect: false,
  showProxy: false,
  maxArrayLength: 0,
  maxStringLength: 0,
  breakLength: Infinity,
  compact: true,
} as const;

const CRYPTO_TYPE =
  /^(?:PBKDF2|SCRYPT|HASH|SIGN|CIPHER|DERIVEBITS|KEYGEN|KEYPAIRGEN|RANDOMBYTES|RANDOMPRIME)REQUEST$/;

/** Where Node keeps the async id of a timer. */
const TIMER_ASYNC_ID = 'asyncId';

/**
 * Node reuses resources: a connection's idle timer is a new task with each request. So a task is
 * over when its resource is, and when its resource has become another task.
 *
 * @param asyncId The id the resource had when it became this task.
 * @param type The async_hooks type of the resource.
 */
export function livenessOf(asyncId: number, type: string, resource: object): Liveness {
  try {
    if (type === 'PROMISE') return isPending(resource) ? PENDING : ENDED;
    if (type === 'Timeout') return timerLiveness(asyncId, resource);
    if (type === 'HTTPCLIENTREQUEST') return clientRequestLiveness(resource);
    if (type === 'MESSAGEPORT') return portLiveness(resource);
    if (type === 'ZLIB' && !isAtWork(resource)) return ENDED;
    if (CRYPTO_TYPE.test(type) && !isCalledBack(resource)) return ENDED;
    return nativeLiveness(asyncId, resource);
  } catch {
    // An exotic subclass may throw: what cannot be read is not claimed to be alive.
    return ENDED;
  }
}

/**
 * Inspecting is the only public way to a promise's state. It may run code of the host: getters of a
 * subclass, the `Symbol.toStringTag` of what the promise was fulfilled with, the `stack` of its error.
 * What they throw is caught above; a sweep that saw a promise settled drops its record, so that its
 * outcome is looked at once at most.
 */
function isPending(promise: object): boolean {
  return inspect(promise, INSPECT_OPTIONS).includes('<pending>');
}

function timerLiveness(asyncId: number, timer: Timer): Liveness {
  if (timer._destroyed !== false || timerAsyncId(timer) !== asyncId) return ENDED;
  return { isAlive: true, isRefed: timer.hasRef?.() ?? null };
}

function timerAsyncId(timer: object): unknown {
  const key = Object.getOwnPropertySymbols(timer).find(
    ({ description }) => description === TIMER_ASYNC_ID,
  );
  return key === undefined ? undefined : (timer as Record<symbol, unknown>)[key];
}

/** A job that runs at once, as that of `pbkdf2Sync`, is over before anybody can look. */
function isCalledBack(job: { ondone?: unknown }): boolean {
  return typeof job.ondone === 'function';
}

interface ZlibStream {
  readableLength?: number;
  readableHighWaterMark?: number;
}

/** Node keeps on it what is to be packed until that is done, which it is not either while nobody reads what comes out. */
function isAtWork(handle: { buffer?: unknown }): boolean {
  if (handle.buffer == null) return false;
  const { readableLength = 0, readableHighWaterMark = Infinity }: ZlibStream =
    ownerOf(handle) ?? {};
  return readableLength < readableHighWaterMark;
}

function clientRequestLiveness(resource: { req?: { destroyed?: boolean } }): Liveness {
  return resource.req?.destroyed === false ? PENDING : ENDED;
}

/** One that is closed, or that nobody listens to, keeps nothing alive, and nobody waits for it. */
function portLiveness(port: { hasRef?: () => boolean }): Liveness {
  return port.hasRef?.() === true ? { isAlive: true, isRefed: true } : ENDED;
}

/** The native half of a resource that is finished or closed answers -1. */
export function nativeLiveness(asyncId: number, resource: NativeResource): Liveness {
  if (resource.getAsyncId?.() !== asyncId) return ENDED;
  return { isAlive: true, isRefed: resource.hasRef?.() ?? null };
}
