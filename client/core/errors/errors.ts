/** The two ways a call can fail: nobody answered, or somebody did and refused. */

/** One entry of the `errors` list of a GraphQL answer. */
export interface GraphQLErrorInfo {
  message: string;
  /** The field that failed, such as `['pprof', 'topAllocations', 0]`; null for the whole request. */
  path: ReadonlyArray<string | number> | null;
  /** `extensions.code`, such as `UNAUTHENTICATED`; null where the server gave none. */
  code: string | null;
}

/**
 * Could not reach it: no connection, connection lost, or a gateway that got no answer (502, 503,
 * 504). Trying again later may help. `cause` holds the technical reason.
 */
export class DiagnosticsUnreachableError extends Error {
  /** The address that was tried. */
  readonly url: string;

  constructor(url: string, reason: string, options?: { cause?: unknown }) {
    super(`cannot reach ${url}: ${reason}`, options);
    this.name = 'DiagnosticsUnreachableError';
    this.url = url;
  }
}

export interface RequestFailure {
  url: string;
  message: string;
  code: string;
  errors?: readonly GraphQLErrorInfo[];
  status?: number | null;
  data?: unknown;
  cause?: unknown;
}

/**
 * It said no: the server was reached and refused or failed the request. Trying the same again
 * gives the same.
 *
 * An answer with data *and* errors is also one of these, because the types of the results promise
 * fields that such an answer lacks; what did come is in `data`.
 */
export class DiagnosticsRequestError extends Error {
  /** The address that answered. */
  readonly url: string;
  /**
   * Code of the first error: one of the server's (`UNAUTHENTICATED`, `FORBIDDEN_ORIGIN`,
   * `LIMIT_EXCEEDED`, `PROCESS_NOT_RESPONDING`, …), `HTTP_404` and the like for a refusal that is
   * no GraphQL, `BAD_RESPONSE` where the answer cannot be read, `GRAPHQL_ERROR` where an error
   * has no code.
   */
  readonly code: string;
  /** Path of the first error that has one; null for the whole request. */
  readonly path: ReadonlyArray<string | number> | null;
  /** All errors of the answer; empty where the answer was no GraphQL. */
  readonly errors: readonly GraphQLErrorInfo[];
  /** HTTP status; null over WebSocket. */
  readonly status: number | null;
  /** Data that came with the errors, with null where fields failed; null for none. */
  readonly data: unknown;

  constructor(failure: RequestFailure) {
    super(failure.message, { cause: failure.cause });
    this.name = 'DiagnosticsRequestError';
    this.url = failure.url;
    this.code = failure.code;
    this.errors = failure.errors ?? [];
    this.path = this.errors.find((error) => error.path !== null)?.path ?? null;
    this.status = failure.status ?? null;
    this.data = failure.data ?? null;
  }
}

export type DiagnosticsClientError = DiagnosticsUnreachableError | DiagnosticsRequestError;
