/** What a plain GET of data must satisfy: programs send no headers that a foreign page could not. */
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { type Access, checkFetchSite, checkToken } from './access.ts';
import type { Refusal } from './refusal.ts';

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
  return (
    checkFetchSite(req.headers, access) ??
    checkToken([req.headers, basicPassword(req.headers)], access)
  );
}
