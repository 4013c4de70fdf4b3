/** A request turned away, in the shape its client reads: a GraphQL error unless a format says otherwise. */
import { type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DiagnosticsError, ErrorCode } from '../errors.ts';
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

const GRAPHQL_ERROR: RefusalFormat = {
  contentType: 'application/json; charset=utf-8',
  bodyOf: ({ message, code }) => JSON.stringify({ errors: [{ message, extensions: { code } }] }),
};

const STATUS_BY_CODE: Partial<Record<ErrorCode, number>> = {
  INVALID_INPUT: 400,
  NOT_FOUND: 404,
  PROFILE_ALREADY_RUNNING: 409,
  UNAVAILABLE: 501,
  TARGET_FAILED: 502,
  LIMIT_EXCEEDED: 503,
  PROCESS_NOT_RESPONDING: 503,
  STOPPED: 503,
};

/** An expected failure for clients that tell outcomes by HTTP status. */
export function refusalOf({ code, message }: DiagnosticsError): Refusal {
  return { status: STATUS_BY_CODE[code] ?? 500, code, message };
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
  format: RefusalFormat = GRAPHQL_ERROR,
): void {
  const body = format.bodyOf(refusal);
  res.writeHead(refusal.status, headersOf(refusal, body, format));
  res.end(body);
}

/** The same for a WebSocket upgrade, where only the raw socket exists, and ends the socket. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = GRAPHQL_ERROR.bodyOf(refusal);
  const headers = Object.entries({
    ...headersOf(refusal, body, GRAPHQL_ERROR),
    connection: 'close',
  });
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  // The peer may be gone already; that must not surface in the process.
  socket.on('error', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
