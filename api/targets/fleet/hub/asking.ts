/** Asks instances over their channels, and waits for their answers on one of its own. */
import { randomBytes } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { DiagnosticsError } from '../../../base/errors.ts';
import { stoppedError } from '../../../base/waiting/stopped.ts';
import type { Engine } from '../engine/engine.ts';
import { answerChannel, askChannel } from '../wire/names.ts';
import {
  type Answer,
  type Asked,
  MOST_BODY_BYTES,
  readAnswer,
  writeQuestion,
} from '../wire/questions.ts';

export interface InstanceQuestion {
  /** Of the instance. */
  id: string;
  /** What it is called here. */
  name: string;
  asked: Asked;
  timeoutMs: number;
  signal?: AbortSignal;
}

export interface Answered {
  body: Buffer;
  /** As in `AnswerHead`. */
  document: string | null;
}

export interface Asking {
  /** To be subscribed to. */
  channel: string;
  take(message: Buffer): void;
  /** @throws DiagnosticsError in the words of the instance, or `TARGET_FAILED` where it does not answer */
  ask(question: InstanceQuestion): Promise<Answered>;
  /** Ends every question. Idempotent. */
  stop(): void;
}

interface Pending {
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

const ID_BYTES = 16;
/** Hundreds at a time: of the system, each would be a file that is opened. */
const newId = () => randomBytes(ID_BYTES).toString('hex');
/** Of all instances together. */
const MOST_PENDING = 4_096;

/** @param engine null before there is one */
export function createAsking(engine: () => Engine | null): Asking {
  const channel = answerChannel(newId());
  const hub = channel.split(':').at(-1)!;
  const pending = new Map<string, Pending>();
  /** Those of one turn of the loop are sent in one go. */
  let unsent: { id: string; command: ['PUBLISH', string, string] }[] = [];

  function send(): void {
    const questions = unsent;
    unsent = [];
    const failAll = (error: Error) => {
      for (const { id } of questions) pending.get(id)?.reject(error);
    };
    const open = engine();
    if (open === null) {
      failAll(new Error('it is not connected'));
      return;
    }
    open
      .send(questions.map(({ command }) => command))
      .then((answers) => {
        for (const [at, { id }] of questions.entries()) {
          const heard = answers[at];
          if (heard instanceof Error) pending.get(id)?.reject(heard);
          if (heard === 0) pending.get(id)?.reject(new Error('it does not listen'));
        }
      })
      .catch(failAll);
  }

  function publish(id: string, command: ['PUBLISH', string, string]): void {
    if (unsent.length === 0) queueMicrotask(send);
    unsent.push({ id, command });
  }

  async function answerTo({ id: instance, asked, timeoutMs, signal }: InstanceQuestion) {
    const id = newId();
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    const timer = setTimeout(() => {
      reject(new Error(`no answer within ${timeoutMs / 1_000} s`));
    }, timeoutMs);
    const abort = () => reject(signal!.reason);
    signal?.addEventListener('abort', abort);
    pending.set(id, { resolve, reject });
    try {
      signal?.throwIfAborted();
      const question = writeQuestion({ id, hub, waitMs: timeoutMs, asked });
      publish(id, ['PUBLISH', askChannel(instance), question]);
      return await promise;
    } finally {
      pending.delete(id);
      clearTimeout(timer);
      signal?.removeEventListener('abort', abort);
    }
  }

  return {
    channel,
    take(message) {
      const answer = readAnswer(message);
      if (answer !== null) pending.get(answer.id)?.resolve(answer);
    },
    async ask(question) {
      const { name, signal } = question;
      if (pending.size >= MOST_PENDING) {
        throw new DiagnosticsError(
          'LIMIT_EXCEEDED',
          `${MOST_PENDING} questions wait for their answers already`,
        );
      }
      let answer: Answer;
      try {
        answer = await answerTo(question);
      } catch (cause) {
        signal?.throwIfAborted();
        if (cause instanceof DiagnosticsError) throw cause;
        const { message } = cause as Error;
        throw new DiagnosticsError(
          'TARGET_FAILED',
          `target ${name} could not be asked: ${message}`,
          { cause },
        );
      }
      const { error, document, isPacked, body } = answer;
      if (error !== null) {
        const { code, message, retryAfterMs } = error;
        throw new DiagnosticsError(code, `target ${name}: ${message}`, {
          retryAfterMs: retryAfterMs ?? undefined,
        });
      }
      return { document, body: isPacked ? unpacked(body, name) : body };
    },
    stop() {
      for (const { reject } of pending.values()) reject(stoppedError());
    },
  };
}

function unpacked(body: Buffer, name: string): Buffer {
  try {
    return gunzipSync(body, { maxOutputLength: MOST_BODY_BYTES });
  } catch (cause) {
    throw new DiagnosticsError('TARGET_FAILED', `target ${name} answered what cannot be unpacked`, {
      cause,
    });
  }
}
