/** What a request below `/debug/pprof/` may say, and what it can be answered with. */
import type { Readable } from 'node:stream';
import { DiagnosticsError } from '../errors.ts';

export interface PprofQuery {
  params: URLSearchParams;
  /** Fires when nobody waits for the answer any more. */
  signal: AbortSignal;
}

export type PprofAnswer =
  | { kind: 'text'; text: string }
  /** Sent gzipped. */
  | { kind: 'profile'; fileName: string; chunks: Iterable<Uint8Array> }
  | { kind: 'json'; fileName: string; json: string }
  /** JSON from a file too large to be held. */
  | { kind: 'stream'; fileName: string; bytes: number; stream: Readable };

export interface PprofEndpoint {
  /** Path below `/debug/pprof/`. */
  name: string;
  /** Parameters to show it with in a browser. */
  exampleQuery?: string;
  /** HTML of our own. */
  description: string;
  /** @throws DiagnosticsError where it cannot be given, or a parameter is not allowed */
  answer(query: PprofQuery): Promise<PprofAnswer>;
}

const MAX_SECONDS = 600;

/** As in Go, what is no number counts as 0. */
export function debugOf(params: URLSearchParams): number {
  return Number.parseInt(params.get('debug') ?? '', 10) || 0;
}

/**
 * Null where none are asked for.
 * @throws DiagnosticsError `INVALID_INPUT`
 */
export function secondsOf(params: URLSearchParams): number | null {
  const text = params.get('seconds');
  if (text === null || text === '') return null;
  const seconds = Number(text);
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_SECONDS) return seconds;
  throw new DiagnosticsError(
    'INVALID_INPUT',
    `invalid value for "seconds" - must be a whole number from 1 to ${MAX_SECONDS}`,
  );
}
