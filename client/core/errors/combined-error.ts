/** From what urql reports to the two errors of `errors.ts`. */
import type { CombinedError } from '@urql/core';
import { fromSocketFailure, SocketFailure } from '../transport/socket-failure.ts';
import {
  type DiagnosticsClientError,
  DiagnosticsRequestError,
  DiagnosticsUnreachableError,
  type GraphQLErrorInfo,
} from './errors.ts';

/** Statuses by which a gateway says that it reached nobody. */
const GATEWAY_STATUSES = [502, 503, 504];

/** Codes for refusals by something in front of the server, which speaks no GraphQL. */
const CODE_OF_STATUS: Readonly<Record<number, string>> = {
  401: 'UNAUTHENTICATED',
  413: 'LIMIT_EXCEEDED',
  429: 'LIMIT_EXCEEDED',
};

export function fromCombinedError(
  error: CombinedError,
  url: string,
  data?: unknown,
): DiagnosticsClientError {
  const cause = error.networkError;
  if (cause instanceof SocketFailure) return fromSocketFailure(cause, url);
  const response: Response | undefined = error.response;
  if (cause === undefined) return fromGraphQLErrors(error, url, response, data);
  if (response === undefined) {
    return new DiagnosticsUnreachableError(url, rootMessage(cause), { cause });
  }
  return fromForeignResponse(response, cause, url);
}

function fromGraphQLErrors(
  error: CombinedError,
  url: string,
  response: Response | undefined,
  data: unknown,
): DiagnosticsRequestError {
  const errors = error.graphQLErrors.map(
    ({ message, path, extensions }): GraphQLErrorInfo => ({
      message,
      path: path ?? null,
      code: typeof extensions?.code === 'string' ? extensions.code : null,
    }),
  );
  const code = errors.find((info) => info.code !== null)?.code ?? 'GRAPHQL_ERROR';
  const message = errors.map((info) => info.message).join('; ');
  return new DiagnosticsRequestError({
    url,
    message,
    code,
    errors,
    status: response?.status,
    data,
    cause: error,
  });
}

/** An answer that is no GraphQL: a gateway, another server, or a connection cut half-way. */
function fromForeignResponse(
  response: Response,
  cause: Error,
  url: string,
): DiagnosticsClientError {
  const { status } = response;
  if (GATEWAY_STATUSES.includes(status)) {
    return new DiagnosticsUnreachableError(url, `HTTP ${status}`, { cause });
  }
  if (!response.ok) {
    const code = CODE_OF_STATUS[status] ?? `HTTP_${status}`;
    return new DiagnosticsRequestError({
      url,
      message: `${url} answered HTTP ${status}`,
      code,
      status,
      cause,
    });
  }
  if (isCutOff(response, cause)) {
    return new DiagnosticsUnreachableError(url, 'the connection was lost', { cause });
  }
  const message = `${url} answered something that is no GraphQL; is it the address of pprofql?`;
  return new DiagnosticsRequestError({ url, message, code: 'BAD_RESPONSE', status, cause });
}

/** `fetch` reports a broken body as TypeError; an event stream that ends early has no content. */
function isCutOff(response: Response, cause: Error): boolean {
  const isEventStream = /text\/event-stream/i.test(response.headers.get('content-type') ?? '');
  return isEventStream || cause instanceof TypeError;
}

/** `fetch` hides the reason (`ECONNREFUSED`) in the cause of a cause. */
function rootMessage(error: Error): string {
  let deepest = error;
  while (deepest.cause instanceof Error) deepest = deepest.cause;
  if (deepest instanceof AggregateError) deepest = deepest.errors[0] ?? deepest;
  return deepest.message || error.message;
}
