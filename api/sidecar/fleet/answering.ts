/** Answers the questions that an instance is asked over its channel: those that it knows, and within limits. */
import { gzipSync } from 'node:zlib';
import { DiagnosticsError } from '../../base/errors.ts';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import type { Engine } from '../../targets/fleet/engine/engine.ts';
import { answerChannel } from '../../targets/fleet/wire/names.ts';
import {
  type Asked,
  DOCUMENTS,
  hashOf,
  MOST_ANSWER_BYTES,
  MOST_BODY_BYTES,
  PROFILES,
  type Question,
  readQuestion,
  toldError,
  writeAnswer,
} from '../../targets/fleet/wire/questions.ts';
import type { TargetHttp } from '../../targets/remote/http.ts';

export interface AnsweringOptions {
  /** The API of this process. */
  http: TargetHttp;
  engine: () => Engine | null;
  /** What is allowed of a question. @default DEFAULT_LIMITS */
  limits?: Partial<QuestionLimits>;
}

export interface QuestionLimits {
  /** At a time; further ones are refused. */
  running: number;
  /** In a second; further ones are refused, */
  perSecond: number;
  /** and beyond these not even that. */
  refusedPerSecond: number;
}

const DEFAULT_LIMITS: QuestionLimits = { running: 8, perSecond: 30, refusedPerSecond: 30 };

export interface Answering {
  take(message: Buffer): void;
  /** Questions that were refused, or no question. */
  refused(): number;
}

interface Body {
  body: Buffer;
  document: string | null;
}

const PACKED_FROM_BYTES = 4_096;
/** Fast: the thread has more to do. */
const PACKING_LEVEL = 1;

export function createAnswering({ http, engine, ...options }: AnsweringOptions): Answering {
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  let running = 0;
  let refused = 0;
  let second = 0;
  let inSecond = 0;

  async function answer({ id, hub, waitMs, asked }: Question): Promise<void> {
    const askedAtMs = performance.now();
    let told: Parameters<typeof writeAnswer>[0];
    try {
      const { body, document } = await bodyOf(asked, waitMs);
      const isPacked = body.length > PACKED_FROM_BYTES && asked.kind === 'DOCUMENT';
      const sent = isPacked ? gzipSync(body, { level: PACKING_LEVEL }) : body;
      if (sent.length > MOST_ANSWER_BYTES) throw tooLarge();
      told = { id, error: null, isPacked, document, body: sent };
    } catch (error) {
      told = refusal(id, error);
    }
    // Nobody waits for it any more.
    if (performance.now() - askedAtMs > waitMs) return;
    await engine()?.send([['PUBLISH', answerChannel(hub), writeAnswer(told)]]);
  }

  async function bodyOf(asked: Asked, waitMs: number): Promise<Body> {
    const limit = { timeoutMs: waitMs, maxBytes: MOST_BODY_BYTES };
    if (asked.kind === 'HEAP') {
      return { body: await http({ path: PROFILES.HEAP, ...limit }), document: null };
    }
    if (asked.kind === 'CPU') {
      const path = `${PROFILES.CPU}?seconds=${asked.seconds}`;
      return { body: await http({ path, ...limit }), document: null };
    }
    const query = DOCUMENTS.get(asked.document);
    if (query === undefined) {
      throw new DiagnosticsError(
        'UNAVAILABLE',
        `its pprofql is of a version that does not answer ${JSON.stringify(asked.document)}`,
      );
    }
    const { variables } = asked;
    const body = await http({ path: '/graphql', json: { query, variables }, ...limit });
    return { body, document: hashOf(query) === asked.hash ? null : query };
  }

  /** Whether it is within what is allowed of a second. */
  function countQuestion(): number {
    const now = Math.floor(performance.now() / MS_PER_SECOND);
    inSecond = now === second ? inSecond + 1 : 1;
    second = now;
    return inSecond;
  }

  return {
    take(message) {
      const count = countQuestion();
      const isOverrun = count > limits.perSecond || running >= limits.running;
      if (count > limits.perSecond + limits.refusedPerSecond) {
        refused += 1;
        return;
      }
      const question = readQuestion(message);
      if (question === null || isOverrun) refused += 1;
      if (question === null) return;
      if (isOverrun) {
        const told = writeAnswer(refusal(question.id, tooMany(limits)));
        engine()
          ?.send([['PUBLISH', answerChannel(question.hub), told]])
          .catch(() => {});
        return;
      }
      running += 1;
      answer(question)
        // Whoever asked will see that nothing comes.
        .catch(() => {})
        .finally(() => {
          running -= 1;
        });
    },
    refused: () => refused,
  };
}

function refusal(id: string, error: unknown) {
  return { id, error: toldError(error), isPacked: false, document: null, body: Buffer.alloc(0) };
}

function tooLarge(): DiagnosticsError {
  return new DiagnosticsError(
    'LIMIT_EXCEEDED',
    `its answer takes more than ${MOST_ANSWER_BYTES} bytes`,
  );
}

function tooMany({ running, perSecond }: QuestionLimits): DiagnosticsError {
  return new DiagnosticsError(
    'LIMIT_EXCEEDED',
    `it answers ${running} questions at a time, and ${perSecond} in a second`,
    { retryAfterMs: MS_PER_SECOND },
  );
}
