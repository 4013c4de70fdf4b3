/** What a caller is told about a failed operation: a code always, our own words only. */
import {
  type ExecutionResult,
  type FormattedExecutionResult,
  GraphQLError,
  type GraphQLFormattedError,
} from 'graphql';
import { DiagnosticsError, type ErrorFigures } from '../../base/errors.ts';
import { type Refusal, refusalOf } from '../gates/refusal.ts';
import { type Log, logUnexpected } from '../unexpected.ts';

function rootCause(error: unknown): unknown {
  return error instanceof GraphQLError && error.originalError !== undefined
    ? rootCause(error.originalError)
    : error;
}

/** The same error, where it happened, with other words and a code. */
function withCode(
  error: unknown,
  message: string,
  code: string,
  figures: ErrorFigures = {},
): GraphQLError {
  const at = error instanceof GraphQLError ? error : undefined;
  return new GraphQLError(message, {
    nodes: at?.nodes,
    source: at?.source,
    positions: at?.positions,
    path: at?.path,
    extensions: { ...at?.extensions, code, ...figures },
  });
}

/** Those that it has: none is told as null. */
function figuresOf({
  retryAfterMs,
  estimatedPauseMs,
  estimatedMemoryBytes,
}: DiagnosticsError): ErrorFigures {
  return {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
    ...(estimatedPauseMs !== undefined && { estimatedPauseMs }),
    ...(estimatedMemoryBytes !== undefined && { estimatedMemoryBytes }),
  };
}

/** What waits for something is ended when its client leaves, or the server stops: no defect, and nobody reads the answer. */
const isAbort = (error: unknown) => error instanceof Error && error.name === 'AbortError';

/**
 * The one place where failures become API errors. A `DiagnosticsError` keeps its message, code and figures.
 * An error of GraphQL itself (a variable of the wrong type) is `BAD_USER_INPUT` unless it has a
 * code. Anything else is a defect: logged, and masked as `INTERNAL_SERVER_ERROR`.
 */
export function toPublicError(error: unknown, log: Log): GraphQLError {
  const cause = rootCause(error);
  if (cause instanceof DiagnosticsError) {
    return withCode(error, cause.message, cause.code, figuresOf(cause));
  }
  // Not the cause but the error around it: that one names the variable or the field.
  if (cause instanceof GraphQLError && error instanceof GraphQLError) {
    if (error.extensions.code !== undefined) return error;
    return withCode(error, error.message, 'BAD_USER_INPUT');
  }
  if (isAbort(cause)) return withCode(error, 'The request was ended before its answer.', 'STOPPED');
  logUnexpected(cause, log);
  return withCode(error, 'Unexpected error; the log has the details.', 'INTERNAL_SERVER_ERROR');
}

/** What an error says about the response that it is sent in. */
export interface HttpError {
  status?: number;
  headers?: Record<string, string>;
}

interface OperationRefusal extends HttpError {
  code: Refusal['code'] | 'OPERATION_RESOLUTION_FAILURE';
  message: string;
}

/** A refusal as the error of an operation, which over HTTP has its status and headers. */
export function refusedOperation({ message, code, ...http }: OperationRefusal): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http } });
}

/** For who asks while there is too much to do. */
export function refusedByLoad(error: DiagnosticsError): GraphQLError {
  return refusedOperation({ ...refusalOf(error), headers: { 'retry-after': '1' } });
}

/** Serialized for a transport without HTTP statuses: what only steers those is left out. */
export function formatError(error: GraphQLError): GraphQLFormattedError {
  const { extensions, ...rest } = error.toJSON();
  const { http: _http, unexpected: _unexpected, ...shown } = extensions ?? {};
  return { ...rest, extensions: shown };
}

export function formatResult({ errors, ...result }: ExecutionResult): FormattedExecutionResult {
  return errors === undefined ? result : { ...result, errors: errors.map(formatError) };
}
