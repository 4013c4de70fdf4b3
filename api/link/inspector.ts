/**
 * The way to the main thread that works while its loop is stuck in JavaScript: the inspector
 * interrupts whatever runs, in about a millisecond, and evaluates a call on the `InspectorTarget`
 * there. A thread inside native code answers when it is back in JavaScript, however late.
 */
import type { Session } from 'node:inspector';
import { DiagnosticsError } from '../errors.ts';
import { revive } from './failure.ts';
import {
  type CallAnswer,
  CONNECTIONS,
  type Glimpse,
  type ImmediateMethod,
  IS_EXITING,
  type TargetAddress,
} from './inspector-target.ts';
import { stoppedError } from './stopped.ts';

/** A thread that runs JavaScript answers in a few milliseconds, also on a busy machine. */
export const ANSWER_DEADLINE_MS = 300;

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

/** A connection to the thread. Left open, Node would wait for it at exit, and say so. */
interface Conversation {
  session: Session;
  /** Evaluates a call on the target. */
  ask(call: string): Promise<string>;
  /** Ends the connection. Idempotent; what was asked rejects. */
  end(): void;
}

/** To be called in a worker; nothing is connected before something is asked. */
export function inspectMainThread({ key, exitGuard }: TargetAddress): MainThreadInspector {
  const guard = new Int32Array(exitGuard);
  const target = `globalThis[Symbol.for(${JSON.stringify(key)})]`;
  const open = new Set<Conversation>();
  let isClosed = false;

  function converse(): Conversation {
    if (isClosed) throw stoppedError();
    // Counted before the look at the other flag, as the thread does it the other way round: one of both sees the other.
    Atomics.add(guard, CONNECTIONS, 1);
    const hangUp = () => Atomics.sub(guard, CONNECTIONS, 1);
    try {
      if (Atomics.load(guard, IS_EXITING) === 1) throw stoppedError();
      const session = connect();
      const conversation: Conversation = {
        session,
        ask: (call) => evaluate(session, `${target}.${call}`),
        end() {
          if (!open.delete(conversation)) return;
          session.disconnect();
          hangUp();
        },
      };
      open.add(conversation);
      return conversation;
    } catch (error) {
      hangUp();
      throw error;
    }
  }

  return {
    async look() {
      const conversation = converse();
      try {
        const glimpse = JSON.parse(await conversation.ask('look()')) as Glimpse;
        if (!glimpse.mayHaveDebugger) return { ...glimpse, isPausedByDebugger: false };
        return { ...glimpse, isPausedByDebugger: await isPaused(conversation.session) };
      } finally {
        conversation.end();
      }
    },
    async call(method, argument, deadlineMs = ANSWER_DEADLINE_MS) {
      const conversation = converse();
      const deadline = setTimeout(conversation.end, deadlineMs);
      try {
        const call = `call(${JSON.stringify(method)}, ${JSON.stringify(argument)})`;
        const answer = JSON.parse(await conversation.ask(call)) as CallAnswer;
        if ('failure' in answer) throw revive(answer.failure);
        return answer.value;
      } catch (cause) {
        if (cause instanceof DiagnosticsError) throw cause;
        throw new DiagnosticsError('PROCESS_NOT_RESPONDING', 'the observed thread is blocked', {
          cause,
        });
      } finally {
        clearTimeout(deadline);
        conversation.end();
      }
    },
    close() {
      isClosed = true;
      for (const conversation of open) conversation.end();
    },
  };
}

function connect(): Session {
  try {
    // Absent from some builds of Node.
    const session = new (process.getBuiltinModule('node:inspector').Session)();
    session.connectToMainThread();
    return session;
  } catch (cause) {
    throw new DiagnosticsError('UNAVAILABLE', 'the inspector cannot be used in this process', {
      cause,
    });
  }
}

interface EvaluateAnswer {
  result: { value?: unknown };
  exceptionDetails?: { text: string };
}

function evaluate(session: Session, expression: string): Promise<string> {
  return new Promise((resolve, reject) => {
    session.post(
      'Runtime.evaluate',
      { expression, returnByValue: true, silent: true, disableBreaks: true },
      (error, answer) => {
        const { result, exceptionDetails } = (answer ?? {}) as Partial<EvaluateAnswer>;
        if (error !== null) reject(error);
        else if (typeof result?.value === 'string') resolve(result.value);
        else reject(new Error(exceptionDetails?.text ?? 'the target gave no answer'));
      },
    );
  });
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
