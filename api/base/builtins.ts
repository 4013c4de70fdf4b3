/**
 * What the observed thread uses of JavaScript and of `process`, as it was when pprofql was loaded. A
 * program may replace or delete any of it later, as tests do that fake memory figures or chance; time
 * is in `own-time.ts`.
 *
 * `process` is the global and its parts are taken one by one, `util` is asked for: an ES import of
 * `node:process` or `node:util` reads the standard streams, which makes pipes non-blocking.
 */
export const { cpuUsage, getActiveResourcesInfo, memoryUsage } = process;
/** The global may be gone, or be what libraries for browsers put there. */
export const ownProcess: NodeJS.Process = process;
const { apply } = Reflect;
const { listenerCount } = process;
/** Of events of `process`. */
export const processListeners = (event: string): number =>
  apply(listenerCount, ownProcess, [event]);
// Its type has no name that the declarations could use.
export const getBuiltinModule: NodeJS.Process['getBuiltinModule'] = process.getBuiltinModule;
/** A Node that is too old lacks it, and is to get as far as being told so. */
export const { inspect, types } = (getBuiltinModule?.('node:util') ??
  {}) as typeof import('node:util');
/** Undefined where Node lacks it. */
export const { measureMemory } = (getBuiltinModule?.('node:vm') ?? {}) as Partial<
  typeof import('node:vm')
>;
export const {
  add: atomicAdd,
  compareExchange: atomicCompareExchange,
  load: atomicLoad,
  notify: atomicNotify,
  store: atomicStore,
  wait: atomicWait,
} = Atomics;

export const OwnSharedArrayBuffer = SharedArrayBuffer;
/** Libraries that pretend to be a browser put their own in its place. */
export const OwnUrl = URL;
export const OwnWeakRef = WeakRef;
export const OwnWeakSet = WeakSet;
export const clone = structuredClone;
/** Behind what the program has put there before, and before any timer. */
export const atEndOfTurn = queueMicrotask;
