/**
 * What a browser is told about the pages of other origins that may ask (CORS), never with cookies.
 * Without `allowedOrigins` it is told nothing, and so lets no other page read an answer.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Access, isOriginAllowed } from './access.ts';

/** What the clients of this API send; a browser asks before it sends any of them. */
const REQUEST_HEADERS = [
  'accept',
  'authorization',
  'cache-control',
  'content-type',
  'last-event-id',
  'apollo-require-preflight',
  'graphql-require-preflight',
  'x-apollo-operation-name',
];
/** What a page may read of an answer besides its body. */
const ANSWER_HEADERS = ['age', 'content-disposition', 'retry-after', 'www-authenticate'];
const METHODS = 'GET, HEAD, POST';
/** How long a browser need not ask again. */
const MAX_AGE_SECONDS = 600;

/** To be called first: whatever is answered then carries it, refusals as well. */
export function allowOrigin(req: IncomingMessage, res: ServerResponse, access: Access): void {
  if ((access.allowedOrigins ?? []).length === 0) return;
  // An answer that a cache keeps for one origin must not be given to another.
  res.appendHeader('vary', 'origin');
  const { origin } = req.headers;
  if (origin === undefined || !isOriginAllowed(origin, access)) return;
  res.setHeader('access-control-allow-origin', origin);
  res.setHeader('access-control-expose-headers', ANSWER_HEADERS.join(', '));
}

/** A browser's question whether a page may send a request. */
export function isPreflight({ method, headers }: IncomingMessage): boolean {
  return method === 'OPTIONS' && headers['access-control-request-method'] !== undefined;
}

/** Answers the question of a page whose origin is allowed. It carries no token and needs none. */
export function sendPreflight(req: IncomingMessage, res: ServerResponse): void {
  const isToPrivateNetwork = req.headers['access-control-request-private-network'] === 'true';
  res.writeHead(204, {
    'access-control-allow-methods': METHODS,
    'access-control-allow-headers': REQUEST_HEADERS.join(', '),
    'access-control-max-age': String(MAX_AGE_SECONDS),
    ...(isToPrivateNetwork ? { 'access-control-allow-private-network': 'true' } : {}),
  });
  res.end();
}
