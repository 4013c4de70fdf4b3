/** What a plain GET of data must satisfy: programs send no headers that a foreign page could not. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type Access, checkToken, isOriginAllowed } from '../gates/access.ts';
import type { Refusal } from '../gates/refusal.ts';

/**
 * A browser may show what its user typed or bookmarked, and what our own pages ask for. It could not
 * read an answer to a foreign page, but the request alone would already stop the program for a while.
 */
const OWN_FETCH_SITES: readonly unknown[] = [undefined, 'same-origin', 'none'];

/** `http://:<token>@host/…`: all that `go tool pprof` can send. The user name is not looked at. */
function basicPassword({ authorization = '' }: IncomingHttpHeaders): { token?: string } {
  const encoded = /^Basic +(\S+)$/i.exec(authorization.trim())?.[1];
  if (encoded === undefined) return {};
  const text = Buffer.from(encoded, 'base64').toString();
  return { token: text.slice(text.indexOf(':') + 1) };
}

/** The methods of what only reads. */
export const READING: readonly string[] = ['GET', 'HEAD'];

/** Refuses other methods, or null. */
export function checkMethod(
  { method = '' }: IncomingMessage,
  methods: readonly string[],
): Refusal | null {
  if (methods.includes(method)) return null;
  return {
    status: 405,
    code: 'BAD_REQUEST',
    message: `Only ${methods.join(', ')} are answered here.`,
    headers: { allow: methods.join(', ') },
  };
}

/** Why the request is turned away, or null. Takes the token as a bearer or as a basic password. */
export function checkPlainGet(
  req: IncomingMessage,
  access: Access,
  methods = READING,
): Refusal | null {
  const refusal = checkMethod(req, methods);
  if (refusal !== null) return refusal;
  const { origin } = req.headers;
  const isAllowed = origin !== undefined && isOriginAllowed(origin, access);
  if (!isAllowed && !OWN_FETCH_SITES.includes(req.headers['sec-fetch-site'])) {
    return {
      status: 403,
      code: 'FORBIDDEN_ORIGIN',
      message: 'Requests from pages of another origin are not answered.',
    };
  }
  return checkToken([req.headers, basicPassword(req.headers)], access);
}
