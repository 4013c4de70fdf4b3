/** An error as it crosses to another thread. */
import { DiagnosticsError, type ErrorCode, type ErrorFigures } from '../base/errors.ts';
import { frameOrigin } from '../base/files/frame-origin.ts';
import { isOwnFile, isRuntimeFile } from '../base/files/own-files.ts';
import { listed } from '../base/text/list.ts';
import { parseFrame } from '../probe/tasks/stack-store.ts';
import { replacedBuiltIns } from './replaced-built-ins.ts';

/** Structured clone drops an error's own properties: the code travels beside the message. */
export interface Failure {
  /** Null for an unexpected error. */
  code: ErrorCode | null;
  message: string;
  figures?: ErrorFigures;
  /** The unexpected error, or the one behind an expected error. */
  thrown?: Thrown;
}

interface Thrown {
  message: string;
  /** As V8 formats it; empty where it has none. */
  stack: string;
  /** Built-ins that the program had replaced by then. */
  replaced: string[];
}

const messageOf = (replaced: string) =>
  `the observed program has replaced or deleted ${replaced}, which pprofql needs in its thread to answer this; it answers again once that is undone`;
/** Where nobody can tell which. */
const REPLACED = messageOf('a built-in function');

/** Never throws, whatever the program has made of `error` and of the built-ins. */
export function describeFailure(error: unknown): Failure {
  try {
    if (!(error instanceof DiagnosticsError)) {
      const thrown = describeThrown(error);
      return { code: null, message: thrown.message, thrown };
    }
    const { code, message, retryAfterMs, estimatedPauseMs, estimatedMemoryBytes, cause } = error;
    const figures = { retryAfterMs, estimatedPauseMs, estimatedMemoryBytes };
    return cause === undefined
      ? { code, message, figures }
      : { code, message, figures, thrown: describeThrown(cause) };
  } catch {
    // Nothing that pprofql throws can be that.
    return { code: 'UNAVAILABLE', message: REPLACED };
  }
}

function describeThrown(error: unknown): Thrown {
  const replaced = replacedBuiltIns();
  if (!(error instanceof Error)) return { message: `${error}`, stack: '', replaced };
  return { message: `${error.message}`, stack: stackOf(error), replaced };
}

/** Formatted as it is read, by what the program has set for that. */
function stackOf(error: Error): string {
  try {
    return typeof error.stack === 'string' ? error.stack : '';
  } catch {
    return '';
  }
}

export function revive({ code, message, figures, thrown }: Failure): Error {
  if (thrown !== undefined && isByProgram(thrown)) return replacedError(thrown);
  return code === null
    ? asThrown({ message, stack: thrown?.stack ?? '' })
    : new DiagnosticsError(code, message, figures);
}

/** Where it was thrown says more than where it arrived. */
function asThrown({ message, stack }: Pick<Thrown, 'message' | 'stack'>): Error {
  const error = new Error(message);
  if (stack !== '') error.stack = stack;
  return error;
}

const IS_MISSING = /is not (?:a function|a constructor|an object|iterable|defined)|of undefined/;

const AT = '    at ';

/** Whether it comes of what the program has put in the place of a built-in, or of what it has deleted. */
function isByProgram({ message, stack, replaced }: Thrown): boolean {
  const top = stack.split('\n').find((line) => line.startsWith(AT));
  const file = top === undefined ? '' : parseFrame(top.slice(AT.length)).file;
  // pprofql calls no function of the program.
  if (frameOrigin(file) === 'OWN') return true;
  if (replaced.length === 0) return false;
  return top === undefined || IS_MISSING.test(message) || !(isOwnFile(file) || isRuntimeFile(file));
}

function replacedError(thrown: Thrown): DiagnosticsError {
  const { replaced } = thrown;
  const message = replaced.length === 0 ? REPLACED : messageOf(listed(replaced));
  return new DiagnosticsError('UNAVAILABLE', message, { cause: asThrown(thrown) });
}
