/** Evaluates one of our expressions in a worker thread, which the program cannot notice. */
import { DiagnosticsError } from '../../base/errors.ts';
import type { InspectedThread } from '../../link/threads.ts';
import { CALL_RETURNED } from './expressions.ts';

interface Evaluated {
  result: { value?: unknown };
  exceptionDetails?: { exception?: { description?: string } };
}

/** @throws DiagnosticsError as `InspectedThread.ask`, `UNAVAILABLE` where the program has replaced what it uses */
export async function evaluate<T>(
  thread: InspectedThread,
  expression: string,
  deadlineMs?: number,
): Promise<T> {
  const params = { expression, silent: true, disableBreaks: true, returnByValue: true };
  const { result, exceptionDetails } = (await thread.ask(
    'Runtime.evaluate',
    params,
    deadlineMs,
  )) as Evaluated;
  if (exceptionDetails === undefined && typeof result.value === 'string') {
    return JSON.parse(result.value) as T;
  }
  const reason = exceptionDetails?.exception?.description ?? 'it gave nothing';
  throw new DiagnosticsError('UNAVAILABLE', `the worker cannot be read: ${reason}`);
}

/**
 * Resolves once the call that runs in the worker now has returned, with the time by its clock; with
 * null where that is not told by the deadline. Never rejects.
 */
export async function callReturned(
  thread: InspectedThread,
  deadlineMs: number,
): Promise<number | null> {
  const params = {
    expression: CALL_RETURNED,
    silent: true,
    disableBreaks: true,
    awaitPromise: true,
    returnByValue: true,
  };
  try {
    const { result } = (await thread.ask('Runtime.evaluate', params, deadlineMs)) as Evaluated;
    return typeof result.value === 'number' ? result.value : null;
  } catch {
    return null;
  }
}
