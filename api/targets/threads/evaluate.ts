/** Evaluates one of our expressions in a worker thread, which the program cannot notice. */
import { DiagnosticsError } from '../../base/errors.ts';
import type { InspectedThread } from '../../link/threads.ts';
import { CALL_RETURNED } from './expressions.ts';

interface Evaluated {
  result: { value?: unknown; objectId?: string };
  exceptionDetails?: { exception?: { description?: string } };
}

/** @throws DiagnosticsError as `InspectedThread.ask`, `UNAVAILABLE` where the program has replaced what it uses */
export async function evaluate<T>(
  thread: InspectedThread,
  expression: string,
  deadlineMs?: number,
): Promise<T> {
  const params = { expression, silent: true, disableBreaks: true, returnByValue: true };
  return textOf(await thread.ask('Runtime.evaluate', params, deadlineMs));
}

/**
 * The inspector keeps what the expression makes until its connection ends.
 * @returns how it is called; @throws as `evaluate`
 */
export async function hold(thread: InspectedThread, expression: string): Promise<string> {
  const params = { expression, silent: true, disableBreaks: true };
  const evaluated = (await thread.ask('Runtime.evaluate', params)) as Evaluated;
  return evaluated.result.objectId ?? unreadable(evaluated);
}

/** Calls a function on what is held. @throws as `evaluate` */
export async function callOn<T>(
  thread: InspectedThread,
  objectId: string,
  functionDeclaration: string,
  argument: unknown,
  /** Where the function is async. */
  { awaitPromise = false, deadlineMs }: { awaitPromise?: boolean; deadlineMs?: number } = {},
): Promise<T> {
  const given = { arguments: [{ value: argument }], silent: true, returnByValue: true };
  const params = { objectId, functionDeclaration, awaitPromise, ...given };
  return textOf(await thread.ask('Runtime.callFunctionOn', params, deadlineMs));
}

/** Has a function run on what is held and lets go of it, without waiting for either. */
export function letGo(
  thread: InspectedThread,
  objectId: string,
  functionDeclaration: string,
): void {
  for (const asked of [
    thread.ask('Runtime.callFunctionOn', { objectId, functionDeclaration, silent: true }),
    thread.ask('Runtime.releaseObject', { objectId }),
  ]) {
    asked.catch(() => {});
  }
}

function textOf<T>(answer: unknown): T {
  const evaluated = answer as Evaluated;
  const { result, exceptionDetails } = evaluated;
  if (exceptionDetails !== undefined || typeof result.value !== 'string') unreadable(evaluated);
  return JSON.parse(result.value as string) as T;
}

function unreadable({ exceptionDetails }: Evaluated): never {
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
