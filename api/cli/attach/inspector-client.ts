/** The inspector of another process: opened by a signal, spoken to, and closed again. */
import { setTimeout as wait } from 'node:timers/promises';
import { DiagnosticsError } from '../../base/errors.ts';
import { portsOf } from '../../base/processes/ports.ts';
import { withDeadline } from '../../base/waiting/deadline.ts';
import { isLinux, isStill } from '../processes/facts.ts';
import type { Attachable } from '../processes/refusal.ts';

export interface InspectorClient {
  /** Evaluates in the thread, also on top of a loop that never ends. @returns its value, as JSON has it */
  evaluate(
    expression: string,
    options?: { deadlineMs?: number; awaits?: boolean },
  ): Promise<unknown>;
  call(method: string, params?: object, deadlineMs?: number): Promise<Record<string, unknown>>;
  /** Hangs up, and closes what `openInspector` has opened. Idempotent. */
  close(): Promise<void>;
}

/** It opens as soon as the thread is in JavaScript, or its loop turns. */
const OPENS_WITHIN_MS = 5_000;
const LOOK_MS = 20;
const ANSWER_DEADLINE_MS = 10_000;
const CLOSES_WITHIN_MS = 3_000;

/**
 * @throws DiagnosticsError `NOT_FOUND` where the process has changed, `PROCESS_NOT_RESPONDING` where no inspector opens
 */
export async function openInspector(target: Attachable): Promise<InspectorClient> {
  const { facts, hasInspector } = target;
  const before = isLinux() ? portsOf(facts.pid) : [];
  if (!hasInspector) {
    if (!isStill(facts)) {
      throw new DiagnosticsError('NOT_FOUND', `process ${facts.pid} has ended meanwhile`);
    }
    process.kill(facts.pid, 'SIGUSR1');
  }
  const address = await addressOf(target, new Set(hasInspector ? [] : before));
  return connect(address, !hasInspector);
}

async function addressOf(target: Attachable, others: ReadonlySet<number>): Promise<string> {
  const { facts, place } = target;
  const deadlineMs = performance.now() + OPENS_WITHIN_MS;
  while (performance.now() < deadlineMs) {
    const own = isLinux() ? portsOf(facts.pid).filter((port) => !others.has(port)) : [place.port];
    // What else has begun to listen is not spoken to, unless its inspector may be anywhere.
    const ports = own.includes(place.port) ? [place.port] : place.port === 0 ? own : [];
    for (const port of ports) {
      const address = await askAt(place.host, port);
      if (address !== null) return address;
    }
    if (!isStill(facts)) {
      throw new DiagnosticsError('NOT_FOUND', `process ${facts.pid} has ended`);
    }
    await wait(LOOK_MS);
  }
  throw new DiagnosticsError(
    'PROCESS_NOT_RESPONDING',
    `${facts.program} (pid ${facts.pid}) has not opened its inspector within ${OPENS_WITHIN_MS / 1_000} s: either it handles SIGUSR1 itself, or its thread is in native code. In the latter case it opens once that returns; run this command again then, which closes it`,
  );
}

/** Null where no inspector answers. */
async function askAt(host: string, port: number): Promise<string | null> {
  const name = host.includes(':') ? `[${host}]` : host || '127.0.0.1';
  try {
    const response = await fetch(`http://${name}:${port}/json/list`, {
      signal: AbortSignal.timeout(ANSWER_DEADLINE_MS),
    });
    const [first] = (await response.json()) as { webSocketDebuggerUrl?: string }[];
    return first?.webSocketDebuggerUrl ?? null;
  } catch {
    return null;
  }
}

interface Answer {
  id?: number;
  result?: Record<string, unknown>;
  error?: { message: string };
}

async function connect(address: string, isOurs: boolean): Promise<InspectorClient> {
  const socket = new WebSocket(address);
  const questions = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  const closed = new Promise<void>((resolve) => {
    socket.addEventListener('close', () => {
      for (const { reject } of questions.values()) reject(gone());
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    socket.addEventListener('open', () => resolve());
    socket.addEventListener('error', () => reject(gone()));
  });
  socket.addEventListener('message', ({ data }) => {
    const { id, result, error } = JSON.parse(String(data)) as Answer;
    const question = questions.get(id ?? 0);
    questions.delete(id ?? 0);
    if (error === undefined) question?.resolve(result ?? {});
    else question?.reject(new DiagnosticsError('UNAVAILABLE', error.message));
  });
  let lastId = 0;
  let isClosing = false;

  function call(method: string, params: object = {}, deadlineMs = ANSWER_DEADLINE_MS) {
    const id = ++lastId;
    const question = Promise.withResolvers<Record<string, unknown>>();
    questions.set(id, question);
    socket.send(JSON.stringify({ id, method, params }));
    return withDeadline(question.promise, deadlineMs, () => {
      throw new DiagnosticsError('PROCESS_NOT_RESPONDING', `${method} was not answered`);
    });
  }

  async function evaluate(
    expression: string,
    { deadlineMs, awaits = false }: { deadlineMs?: number; awaits?: boolean } = {},
  ): Promise<unknown> {
    const params = { expression, returnByValue: true, silent: true, awaitPromise: awaits };
    const { result, exceptionDetails } = (await call('Runtime.evaluate', params, deadlineMs)) as {
      result: { value?: unknown };
      exceptionDetails?: { text: string; exception?: { description?: string } };
    };
    if (exceptionDetails === undefined) return result.value;
    const { exception, text } = exceptionDetails;
    const [message = text] = (exception?.description ?? text).split('\n');
    throw new DiagnosticsError('UNAVAILABLE', message);
  }

  return {
    call,
    evaluate,
    async close() {
      if (isClosing) return;
      isClosing = true;
      if (!isOurs) socket.close();
      // It ends this connection before it could answer.
      else evaluate("process.getBuiltinModule('node:inspector').close()").catch(() => {});
      await withDeadline(closed, CLOSES_WITHIN_MS, () => socket.close());
    },
  };
}

const gone = () =>
  new DiagnosticsError('PROCESS_NOT_RESPONDING', 'the process has closed its inspector, or ended');
