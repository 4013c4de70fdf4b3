/** Questions to another pprofql, which may be of another version: what it does not know is left out. */
import { DiagnosticsError, ERROR_CODES, type ErrorCode } from '../../base/errors.ts';
import type { TargetHttp } from '../remote/http.ts';
import { fillWithNull, type Told } from './answers/told.ts';
import type { TypedDocumentString } from './generated/graphql.ts';
import { type Place, removedPaths, withoutRefused } from './refused-fields.ts';

/**
 * A field that it does not know is null in the answer.
 * @throws DiagnosticsError with its own code where it is one of ours, else `TARGET_FAILED`
 */
export type Ask = <Data, Variables>(
  document: TypedDocumentString<Data, Variables>,
  options: { timeoutMs: number; variables: Variables },
) => Promise<Told<Data>>;

export interface Asker {
  ask: Ask;
  /** Paths of the fields of this document that it is known to lack. */
  lackingIn(document: TypedDocumentString<unknown, never>): readonly string[];
  /** After a restart it may be of another version. */
  forget(): void;
}

/** A document as this target takes it. */
interface Accepted {
  text: string;
  lacking: readonly string[];
}

/**
 * The way of a document to the target, and of its answer back: JSON. One that answers documents of its own alone
 * says which one that was, where it is not the one that was sent.
 */
export type Post = (question: {
  text: string;
  variables: unknown;
  timeoutMs: number;
}) => Promise<{ body: Buffer; document?: string | null }>;

interface WireError {
  message: string;
  locations?: readonly Place[];
  extensions?: {
    code?: unknown;
    retryAfterMs?: unknown;
    estimatedPauseMs?: unknown;
    estimatedMemoryBytes?: unknown;
  };
}

interface WireAnswer {
  data?: object | null;
  errors?: readonly WireError[];
}

const PATH = '/graphql';
const REFUSED_CODE = 'GRAPHQL_VALIDATION_FAILED';
/** What is taken out may leave something unused, which is refused in turn. */
const MAX_ROUNDS = 10;

/** @param maxBytes of an answer */
export function postOver(http: TargetHttp, maxBytes: number): Post {
  return async ({ text, variables, timeoutMs }) => {
    const json = { query: text, variables };
    return { body: await http({ path: PATH, json, timeoutMs, maxBytes }) };
  };
}

export function createAsker({ name, post }: { name: string; post: Post }): Asker {
  /** By the text it was made from: as many as there are documents. */
  const accepted = new Map<string, Accepted>();

  const ask: Ask = async (document, { timeoutMs, variables }) => {
    const original = `${document}`;
    let text = accepted.get(original)?.text ?? original;
    let refusal: WireError | undefined;
    for (let round = 1; ; round++) {
      const { body, document: answered } = await post({ text, variables, timeoutMs });
      const { data, errors } = parse(body);
      text = answered ?? text;
      const [error] = errors ?? [];
      if (error === undefined) {
        if (data == null) throw failed(`answered ${PATH} with no data`);
        return fillWithNull(data, await lackingOf(original, text)) as Told<never>;
      }
      if (!isRefusal(error)) throw errorOf(error);
      // The first tells why; those that follow are about what it left unused.
      refusal ??= error;
      const places = (errors ?? []).filter(isRefusal).flatMap(({ locations = [] }) => locations);
      const reduced = round < MAX_ROUNDS ? await withoutRefused(text, places) : null;
      if (reduced === null) throw errorOf(refusal);
      text = reduced;
    }
  };

  async function lackingOf(original: string, text: string): Promise<readonly string[]> {
    const known = accepted.get(original);
    if (known?.text === text) return known.lacking;
    const lacking = text === original ? [] : await removedPaths(original, text);
    accepted.set(original, { text, lacking });
    return lacking;
  }

  function parse(body: Buffer): WireAnswer {
    try {
      return JSON.parse(body.toString('utf8'));
    } catch (cause) {
      throw failed(`answered ${PATH} with no JSON`, cause);
    }
  }

  /** Its own word where it is one of ours: its thread does not respond, its budget is spent. */
  function errorOf({ message, extensions }: WireError): DiagnosticsError {
    const code = String(extensions?.code ?? '');
    const isKnown = Object.hasOwn(ERROR_CODES, code) && code !== 'UNAUTHENTICATED';
    const ours = isKnown ? (code as ErrorCode) : 'TARGET_FAILED';
    return new DiagnosticsError(ours, `target ${name}: ${message}`, {
      retryAfterMs: numberOf(extensions?.retryAfterMs),
      estimatedPauseMs: numberOf(extensions?.estimatedPauseMs),
      estimatedMemoryBytes: numberOf(extensions?.estimatedMemoryBytes),
    });
  }

  function failed(what: string, cause?: unknown): DiagnosticsError {
    return new DiagnosticsError('TARGET_FAILED', `target ${name} ${what}`, { cause });
  }

  return {
    ask,
    lackingIn: (document) => accepted.get(`${document}`)?.lacking ?? [],
    forget: () => accepted.clear(),
  };
}

const numberOf = (told: unknown) => (typeof told === 'number' ? told : undefined);

function isRefusal({ extensions }: WireError): boolean {
  return extensions?.code === REFUSED_CODE;
}
