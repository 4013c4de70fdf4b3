/**
 * The way to the main thread that works while its loop is stuck in JavaScript: the inspector
 * interrupts whatever runs, in about a millisecond, and evaluates a call on the `InspectorTarget`
 * there. A thread inside native code answers when it is back in JavaScript, however late.
 */

import type { Session } from 'node:inspector';
import { setTimeout as sleep } from 'node:timers/promises';
import { getBuiltinModule } from '../base/builtins.ts';
import { DiagnosticsError } from '../base/errors.ts';
import { math } from '../base/numbers/math.ts';
import { withDeadline } from '../base/waiting/deadline.ts';
import { stoppedError } from '../base/waiting/stopped.ts';
import { revive } from './failure.ts';
import { monotonicMs } from './heartbeat.ts';
import {
  CONNECTIONS,
  type Glimpse,
  type ImmediateMethod,
  INSIDE_PPROFQL,
  type InspectorAnswer,
  IS_EXITING,
  type TargetAddress,
} from './inspector-target.ts';

/** A thread that runs JavaScript answers in a few milliseconds, also on a busy machine. */
export const ANSWER_DEADLINE_MS = 300;
/** Where it was in the middle of work of pprofql. */
const ASK_AGAIN_MS = 20;

/** What a look at the thread found. */
export interface Sight extends Glimpse {
  /** Another debugger holds the thread at a breakpoint. */
  isPausedByDebugger: boolean;
}

export interface MainThreadInspector {
  /**
   * What the thread is doing. Settles when the thread is next in JavaScript, without a deadline:
   * the late answer of a native call says where that call was made.
   * @throws DiagnosticsError `UNAVAILABLE` where this process cannot be inspected, `STOPPED` once closed
   */
  look(): Promise<Sight>;
  /**
   * Calls a method of the probe.
   * @param deadlineMs how long to wait for native code to return @default ANSWER_DEADLINE_MS
   * @throws DiagnosticsError `PROCESS_NOT_RESPONDING` when no answer came until then, and what the
   * method throws
   */
  call(method: ImmediateMethod, argument: unknown, deadlineMs?: number): Promise<unknown>;
  /** Lets go of the thread. Idempotent. */
  close(): void;
}

interface Question {
  resolve(value: unknown): void;
  reject(error: Error): void;
}

/** To be called in a worker; nothing is connected before something is asked. */
export function inspectMainThread({ key, exitGuard, answers }: TargetAddress): MainThreadInspector {
  const guard = new Int32Array(exitGuard);
  const target = `globalThis[Symbol.for(${JSON.stringify(key)})]`;
  const questions = new Map<number, Question>();
  const connections = new Set<Session>();
  let lastId = 0;
  let isClosed = false;

  answers.on('message', (answer: InspectorAnswer) => {
    const question = questions.get(answer.id);
    questions.delete(answer.id);
    if ('failure' in answer) question?.reject(revive(answer.failure));
    else question?.resolve(answer.value);
  });
  answers.unref();

  /** Left open at exit, Node would wait for a connection, and say so. */
  function open(): Session {
    if (isClosed) throw stoppedError();
    // Counted before the look at the other flag, as the thread does it the other way round: one of both sees the other.
    Atomics.add(guard, CONNECTIONS, 1);
    try {
      if (Atomics.load(guard, IS_EXITING) === 1) throw stoppedError();
      const session = connect();
      connections.add(session);
      return session;
    } catch (error) {
      Atomics.sub(guard, CONNECTIONS, 1);
      throw error;
    }
  }

  /** Idempotent. */
  function hangUp(session: Session): void {
    if (!connections.delete(session)) return;
    session.disconnect();
    Atomics.sub(guard, CONNECTIONS, 1);
  }

  /**
   * Connects, asks and hangs up in one go, so that the thread does all three in one go too: a program
   * that ends itself finds no connection for which Node would wait, and say so on stderr. The answer
   * comes by the port.
   */
  function ask(method: string, ...args: unknown[]): Promise<unknown> {
    const id = ++lastId;
    const list = [id, ...args].map((argument) => JSON.stringify(argument)).join(', ');
    const expression = `${target}.${method}(${list})`;
    return new Promise((resolve, reject) => {
      const session = open();
      questions.set(id, { resolve, reject });
      session.post('Runtime.evaluate', { expression, silent: true, disableBreaks: true });
      hangUp(session);
      answers.postMessage(id);
    });
  }

  async function isPausedByDebugger(): Promise<boolean> {
    const session = open();
    try {
      return await isPaused(session);
    } finally {
      hangUp(session);
    }
  }

  return {
    async look() {
      const glimpse = (await ask('look')) as Glimpse;
      const mayBePaused = glimpse.mayHaveDebugger;
      return { ...glimpse, isPausedByDebugger: mayBePaused && (await isPausedByDebugger()) };
    },
    async call(method, argument, deadlineMs = ANSWER_DEADLINE_MS) {
      const untilMs = monotonicMs() + deadlineMs;
      for (;;) {
        try {
          const leftMs = math.max(untilMs - monotonicMs(), 0);
          return await withDeadline(ask('call', method, argument), leftMs, () => {
            throw new Error('no answer in time');
          });
        } catch (cause) {
          if (cause instanceof DiagnosticsError) throw cause;
          const isPassing = (cause as Error).message === INSIDE_PPROFQL;
          if (!isPassing || monotonicMs() + ASK_AGAIN_MS >= untilMs) throw blockedError(cause);
        }
        await sleep(ASK_AGAIN_MS, undefined, { ref: false });
      }
    },
    close() {
      isClosed = true;
      for (const session of connections) hangUp(session);
      for (const { reject } of questions.values()) reject(stoppedError());
      questions.clear();
      answers.close();
    },
  };
}

function blockedError(cause: unknown): DiagnosticsError {
  return new DiagnosticsError('PROCESS_NOT_RESPONDING', 'the observed thread is blocked', {
    cause,
  });
}

/** @throws DiagnosticsError `UNAVAILABLE` where this process cannot be inspected */
export function connect(): Session {
  try {
    // Absent from some builds of Node.
    const session = new (getBuiltinModule('node:inspector').Session)();
    session.connectToMainThread();
    return session;
  } catch (cause) {
    throw new DiagnosticsError('UNAVAILABLE', 'the inspector cannot be used in this process', {
      cause,
    });
  }
}

/**
 * A thread that is already paused tells every debugger so as it is enabled. Disabling ours again
 * does not resume it: the pause belongs to whoever made it.
 */
function isPaused(session: Session): Promise<boolean> {
  return new Promise((resolve) => {
    let hasPaused = false;
    session.once('Debugger.paused', () => {
      hasPaused = true;
    });
    session.post('Debugger.enable', () => resolve(hasPaused));
  });
}
