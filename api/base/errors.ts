/** Every error that pprofql expects and a caller may act on. One code each, all of them here. */

export const ERROR_CODES = {
  /** An option or environment variable has a value outside what is allowed. */
  INVALID_OPTION: 'INVALID_OPTION',
  /** Listening publicly, or in production, was refused because no token is set. */
  TOKEN_REQUIRED: 'TOKEN_REQUIRED',
  /** The request carried no token, or a wrong one. */
  UNAUTHENTICATED: 'UNAUTHENTICATED',
  /** The `Host` or `Origin` header is not one this server answers. */
  FORBIDDEN_ORIGIN: 'FORBIDDEN_ORIGIN',
  /** A body, document or result is larger than the limit. */
  LIMIT_EXCEEDED: 'LIMIT_EXCEEDED',
  /** The observed thread did not answer in time: it is busy or blocked. */
  PROCESS_NOT_RESPONDING: 'PROCESS_NOT_RESPONDING',
  /** The diagnostics were stopped while the request was under way. */
  STOPPED: 'STOPPED',
  /** A profile of this kind is already running. */
  PROFILE_ALREADY_RUNNING: 'PROFILE_ALREADY_RUNNING',
  /** An input (profile, dump, argument) cannot be read as what it should be. */
  INVALID_INPUT: 'INVALID_INPUT',
  /** What was named (a target, a capture) is not there. */
  NOT_FOUND: 'NOT_FOUND',
  /** The heap may not be read again yet, or not enumerated, or for longer than was agreed to; the message says when, or why not. */
  PAUSE_BUDGET_SPENT: 'PAUSE_BUDGET_SPENT',
  /** A target could not be reached, or did not answer as it should. */
  TARGET_FAILED: 'TARGET_FAILED',
  /** This runtime or mode cannot give what was asked for. */
  UNAVAILABLE: 'UNAVAILABLE',
  /** It is another user's, or the system does not let this one look at it. */
  NOT_PERMITTED: 'NOT_PERMITTED',
  /** What cannot be ruled out to do harm was not agreed to. */
  NOT_CONFIRMED: 'NOT_CONFIRMED',
  /** A port that is needed belongs to another process. */
  PORT_TAKEN: 'PORT_TAKEN',
} as const;

export type ErrorCode = (typeof ERROR_CODES)[keyof typeof ERROR_CODES];

/** What an error tells in figures, beside its words. */
export interface ErrorFigures {
  retryAfterMs?: number | undefined;
  estimatedPauseMs?: number | undefined;
  estimatedMemoryBytes?: number | undefined;
}

/**
 * An expected failure. `message` says what happened and what to do next, and is safe to show to
 * an API caller; `cause` holds the technical reason and is only logged.
 */
export class DiagnosticsError extends Error {
  readonly code: ErrorCode;
  /** When the same may be asked again, in milliseconds from now; undefined where nobody knows. */
  readonly retryAfterMs: number | undefined;
  /** For how long it would have stopped the program; undefined where it would not. */
  readonly estimatedPauseMs: number | undefined;
  /** How much memory it would have taken; undefined where nobody knows. */
  readonly estimatedMemoryBytes: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    {
      retryAfterMs,
      estimatedPauseMs,
      estimatedMemoryBytes,
      ...options
    }: { cause?: unknown } & ErrorFigures = {},
  ) {
    super(message, options);
    this.name = 'DiagnosticsError';
    this.code = code;
    this.retryAfterMs = retryAfterMs;
    this.estimatedPauseMs = estimatedPauseMs;
    this.estimatedMemoryBytes = estimatedMemoryBytes;
  }
}
