/**
 * The link between two threads: requests and answers over a MessagePort. The observed side answers
 * without creating a promise for what it can answer at once, so that it does not observe itself.
 */

import type { MessagePort } from 'node:worker_threads';
import { types } from '../base/builtins.ts';
import { harmless } from '../base/harmless.ts';
import { whenSettled } from '../base/waiting/settled.ts';
import { stoppedError } from '../base/waiting/stopped.ts';
import type { Probe } from '../probe/probe.ts';
import { describeFailure, type Failure, revive } from './failure.ts';
import { postTo } from './port.ts';
import type { ProbeLink, RemoteProbe } from './probe-link.ts';

interface Request {
  id: number;
  method: keyof Probe;
  args: unknown[];
}

type Answer = { id: number; value: unknown } | { id: number; failure: Failure };

type AnyMethod = (...args: unknown[]) => unknown;

/**
 * Answers requests on `port` from `probe` until the returned function is called. Never throws into
 * the observed thread, and does not keep it alive.
 * @param onRequested told of each before it is answered: it may hold the thread for seconds
 */
export function serveProbe(
  probe: Probe,
  port: MessagePort,
  onRequested: () => void = () => {},
): () => void {
  const send = harmless((answer: Answer) => {
    try {
      postTo(port, answer);
    } catch (error) {
      // An answer that cannot be cloned, or a port that is closing: a failure is always clonable.
      postTo(port, { id: answer.id, failure: describeFailure(error) } satisfies Answer);
    }
  });
  const onRequest = harmless(({ id, method, args }: Request) => {
    onRequested();
    try {
      const value = (probe[method] as AnyMethod)(...args);
      if (types.isPromise(value)) {
        whenSettled(
          value,
          (settled) => send({ id, value: settled }),
          (error) => send({ id, failure: describeFailure(error) }),
        );
      } else send({ id, value });
    } catch (error) {
      send({ id, failure: describeFailure(error) });
    }
  });
  port.on('message', onRequest);
  port.unref();
  return () => {
    port.off('message', onRequest);
    port.close();
  };
}

/**
 * Whether the other thread has ended, which the loop would tell only at its next turn: Node says of each message
 * whether somebody may still get it. False where it does not say. The message is an answer that nobody waits for.
 */
export function hasLostPeer(port: MessagePort): boolean {
  return !postTo(port, { id: 0, value: null } satisfies Answer);
}

/** The other side of `serveProbe`. */
export function linkThread(port: MessagePort): ProbeLink {
  const pending = new Map<
    number,
    { resolve: (value: never) => void; reject: (error: Error) => void }
  >();
  let lastId = 0;
  let isClosed = false;

  const call = (method: keyof Probe, args: unknown[]): Promise<never> => {
    if (isClosed) return Promise.reject(stoppedError());
    const id = ++lastId;
    return new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject });
      port.postMessage({ id, method, args } satisfies Request);
    });
  };
  const close = () => {
    isClosed = true;
    for (const { reject } of pending.values()) reject(stoppedError());
    pending.clear();
    port.close();
  };

  port.on('message', (answer: Answer) => {
    const caller = pending.get(answer.id);
    pending.delete(answer.id);
    if (caller === undefined) return;
    if ('failure' in answer) caller.reject(revive(answer.failure));
    else caller.resolve(answer.value as never);
  });
  port.on('close', close);

  const probe: RemoteProbe = {
    describe: () => call('describe', []),
    readFigures: (options) => call('readFigures', [options]),
    heapAvailability: () => call('heapAvailability', []),
    readHeap: () => call('readHeap', []),
    readTasksExactly: () => call('readTasksExactly', []),
    readTasks: () => call('readTasks', []),
    readRequests: (question) => call('readRequests', [question]),
    readRoutes: () => call('readRoutes', []),
    readHeldCallbacks: () => call('readHeldCallbacks', []),
    readWorkers: () => call('readWorkers', []),
    startCpuProfile: (request) => call('startCpuProfile', [request]),
    stopCpuProfile: (id) => call('stopCpuProfile', [id]),
    cancelCpuProfile: (id) => call('cancelCpuProfile', [id]),
    startAllocationProfile: (request) => call('startAllocationProfile', [request]),
    stopAllocationProfile: (id) => call('stopAllocationProfile', [id]),
    cancelAllocationProfile: (id) => call('cancelAllocationProfile', [id]),
    watchOutside: (request) => call('watchOutside', [request]),
    readOutside: (question) => call('readOutside', [question]),
    readExternal: (question) => call('readExternal', [question]),
    collectGarbage: (request) => call('collectGarbage', [request]),
    readKept: (question) => call('readKept', [question]),
    readLoadedMap: (request) => call('readLoadedMap', [request]),
    writeHeapSnapshot: (request) => call('writeHeapSnapshot', [request]),
  };
  return { via: 'PORT', probe, close };
}
