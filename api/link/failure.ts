/** An error as it crosses to another thread. */
import { DiagnosticsError, type ErrorCode } from '../base/errors.ts';

/** Structured clone drops an error's own properties: the code travels beside the message. */
export interface Failure {
  /** Null for an unexpected error. */
  code: ErrorCode | null;
  message: string;
}

export function describeFailure(error: unknown): Failure {
  const code = error instanceof DiagnosticsError ? error.code : null;
  return { code, message: error instanceof Error ? error.message : String(error) };
}

export function revive({ code, message }: Failure): Error {
  return code === null ? new Error(message) : new DiagnosticsError(code, message);
}
