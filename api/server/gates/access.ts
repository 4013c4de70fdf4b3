/** Who may ask: the right host name, no foreign web page, and the token where one is set. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { isLoopbackHost } from '../../base/options/exposure.ts';
import type { ResolvedOptions } from '../../base/options/options.ts';
import type { Refusal } from './refusal.ts';

export interface Access {
  /** Bearer token that every query and subscription must carry; null: none is needed. */
  token: string | null;
  /**
   * `loopback`: the `Host` header must name this machine's loopback or one of `allowedHosts`, so
   * that a web page cannot reach the server by re-pointing its own name (DNS rebinding).
   * `any`: another server stands in front and decides, or a token protects a public address; with
   * `allowedHosts` the same check as for `loopback`.
   */
  hosts: 'loopback' | 'any';
  /** Names answered besides loopback: `host:port` for that port, `host` for any port. */
  allowedHosts: readonly string[];
  /** Origins of pages elsewhere that may ask. @default none */
  allowedOrigins?: readonly string[];
}

/** Of a server of its own: where it listens on more than loopback a token is required, which no rebound name can know. */
export function accessOf({ host, token, allowedHosts, allowedOrigins }: ResolvedOptions): Access {
  const hosts = isLoopbackHost(host) ? 'loopback' : 'any';
  return { token, hosts, allowedHosts, allowedOrigins };
}

const HOST = /^(?<name>[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?$/i;

function isHostAllowed(host: string | undefined, access: Access): boolean {
  if (access.hosts === 'any' && access.allowedHosts.length === 0) return true;
  const name = HOST.exec(host ?? '')?.groups?.name?.toLowerCase();
  if (host === undefined || name === undefined) return false;
  if (isLoopbackHost(name.replace(/^\[|\]$/g, ''))) return true;
  return access.allowedHosts.some((allowed) =>
    [host.toLowerCase(), name].includes(allowed.toLowerCase()),
  );
}

/** A browser states where a request comes from; a page of another site must get nothing. */
function isSameOrigin(origin: string, host: string | undefined): boolean {
  if (host === undefined || !URL.canParse(origin)) return false;
  const { protocol, host: originHost } = new URL(origin);
  const target = `${protocol}//${host}`;
  // Parsed, so that a default port left out on one side still compares equal.
  return /^https?:$/.test(protocol) && URL.canParse(target) && new URL(target).host === originHost;
}

/** True for the origin of a page elsewhere that may ask. */
export function isOriginAllowed(origin: string, { allowedOrigins = [] }: Access): boolean {
  const asked = comparableOrigin(origin);
  return asked !== null && allowedOrigins.some((allowed) => comparableOrigin(allowed) === asked);
}

/** For example `HTTPS://Dash.example:443` → `https://dash.example`; null for what names nobody. */
function comparableOrigin(origin: string): string | null {
  if (!URL.canParse(origin)) return null;
  // Not its `origin`, which is `null` for every scheme but the web's, such as those of extensions.
  const { protocol, host } = new URL(origin);
  return host === '' ? null : `${protocol}//${host.toLowerCase()}`;
}

/** Why these headers are turned away, or null. The same for every path, HTTP and WebSocket. */
export function checkOrigin(headers: IncomingHttpHeaders, access: Access): Refusal | null {
  if (!isHostAllowed(headers.host, access)) {
    return {
      status: 403,
      code: 'FORBIDDEN_ORIGIN',
      message:
        'This Host is not answered here; use localhost or 127.0.0.1, or add the name to allowedHosts.',
    };
  }
  const { origin, host } = headers;
  if (origin === undefined || isSameOrigin(origin, host)) return null;
  if (!isOriginAllowed(origin, access)) {
    return {
      status: 403,
      code: 'FORBIDDEN_ORIGIN',
      message:
        'Requests from pages of another origin are not answered, unless allowedOrigins names it.',
    };
  }
  return null;
}

const ABSOLUTE_FORM = /^[a-z][a-z\d+.-]*:/i;

/**
 * Refuses a request that names its host twice, or null: what stands in front of this server may have
 * looked at the other name than is looked at here.
 */
export function checkTarget({ url = '', rawHeaders }: IncomingMessage): Refusal | null {
  const hosts = rawHeaders.filter((name, at) => at % 2 === 0 && name.toLowerCase() === 'host');
  if (hosts.length <= 1 && !ABSOLUTE_FORM.test(url)) return null;
  return {
    status: 400,
    code: 'BAD_REQUEST',
    message: 'Name the host once, in one Host header, and ask for a path.',
  };
}

/** A program sends none; a browser says so where its user or a page of ours asks. */
const OWN_FETCH_SITES: readonly unknown[] = [undefined, 'same-origin', 'none'];

/**
 * Refuses what a page of another origin makes a browser fetch, or null. The page could not read the
 * answer, but the question alone may already stop the program for a while. Its `Origin`, where it is
 * told, has been checked before.
 */
export function checkFetchSite(headers: IncomingHttpHeaders, access: Access): Refusal | null {
  const { origin } = headers;
  if (OWN_FETCH_SITES.includes(headers['sec-fetch-site'])) return null;
  if (origin !== undefined && isOriginAllowed(origin, access)) return null;
  return {
    status: 403,
    code: 'FORBIDDEN_ORIGIN',
    message: 'Requests from pages of another origin are not answered.',
  };
}

const digest = (text: string) => createHash('sha256').update(text).digest();

/** Digests have one length, so the comparison takes the same time for every wrong token. */
function isTokenRight(given: string, token: string): boolean {
  return timingSafeEqual(digest(given), digest(token));
}

function bearer(authorization: unknown): string | null {
  if (typeof authorization !== 'string') return null;
  return /^Bearer +(\S+)$/i.exec(authorization.trim())?.[1] ?? null;
}

/** The token in an `Authorization` header, or in WebSocket connection parameters. */
function givenToken(from: Readonly<Record<string, unknown>>): string | null {
  if (typeof from.token === 'string') return from.token;
  return bearer(from.authorization) ?? bearer(from.Authorization);
}

/**
 * Refuses a request without the right token, or null. `sources` are the places that may carry
 * it: headers, connection parameters (`{ token }` or `{ authorization: 'Bearer …' }`).
 */
export function checkToken(
  sources: readonly (Readonly<Record<string, unknown>> | undefined)[],
  { token }: Access,
): Refusal | null {
  if (token === null) return null;
  const given = sources.map((source) => givenToken(source ?? {})).find((each) => each !== null);
  if (given !== undefined && given !== null && isTokenRight(given, token)) return null;
  return {
    status: 401,
    code: 'UNAUTHENTICATED',
    message: given
      ? 'The token is wrong.'
      : 'A token is required: send the header authorization: Bearer <token>.',
    headers: { 'www-authenticate': 'Bearer realm="pprofql"' },
  };
}
