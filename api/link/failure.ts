/** An error as it crosses to another thread. */
import { DiagnosticsError, type ErrorCode, type ErrorFigures } from '../base/errors.ts';

/** Structured clone drops an error's own properties: the code travels beside the message. */
export interface Failure {
  /** Null for an unexpected error. */
  code: ErrorCode | null;
  message: string;
  figures?: ErrorFigures;
}

export function describeFailure(error: unknown): Failure {
  if (error instanceof DiagnosticsError) {
    const { code, message, retryAfterMs, estimatedPauseMs, estimatedMemoryBytes } = error;
    return { code, message, figures: { retryAfterMs, estimatedPauseMs, estimatedMemoryBytes } };
  }
  return { code: null, message: error instanceof Error ? error.message : String(error) };
}

export function revive({ code, message, figures }: Failure): Error {
  return code === null ? new Error(message) : new DiagnosticsError(code, message, figures);
}
