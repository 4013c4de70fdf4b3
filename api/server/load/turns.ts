/**
 * Whose turn it is. Operations of all transports wait in one place and begin one after the other, one
 * a turn of the event loop, the callers taking turns: who asks for much waits for itself.
 */
import { clearTimeout, setImmediate, setTimeout } from 'node:timers';
import { DiagnosticsError } from '../../base/errors.ts';
import type { ServerLimits } from '../gates/limits.ts';
import type { Reader } from './readers.ts';

export interface Turns {
  /**
   * Settles when the operation may begin, which is not before its caller has read most of what it was
   * sent. What it gives must be called when the operation has its result; the signal does so too.
   * @param bytes of the request
   * @throws DiagnosticsError `LIMIT_EXCEEDED` where too many wait, `STOPPED` once the signal fires
   */
  take(caller: Reader, request: { bytes: number; signal: AbortSignal }): Promise<() => void>;
}

export interface TurnsOptions {
  limits: Pick<
    ServerLimits,
    'operationsAtOnce' | 'slowOperations' | 'waitingBytes' | 'unreadBytesPerCaller'
  >;
  /** The thread is the program's own: after each turn, as much time is left to the program. */
  isGuest: boolean;
  /** Called before each turn. */
  beforeTurn: () => void;
}

/** What an operation takes that waits, besides its text. */
const WAITING_OVERHEAD_BYTES = 4_096;
/** An operation that has run for longer waits for something else, and lets others run. */
const SLOW_AFTER_MS = 250;
/** Until callers who did not read are looked at again. */
const LOOK_AGAIN_MS = 20;
const MAX_REST_MS = 100;

interface Waiting {
  bytes: number;
  begin: () => void;
  refuse: (error: DiagnosticsError) => void;
}

interface Queue {
  waiting: Waiting[];
  bytes: number;
}

export function createTurns({ limits, isGuest, beforeTurn }: TurnsOptions): Turns {
  /** By caller; the one whose turn is next comes first. */
  const queues = new Map<Reader, Queue>();
  let waitingBytes = 0;
  let running = 0;
  let slow = 0;
  let isScheduled = false;

  function schedule(): void {
    if (isScheduled || queues.size === 0 || running >= limits.operationsAtOnce) return;
    isScheduled = true;
    setImmediate(turn);
  }

  function scheduleIn(delayMs: number): void {
    isScheduled = true;
    setTimeout(turn, delayMs).unref();
  }

  function turn(): void {
    isScheduled = false;
    beforeTurn();
    if (running >= limits.operationsAtOnce) return;
    const caller = nextCaller();
    if (caller === null) {
      if (queues.size > 0) scheduleIn(LOOK_AGAIN_MS);
      return;
    }
    const startedAt = performance.now();
    shift(caller).begin();
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      if (queues.size === 0 || running >= limits.operationsAtOnce) return;
      const restMs = Math.min(performance.now() - startedAt, MAX_REST_MS);
      if (isGuest) scheduleIn(restMs);
      else schedule();
    });
  }

  function nextCaller(): Reader | null {
    for (const caller of queues.keys()) {
      if (caller.unreadBytes() <= limits.unreadBytesPerCaller) return caller;
    }
    return null;
  }

  /** Its oldest; the caller goes to the end of the line. */
  function shift(caller: Reader): Waiting {
    const queue = queues.get(caller)!;
    const [first] = queue.waiting as [Waiting];
    remove(caller, first);
    if (queues.delete(caller)) queues.set(caller, queue);
    return first;
  }

  function remove(caller: Reader, waiting: Waiting): void {
    const queue = queues.get(caller);
    const at = queue?.waiting.indexOf(waiting) ?? -1;
    if (queue === undefined || at < 0) return;
    queue.waiting.splice(at, 1);
    queue.bytes -= waiting.bytes;
    waitingBytes -= waiting.bytes;
    if (queue.waiting.length === 0) queues.delete(caller);
  }

  /** The newest of whoever has most waiting gives way to who has less; false where that is itself. */
  function makeRoom(caller: Reader, bytes: number): boolean {
    while (waitingBytes + bytes > limits.waitingBytes) {
      if (queues.size === 0) return false;
      const [greediest, queue] = [...queues].reduce((most, each) =>
        each[1].bytes > most[1].bytes ? each : most,
      );
      if (queue.bytes <= (queues.get(caller)?.bytes ?? 0) + bytes) return false;
      const newest = queue.waiting.at(-1)!;
      remove(greediest, newest);
      newest.refuse(tooMany());
    }
    return true;
  }

  /** @returns what ends it */
  function run(): () => void {
    running += 1;
    let state: 'running' | 'slow' | 'done' = 'running';
    const timer = setTimeout(() => {
      if (slow >= limits.slowOperations) return;
      state = 'slow';
      slow += 1;
      running -= 1;
      schedule();
    }, SLOW_AFTER_MS);
    timer.unref();
    return () => {
      clearTimeout(timer);
      if (state === 'running') running -= 1;
      if (state === 'slow') slow -= 1;
      state = 'done';
      schedule();
    };
  }

  return {
    take(caller, { bytes, signal }) {
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      if (signal.aborted) return Promise.reject(left());
      const size = bytes + WAITING_OVERHEAD_BYTES;
      if (!makeRoom(caller, size)) return Promise.reject(tooMany());
      const waiting: Waiting = {
        bytes: size,
        begin() {
          const done = run();
          signal.removeEventListener('abort', leave);
          signal.addEventListener('abort', done, { once: true });
          resolve(() => {
            signal.removeEventListener('abort', done);
            done();
          });
        },
        refuse(error) {
          signal.removeEventListener('abort', leave);
          reject(error);
        },
      };
      const leave = () => {
        remove(caller, waiting);
        reject(left());
      };
      signal.addEventListener('abort', leave, { once: true });
      const queue = queues.get(caller) ?? { waiting: [], bytes: 0 };
      queue.waiting.push(waiting);
      queue.bytes += size;
      waitingBytes += size;
      queues.set(caller, queue);
      schedule();
      return promise;
    },
  };
}

const tooMany = () =>
  new DiagnosticsError('LIMIT_EXCEEDED', 'Too many operations wait already; ask again later.');

const left = () => new DiagnosticsError('STOPPED', 'Nobody waits for the answer any more.');
