/** A request turned away before it reaches GraphQL, in the words and shape GraphQL would use. */
import { type OutgoingHttpHeaders, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ErrorCode } from '../errors.ts';
import { apiHeaders } from './security-headers.ts';

export interface Refusal {
  status: number;
  code: ErrorCode | 'BAD_REQUEST' | 'INTERNAL_SERVER_ERROR';
  /** What is wrong and what to do about it. */
  message: string;
  headers?: OutgoingHttpHeaders;
}

function bodyOf({ message, code }: Refusal): string {
  return JSON.stringify({ errors: [{ message, extensions: { code } }] });
}

function headersOf(refusal: Refusal, body: string): OutgoingHttpHeaders {
  return {
    ...apiHeaders(),
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    ...refusal.headers,
  };
}

/** Answers an HTTP request with a GraphQL error. */
export function sendRefusal(res: ServerResponse, refusal: Refusal): void {
  const body = bodyOf(refusal);
  res.writeHead(refusal.status, headersOf(refusal, body));
  res.end(body);
}

/** The same for a WebSocket upgrade, where only the raw socket exists, and ends the socket. */
export function refuseUpgrade(socket: Duplex, refusal: Refusal): void {
  const body = bodyOf(refusal);
  const headers = Object.entries({ ...headersOf(refusal, body), connection: 'close' });
  const head = [
    `HTTP/1.1 ${refusal.status} ${STATUS_CODES[refusal.status]}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
  ];
  // The peer may be gone already; that must not surface in the process.
  socket.on('error', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}
