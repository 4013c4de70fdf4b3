/** A request turned away, in the shape its client reads: a GraphQL error unless a format says otherwise. */

import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DiagnosticsError, ErrorCode } from '../../base/errors.ts';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import { acceptedBy, EVENT_STREAM } from '../graphql/accept.ts';
import { COMPLETE_EVENT, nextEvent } from '../graphql/plugins/event-text.ts';
import { apiHeaders } from './security-headers.ts';

export interface Refusal {
  status: number;
  code: ErrorCode | 'BAD_REQUEST' | 'INTERNAL_SERVER_ERROR';
  /** What is wrong and what to do about it. */
  message: string;
  headers?: OutgoingHttpHeaders;
}

/** How one kind of client is told no. */
export interface RefusalFormat {
  contentType: string;
  headers?: OutgoingHttpHeaders;
  bodyOf(refusal: Refusal): string;
}

const errorResult = ({ message, code }: Refusal) => ({
  errors: [{ message, extensions: { code } }],
});

const graphqlError = (mediaType: string): RefusalFormat => ({
  contentType: `${mediaType}; charset=utf-8`,
  bodyOf: (refusal) => JSON.stringify(errorResult(refusal)),
});

const GRAPHQL_ERROR = graphqlError('application/json');

/** A client that reads events finds the error where it looks for results; the status stays. */
const GRAPHQL_ERROR_EVENT: RefusalFormat = {
  contentType: `${EVENT_STREAM}; charset=utf-8`,
  bodyOf: (refusal) => nextEvent(errorResult(refusal)) + COMPLETE_EVENT,
};

/** In the media type that the client asks for, or as JSON. */
function graphqlErrorFor({ headers }: IncomingMessage): RefusalFormat {
  const { json, events } = acceptedBy(headers);
  if (events === 'all') return GRAPHQL_ERROR_EVENT;
  return json === null ? GRAPHQL_ERROR : graphqlError(json);
}

const STATUS_BY_CODE: Partial<Record<ErrorCode, number>> = {
  INVALID_INPUT: 400,
  NOT_FOUND: 404,
  PROFILE_ALREADY_RUNNING: 409,
  UNAVAILABLE: 501,
  TARGET_FAILED: 502,
  LIMIT_EXCEEDED: 503,
  PAUSE_BUDGET_SPENT: 503,
  PROCESS_NOT_RESPONDING: 503,
  STOPPED: 503,
};

/** An expected failure for clients that tell outcomes by HTTP status. */
export function refusalOf({ code, message, retryAfterMs }: DiagnosticsError): Refusal {
  const refusal = { status: STATUS_BY_CODE[code] ?? 500, code, message };
  if (retryAfterMs === undefined) return refusal;
  const seconds = Math.max(1, Math.ceil(retryAfterMs / MS_PER_SECOND));
  return { ...refusal, headers: { 'retry-after': String(seconds) } };
}

function headersOf(refusal: Refusal, body: string, format: RefusalFormat): OutgoingHttpHeaders {
  return {
    ...apiHeaders(),
    'content-type': format.contentType,
    'content-length': Buffer.byteLength(body),
    ...format.headers,
    ...refusal.headers,
  };
}

/** Answers an HTTP request. */
export function sendRefusal(
  res: ServerResponse,
  refusal: Refusal,
  format: RefusalFormat = graphqlErrorFor(res.req),
): void {
  const body = format.bodyOf(refusal);
  res.writeHead(refusal.status, headersOf(refusal, body, format));
  res.end(body);
}

/** Asked for, since an import of `node:http` reads the standard streams (see `builtins.ts`). */
function reasonPhrase(status: number): string {
  return process.getBuiltinModule('node:http').STATUS_CODES[status] ?? '';
}

/** The same for a WebSocket upgrade, where only the raw socket exists, and ends the socket. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = GRAPHQL_ERROR.bodyOf(refusal);
  const headers = Object.entries({
    ...headersOf(refusal, body, GRAPHQL_ERROR),
    connection: 'close',
  });
  const head = [
    `HTTP/1.1 ${refusal.status} ${reasonPhrase(refusal.status)}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  // The peer may be gone already; that must not surface in the process.
  socket.on('error', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
