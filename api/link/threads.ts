/**
 * The way to the worker threads of the observed process: the main thread's inspector hands on what is
 * asked of each (`NodeWorker`), workers of workers included. It interrupts a worker that spins, and
 * passes through a main thread that does; no code of pprofql is loaded there, nothing is paused, and
 * no worker is kept alive. The connection is held only while there are workers: Node waits for an
 * open one at exit, so the thread that ends has it closed first (`waitForConnections`).
 */
import type { Session } from 'node:inspector';
import { DiagnosticsError } from '../base/errors.ts';
import { isOwnFile } from '../base/files/own-files.ts';
import { withDeadline } from '../base/waiting/deadline.ts';
import { connect } from './inspector.ts';
import { HELD_CONNECTIONS, IS_EXITING, WORKERS_MADE } from './inspector-target.ts';

/** One worker thread, from its start to its end. */
export interface InspectedThread {
  /** Node's `threadId`: no other thread of the process ever has it. */
  readonly id: number;
  /** Address of its script; null for evaluated code. */
  readonly file: string | null;
  /** The name that its maker gave it; null for none. */
  readonly name: string | null;
  readonly startedAtMs: number;
  /**
   * Calls a method of the inspector's protocol in the thread.
   * @throws DiagnosticsError `PROCESS_NOT_RESPONDING` without an answer by the deadline, `NOT_FOUND` once
   * it has ended, `UNAVAILABLE` where the method refuses
   */
  ask(method: string, params?: object, deadlineMs?: number): Promise<unknown>;
}

export interface ThreadsListener {
  started(thread: InspectedThread): void;
  ended(thread: InspectedThread): void;
}

export interface ThreadsInspector {
  /** Tells of every worker from now on, and of those that are there already. To be called once. */
  follow(listener: ThreadsListener): void;
  /** Settles when it is known which workers there are now. Never rejects. */
  refresh(): Promise<void>;
  /** Lets go of all threads. Idempotent. */
  close(): void;
}

/** A thread that runs JavaScript answers in milliseconds, also on a busy machine. */
const ANSWER_DEADLINE_MS = 1_000;
/** Workers from before the diagnostics began are looked for once, when the start is over. */
const FIRST_LOOK_AFTER_MS = 500;
/** A program that makes one worker after the other is not connected to anew each time. */
const HELD_WITHOUT_WORKERS_MS = 5_000;
const REFRESH_DEADLINE_MS = 300;
/**
 * A connection that is not answered by then is given up, and another one made later: Node has been seen
 * to leave one without an answer after a sidecar had ended in the midst of its own.
 */
const ENABLE_DEADLINE_MS = 10_000;
const ENABLE_AGAIN_AFTER_MS = 5_000;
/** A worker that is in native code for long finds no more than these when it is back. */
const MOST_UNANSWERED = 16;
/** `[worker 3] resize`, by `threadId` and name; these names stand for none. */
const TITLE = /^\[worker (\d+)\] ?(.*)$/s;
const NAMELESS = ['', 'WorkerThread'];

interface Question {
  sessionId: string;
  resolve(value: unknown): void;
  reject(error: Error): void;
}

interface WorkerInfo {
  /** Counted anew in each connection: no `threadId`. */
  workerId: string;
  title: string;
  url: string;
}

/** To be called in the sidecar. @param exitGuard that of `exposeToInspector` */
export function inspectThreads(exitGuard: SharedArrayBuffer): ThreadsInspector {
  const guard = new Int32Array(exitGuard);
  const threads = new Map<string, InspectedThread>();
  const questions = new Map<number, Question>();
  let session: Session | null = null;
  let enabled: Promise<void> = Promise.resolve();
  let listener: ThreadsListener | null = null;
  let lastId = 0;
  let idle: NodeJS.Timeout | undefined;
  let again: NodeJS.Timeout | undefined;
  let isClosed = false;
  /** Later ones are the program's: this is called in a thread that the first of them made. */
  const madeBefore = Atomics.load(guard, WORKERS_MADE);

  function open(): void {
    if (session !== null || isClosed || listener === null) return;
    // Counted before the look at the other flag, as in `inspectMainThread`.
    Atomics.add(guard, HELD_CONNECTIONS, 1);
    try {
      if (Atomics.load(guard, IS_EXITING) === 1) throw new Error('the process ends');
      session = connect();
    } catch {
      Atomics.sub(guard, HELD_CONNECTIONS, 1);
      return;
    }
    listenTo(session);
    void enable(session);
  }

  async function enable(opened: Session): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    opened.post('NodeWorker.enable', { waitForDebuggerOnStart: false }, () => resolve(true));
    const answered = withDeadline(promise, ENABLE_DEADLINE_MS, () => false);
    enabled = answered.then(() => {});
    const isEnabled = await answered;
    // It may have been hung up meanwhile, and another one opened.
    if (session !== opened) return;
    if (isEnabled) hangUpWhenIdle();
    else {
      hangUp();
      again = setTimeout(open, ENABLE_AGAIN_AFTER_MS).unref();
    }
  }

  function hangUp(): void {
    clearTimeout(idle);
    clearTimeout(again);
    if (session === null) return;
    const closing = session;
    session = null;
    for (const sessionId of [...threads.keys()]) forget(sessionId);
    closing.removeAllListeners();
    closing.disconnect();
    Atomics.sub(guard, HELD_CONNECTIONS, 1);
  }

  function hangUpWhenIdle(): void {
    clearTimeout(idle);
    if (threads.size > 0) return;
    const hasWorkers = Atomics.load(guard, WORKERS_MADE) > madeBefore;
    idle = setTimeout(
      () => {
        if (threads.size === 0) hangUp();
      },
      hasWorkers ? HELD_WITHOUT_WORKERS_MS : 0,
    );
    idle.unref();
  }

  function listenTo(to: Session): void {
    to.on('NodeWorker.attachedToWorker', ({ params }) => {
      const { sessionId, workerInfo } = params as { sessionId: string; workerInfo: WorkerInfo };
      // Our own threads are no part of the program.
      if (isOwnFile(workerInfo.url)) to.post('NodeWorker.detach', { sessionId }, () => {});
      else add(sessionId, workerInfo);
    });
    to.on('NodeWorker.detachedFromWorker', ({ params }) => {
      forget(params.sessionId);
      hangUpWhenIdle();
    });
    to.on('NodeWorker.receivedMessageFromWorker', ({ params }) => settle(params.message));
  }

  function add(sessionId: string, { workerId, title, url }: WorkerInfo): void {
    const [, threadId = workerId, name = ''] = TITLE.exec(title) ?? [];
    const thread: InspectedThread = {
      id: Number(threadId),
      file: url === '' ? null : url,
      name: NAMELESS.includes(name) ? null : name,
      startedAtMs: Date.now(),
      ask: (method, params = {}, deadlineMs = ANSWER_DEADLINE_MS) =>
        withDeadline(ask(sessionId, method, params), deadlineMs, () => {
          throw new DiagnosticsError('PROCESS_NOT_RESPONDING', 'the worker gave no answer in time');
        }),
    };
    threads.set(sessionId, thread);
    listener?.started(thread);
  }

  function forget(sessionId: string): void {
    const thread = threads.get(sessionId);
    if (thread === undefined) return;
    threads.delete(sessionId);
    for (const [id, question] of questions) {
      if (question.sessionId !== sessionId) continue;
      questions.delete(id);
      question.reject(endedError());
    }
    listener?.ended(thread);
  }

  function ask(sessionId: string, method: string, params: object): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (session === null || !threads.has(sessionId)) throw endedError();
      if (unansweredBy(sessionId) >= MOST_UNANSWERED) {
        throw new DiagnosticsError('PROCESS_NOT_RESPONDING', 'the worker answers nothing');
      }
      const id = ++lastId;
      questions.set(id, { sessionId, resolve, reject });
      const message = JSON.stringify({ id, method, params });
      session.post('NodeWorker.sendMessageToWorker', { sessionId, message }, (error) => {
        if (error === null || !questions.delete(id)) return;
        reject(endedError());
      });
    });
  }

  function unansweredBy(asked: string): number {
    let count = 0;
    for (const { sessionId } of questions.values()) if (sessionId === asked) count += 1;
    return count;
  }

  function settle(message: string): void {
    const { id, result, error } = JSON.parse(message) as {
      id?: number;
      result?: unknown;
      error?: { message: string };
    };
    const question = id === undefined ? undefined : questions.get(id);
    if (id === undefined || question === undefined) return;
    questions.delete(id);
    if (error === undefined) question.resolve(result);
    else question.reject(new DiagnosticsError('UNAVAILABLE', error.message));
  }

  /** Resolves when the slot is no longer what it was. */
  async function changeOf(slot: number, from: number): Promise<void> {
    await Atomics.waitAsync(guard, slot, from).value;
  }

  async function followWorkers(): Promise<void> {
    for (let made = madeBefore; !isClosed; ) {
      await changeOf(WORKERS_MADE, made);
      made = Atomics.load(guard, WORKERS_MADE);
      open();
    }
  }

  return {
    follow(given) {
      listener = given;
      setTimeout(open, FIRST_LOOK_AFTER_MS).unref();
      void changeOf(IS_EXITING, 0).then(() => {
        isClosed = true;
        hangUp();
      });
      void followWorkers();
    },
    async refresh() {
      if (Atomics.load(guard, WORKERS_MADE) > madeBefore) open();
      await withDeadline(enabled, REFRESH_DEADLINE_MS, () => {});
    },
    close() {
      isClosed = true;
      hangUp();
      Atomics.notify(guard, WORKERS_MADE);
    },
  };
}

function endedError(): DiagnosticsError {
  return new DiagnosticsError('NOT_FOUND', 'the worker has ended');
}
