/**
 * Every pending promise of a worker thread, and who waits on each: by an enumeration of its heap, and then as
 * `probe/tasks/waits/await-lines.ts` does, in one function that leaves nothing behind. It needs the loop to turn.
 */
import { DiagnosticsError } from '../../base/errors.ts';
import type { InspectedThread } from '../../link/threads.ts';
import { EMPTY_STACK, type StackStore } from '../../probe/tasks/stack-store.ts';
import type { PendingPromise } from '../../probe/tasks/waits/exact-tasks.ts';
import { callOn, hold } from './evaluate.ts';

/** Of an async function: a program may have put another in the place of `Promise`. */
const PROTOTYPE = 'Object.getPrototypeOf((async () => {})())';
/** Asked one by one who waits, at once and with the stack made text there and then. */
const MOST_PROMISES = 20_000;
const ENUMERATED_WITHIN_MS = 30_000;
const TOLD_WITHIN_MS = 10_000;
const ASYNC = 'async ';

interface Told {
  pending: number;
  /** One line a frame, and how many promises have it. */
  stacks: [string, number][];
}

/** Called on an array of promises. A batch at a time, between which the loop turns. */
const WHO_WAITS = `async function (most) {
  const { inspect } = process.getBuiltinModule('node:util');
  const { setImmediate } = process.getBuiltinModule('node:timers');
  const { then } = Object.getPrototypeOf((async () => {})());
  const { apply, defineProperty } = Reflect;
  const pending = this.filter((promise) => {
    try {
      return inspect(promise, { depth: 0, customInspect: false, maxArrayLength: 0, maxStringLength: 0 }).includes('<pending>');
    } catch {
      return false;
    }
  });
  const counts = new Map();
  if (pending.length > most) return JSON.stringify({ pending: pending.length, stacks: [] });
  const nothing = () => {};
  let pointedAt = null;
  const give = function (executor) {
    executor(nothing, nothing);
    return pointedAt;
  };
  const constructor = { value: { [Symbol.species]: give } };
  function take() {
    const { prepareStackTrace, stackTraceLimit } = Error;
    let lines = [];
    try {
      Error.stackTraceLimit = 64;
      Error.prepareStackTrace = (_error, sites) => sites.map(String);
      const holder = {};
      Error.captureStackTrace(holder, take);
      if (Array.isArray(holder.stack)) lines = holder.stack;
    } catch {
    } finally {
      try {
        if (prepareStackTrace === undefined) delete Error.prepareStackTrace;
        else Error.prepareStackTrace = prepareStackTrace;
        Error.stackTraceLimit = stackTraceLimit;
      } catch {}
    }
    const text = lines.filter((line) => line.startsWith('async ')).join('\\n');
    counts.set(text, (counts.get(text) ?? 0) + 1);
    return { then: nothing };
  }
  const settled = (async () => {})();
  for (let at = 0; at < pending.length; at += 100) {
    for (const promise of pending.slice(at, at + 100)) {
      const derived = apply(then, settled, [take]);
      defineProperty(derived, 'constructor', constructor);
      pointedAt = promise;
      apply(then, derived, []);
      pointedAt = null;
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
  return JSON.stringify({ pending: pending.length, stacks: [...counts] });
}`;

/**
 * @throws DiagnosticsError `LIMIT_EXCEEDED` where there are too many, `PROCESS_NOT_RESPONDING` where the loop does not turn,
 * and as `evaluate`
 */
export async function readPromises(
  thread: InspectedThread,
  stacks: StackStore,
): Promise<PendingPromise[]> {
  const prototypeObjectId = await hold(thread, PROTOTYPE);
  const { objects } = (await thread.ask(
    'Runtime.queryObjects',
    { prototypeObjectId },
    ENUMERATED_WITHIN_MS,
  )) as { objects: { objectId: string } };
  try {
    const asked = { awaitPromise: true, deadlineMs: TOLD_WITHIN_MS };
    const told = await callOn<Told>(thread, objects.objectId, WHO_WAITS, MOST_PROMISES, asked);
    if (told.pending > MOST_PROMISES) throw tooMany(told.pending);
    return told.stacks.flatMap(([text, count]) => promisesOf(text, count, stacks)).map(withId);
  } finally {
    for (const objectId of [objects.objectId, prototypeObjectId]) {
      thread.ask('Runtime.releaseObject', { objectId }).catch(() => {});
    }
  }
}

/** None of them was seen as it was made. */
function promisesOf(
  text: string,
  count: number,
  stacks: StackStore,
): Omit<PendingPromise, 'asyncId'>[] {
  const lines = text.split('\n').filter((line) => line.startsWith(ASYNC));
  const waits = stacks.formatAwaits({ stack: lines });
  return Array.from({ length: count }, () => ({
    type: 'PROMISE',
    parentId: 0,
    createdAtMs: null,
    weight: 1,
    request: null,
    span: null,
    stack: EMPTY_STACK,
    isRefed: null,
    waits,
    isRecorded: false,
  }));
}

const withId = (promise: Omit<PendingPromise, 'asyncId'>, at: number): PendingPromise => ({
  ...promise,
  asyncId: at + 1,
});

const tooMany = (count: number) =>
  new DiagnosticsError(
    'LIMIT_EXCEEDED',
    `${count} promises are pending, more than the ${MOST_PROMISES} that are read of a worker thread; read its tasks without exact`,
  );
