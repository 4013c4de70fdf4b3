/** What an instance is asked over its channel, and how it answers. Anybody may have written either. */
import { createHash } from 'node:crypto';
import { DiagnosticsError, ERROR_CODES, type ErrorCode } from '../../../base/errors.ts';
import {
  aNumber,
  aText,
  type Check,
  oneOf,
  orNull,
  recordOf,
} from '../../../diagnostics/black-box/record/shape.ts';
import {
  HealthDocument,
  IsThereDocument,
  KnowsRequestsDocument,
  LoopDocument,
  PprofDocument,
  RequestsDocument,
  RoutesDocument,
  TasksDocument,
} from '../../pprofql/generated/graphql.ts';
import { HUB_ID } from './names.ts';

/** All that an instance can be asked in GraphQL. Another text never reaches it. */
export const DOCUMENTS: ReadonlyMap<string, string> = new Map(
  [
    HealthDocument,
    IsThereDocument,
    KnowsRequestsDocument,
    LoopDocument,
    PprofDocument,
    RequestsDocument,
    RoutesDocument,
    TasksDocument,
  ].map((document) => [nameOf(`${document}`), `${document}`]),
);

/** Profiles that it can be asked for. */
export const PROFILES = { HEAP: '/debug/pprof/heap', CPU: '/debug/pprof/profile' } as const;

/** What is asked. */
export type Asked =
  | {
      kind: 'DOCUMENT';
      /** Name of a document; the text is that of whoever answers. */
      document: string;
      /** Of the text that whoever asks has. */
      hash: string;
      variables: Readonly<Record<string, boolean | number>>;
    }
  | { kind: 'HEAP' }
  | { kind: 'CPU'; seconds: number };

export interface Question {
  id: string;
  /** Who is answered. */
  hub: string;
  /** Milliseconds for which anybody waits for the answer. */
  waitMs: number;
  asked: Asked;
}

export interface AnswerHead {
  id: string;
  /** Null where the question was answered. */
  error: ToldError | null;
  /** Whether the body is packed. */
  isPacked: boolean;
  /** What was answered, where that is not what whoever asked has under that name; else null. */
  document: string | null;
}

interface ToldError {
  code: ErrorCode;
  message: string;
  retryAfterMs: number | null;
}

export interface Answer extends AnswerHead {
  body: Buffer;
}

const MOST_QUESTION_BYTES = 4_096;
/** Of an answer as it is sent; an engine closes connections that have much more to take. */
export const MOST_ANSWER_BYTES = 6 * 1024 ** 2;
/** Of an answer unpacked. */
export const MOST_BODY_BYTES = 64 * 1024 ** 2;
const MOST_HEAD_BYTES = 16 * 1024;
const MOST_WAIT_MS = 600_000;
const MOST_VARIABLES = 10;
const NEWLINE = 0x0a;
const SHOWN_CHARACTERS = 500;

/** @example `query Loop{eventLoop…` is called `Loop`. */
export function nameOf(document: string): string {
  return /^query (\w+)/.exec(document)?.[1] ?? '';
}

const HASH_CHARACTERS = 16;

/** Once for all instances that are asked the same. */
const HASHES: ReadonlyMap<string, string> = new Map(
  Array.from(DOCUMENTS.values(), (document) => [document, computedHash(document)]),
);

export function hashOf(document: string): string {
  return HASHES.get(document) ?? computedHash(document);
}

function computedHash(document: string): string {
  return createHash('sha256').update(document).digest('hex').slice(0, HASH_CHARACTERS);
}

const aHub: Check<string> = (value, name) => {
  const text = aText(value, name);
  if (HUB_ID.test(text)) return text;
  throw new Error(`${name} is no id`);
};

const variables: Check<Record<string, boolean | number>> = (value, name) => {
  const entries = Object.entries((value ?? {}) as object);
  const isFine = ([, each]: [string, unknown]) =>
    typeof each === 'boolean' || (typeof each === 'number' && Number.isFinite(each));
  if (entries.length > MOST_VARIABLES || !entries.every(isFine)) {
    throw new Error(`${name} are not truths and numbers`);
  }
  return Object.fromEntries(entries);
};

const asked: Check<Asked> = (value, name) => {
  const kind = oneOf(['DOCUMENT', 'HEAP', 'CPU'])((value as Asked | null)?.kind, name);
  if (kind === 'HEAP') return { kind };
  if (kind === 'CPU') return { kind, ...recordOf({ seconds: aNumber })(value, name) };
  const told = recordOf({ document: aText, hash: aText, variables })(value, name);
  return { kind, ...told };
};

const question = recordOf<Question>({ id: aHub, hub: aHub, waitMs: aNumber, asked });

export function writeQuestion(value: Question): string {
  return JSON.stringify(value);
}

/** Null for what is none. */
export function readQuestion(message: Buffer): Question | null {
  if (message.length > MOST_QUESTION_BYTES) return null;
  try {
    const told = question(JSON.parse(message.toString('utf8')), '');
    return { ...told, waitMs: Math.min(Math.max(told.waitMs, 0), MOST_WAIT_MS) };
  } catch {
    return null;
  }
}

const head = recordOf<AnswerHead>({
  id: aHub,
  error: orNull(
    recordOf<ToldError>({
      code: oneOf(Object.keys(ERROR_CODES) as ErrorCode[]),
      message: aText,
      retryAfterMs: orNull(aNumber),
    }),
  ),
  isPacked: (value) => value === true,
  document: orNull(aText),
});

/** A line of what is told about the body, then the body. */
export function writeAnswer({ body, ...rest }: Answer): Buffer {
  return Buffer.concat([Buffer.from(`${JSON.stringify(rest)}\n`), body]);
}

/** Null for what is none. */
export function readAnswer(message: Buffer): Answer | null {
  const end = message.subarray(0, MOST_HEAD_BYTES).indexOf(NEWLINE);
  if (end < 0 || message.length > MOST_ANSWER_BYTES + MOST_HEAD_BYTES) return null;
  try {
    const told = head(JSON.parse(message.toString('utf8', 0, end)), '');
    return { ...told, body: message.subarray(end + 1) };
  } catch {
    return null;
  }
}

/** In the words of the instance, which name itself. */
export function toldError(error: unknown): ToldError {
  if (error instanceof DiagnosticsError) {
    const { code, message, retryAfterMs = null } = error;
    return { code, message: message.slice(0, SHOWN_CHARACTERS), retryAfterMs };
  }
  return { code: 'TARGET_FAILED', message: 'it could not answer', retryAfterMs: null };
}
