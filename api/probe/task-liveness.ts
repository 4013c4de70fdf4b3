/** Whether a task is still under way, decided from its own state and only when somebody asks. */
import { inspect } from 'node:util';

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

/** The native half of a resource that is finished or closed answers this. */
const NO_ASYNC_ID = -1;

const INSPECT_OPTIONS = {
  depth: 0,
  customInspect: false,
  showProxy: false,
  maxArrayLength: 0,
  maxStringLength: 0,
  breakLength: Infinity,
  compact: true,
} as const;

/** @param type The async_hooks type of the resource. */
export function livenessOf(type: string, resource: object): Liveness {
  try {
    if (type === 'PROMISE') return isPending(resource) ? PENDING : ENDED;
    if (type === 'Timeout') return timerLiveness(resource);
    if (type === 'HTTPCLIENTREQUEST') return clientRequestLiveness(resource);
    return nativeLiveness(resource);
  } catch {
    // An exotic subclass may throw: what cannot be read is not claimed to be alive.
    return ENDED;
  }
}

/** Inspecting shows a promise's state without running any code of the host. */
function isPending(promise: object): boolean {
  return inspect(promise, INSPECT_OPTIONS).includes('<pending>');
}

function timerLiveness(timer: Timer): Liveness {
  if (timer._destroyed !== false) return ENDED;
  return { isAlive: true, isRefed: timer.hasRef?.() ?? null };
}

function clientRequestLiveness(resource: { req?: { destroyed?: boolean } }): Liveness {
  return resource.req?.destroyed === false ? PENDING : ENDED;
}

function nativeLiveness(resource: NativeResource): Liveness {
  const asyncId = resource.getAsyncId?.() ?? NO_ASYNC_ID;
  if (asyncId === NO_ASYNC_ID) return ENDED;
  return { isAlive: true, isRefed: resource.hasRef?.() ?? null };
}
