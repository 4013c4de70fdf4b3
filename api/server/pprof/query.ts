/** What a request below `/debug/pprof/` may say, and what it can be answered with. */

import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { DiagnosticsError } from '../../base/errors.ts';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';

export interface PprofQuery {
  params: URLSearchParams;
  /** The body of a POST; of a GET all that stands behind the `?`. */
  text: string;
  /** Fires when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/** What an answer is, all but its content. */
export type PprofForm =
  | { kind: 'text' }
  /** Sent gzipped. */
  | { kind: 'profile'; fileName: string }
  | { kind: 'json'; fileName: string }
  /** JSON from a file too large to be held. */
  | { kind: 'stream'; fileName: string };

export type PprofAnswer = {
  /** When what it tells was read; absent where that was just now, and for what does not change. */
  measuredAtMs?: number;
} & (
  | { kind: 'text'; text: string }
  | { kind: 'profile'; fileName: string; chunks: Iterable<Uint8Array> }
  | { kind: 'json'; fileName: string; json: string }
  | { kind: 'stream'; fileName: string; bytes: number; stream: Readable }
);

export interface PprofResource {
  /**
   * The form of the answer, for a HEAD: nothing is read or measured for it.
   * @throws DiagnosticsError where a parameter is not allowed
   */
  form(params: URLSearchParams): PprofForm;
  /** @throws DiagnosticsError where it cannot be given, or a parameter is not allowed */
  answer(query: PprofQuery): Promise<PprofAnswer>;
  /** Whether a POST is answered as well. @default false */
  takesPost?: boolean;
}

export interface PprofEndpoint extends PprofResource {
  /** Path below `/debug/pprof/`. */
  name: string;
  /** Parameters to show it with in a browser. */
  exampleQuery?: string;
  /** HTML of our own. */
  description: string;
}

const MAX_SECONDS = 600;
/** As in Go. */
const DEFAULT_CPU_SECONDS = 30;

/** As Go reads one: in decimal, and nothing else beside it. */
function wholeNumber(text: string | null): number | null {
  const number = /^[+-]?\d+$/.test(text ?? '') ? Number(text) : Number.NaN;
  return Number.isSafeInteger(number) ? number : null;
}

const invalid = (message: string) => new DiagnosticsError('INVALID_INPUT', message);

/** As in Go, what is no number counts as 0. */
export function debugOf(params: URLSearchParams): number {
  return wholeNumber(params.get('debug')) ?? 0;
}

/** As in Go: whether garbage is to be collected first, for which the answer must be read now. */
export const isFreshAsked = (params: URLSearchParams): boolean =>
  (wholeNumber(params.get('gc')) ?? 0) > 0;

/**
 * Null where no difference over time is asked for.
 * @throws DiagnosticsError `INVALID_INPUT`, in the words of Go
 */
export function deltaSecondsOf(
  params: URLSearchParams,
  mostSeconds: number = MAX_SECONDS,
): number | null {
  const text = params.get('seconds');
  if (text === null || text === '') return null;
  const seconds = wholeNumber(text);
  if (seconds === null || seconds <= 0) {
    throw invalid('invalid value for "seconds" - must be a positive integer');
  }
  if (seconds > mostSeconds) {
    throw invalid(`invalid value for "seconds" - at most ${mostSeconds} are allowed`);
  }
  if (debugOf(params) !== 0) throw invalid('seconds and debug params are incompatible');
  return seconds;
}

/** As in Go, what is no positive whole number counts as 30; less where less is allowed. */
export function cpuSecondsOf(params: URLSearchParams, maxSeconds: number): number {
  const seconds = wholeNumber(params.get('seconds')) ?? 0;
  return seconds > 0 ? seconds : Math.min(DEFAULT_CPU_SECONDS, maxSeconds);
}

/** The form of a profile that can also be had as text, and as the difference over some seconds. */
export function profileForm(name: string, params: URLSearchParams): PprofForm {
  const seconds = deltaSecondsOf(params);
  if (seconds !== null) return { kind: 'profile', fileName: `${name}-delta` };
  return debugOf(params) === 0 ? { kind: 'profile', fileName: name } : { kind: 'text' };
}

/** Rejects with the signal's reason once it fires. Nobody's process stays alive for it. */
export function waitSeconds(seconds: number, signal: AbortSignal): Promise<void> {
  return sleep(seconds * MS_PER_SECOND, undefined, { signal, ref: false });
}
