/** The route of a request: the framework's own pattern where it is readable, else its path without ids. */

import { isIdSegment } from './id-segment.ts';

/** What Express, Restify and alike put on the request once a route has matched. */
interface RoutedRequest {
  baseUrl?: unknown;
  route?: { path?: unknown } | null;
}

const ROUTE_MAX_CHARACTERS = 200;

/** What is looked at of a path: a route is cut off long before. */
const PATH_MAX_CHARACTERS = 2_000;

/** A longer one may be a number in hexadecimal. */
const WORD_MAX_CHARACTERS = 11;

const LOWER_A = 97;
const LOWER_Z = 122;
const DIGIT_0 = 48;
const DIGIT_9 = 57;
const HYPHEN = 45;
const UNDERSCORE = 95;
const SLASH = 47;
const QUESTION_MARK = 63;
const HASH = 35;

/** A file's name and its kind: `42.json`. */
const WITH_EXTENSION = /^(?<name>.+)(?<extension>\.[a-z][a-z\d]{0,4})$/i;

/**
 * The framework's pattern of a matched request, or null.
 * For example Express' `app.use('/shop', router)` with `router.get('/item/:id')` gives `/shop/item/:id`. Of where it
 * is mounted only the path is known, of which ids are replaced.
 */
export function frameworkRoute(request: object): string | null {
  try {
    const { baseUrl, route } = request as RoutedRequest;
    const path = route?.path;
    if (typeof path !== 'string' && !(path instanceof RegExp)) return null;
    return boundedRoute(`${mountOf(baseUrl)}${path}`);
  } catch {
    // A host may define these as getters that throw.
    return null;
  }
}

/** Express tells where a router is mounted as it stands in the URL: of `app.use('/users/:id', router)` as `/users/42`. */
function mountOf(baseUrl: unknown): string {
  return typeof baseUrl === 'string' && baseUrl !== '' ? routeOfUrl(baseUrl) : '';
}

/** Of the latest request: the next often asks for the same. */
let latest = { url: '/', route: '/' };

/**
 * A path without its query, ids replaced.
 * For example `/user/42/order/9f1c0a77e2b4d6?full=1` gives `/user/:id/order/:id`.
 */
export function routeOfUrl(url: string): string {
  if (url !== latest.url) latest = { url, route: withoutIds(url) };
  return latest.route;
}

function withoutIds(url: string): string {
  const simple = url.length > ROUTE_MAX_CHARACTERS ? null : simpleRoute(url);
  if (simple !== null) return simple;
  const path = url
    .slice(0, PATH_MAX_CHARACTERS)
    .replace(/^https?:\/\/[^/?#]*/i, '')
    .replace(/[?#].*$/s, '');
  return boundedRoute(path.split('/').map(withoutId).join('/')) || '/';
}

/**
 * The same in one pass, since every request that ends has its route made: for paths of numbers and of
 * short words in lower case, which are no ids. Null for any other.
 */
function simpleRoute(url: string): string | null {
  if (url.charCodeAt(0) !== SLASH) return null;
  let route = '';
  /** Up to here it is in `route`. */
  let done = 0;
  let start = 1;
  let digits = 0;
  let index = 1;
  for (; index <= url.length; index++) {
    const code = index < url.length ? url.charCodeAt(index) : QUESTION_MARK;
    if (code >= DIGIT_0 && code <= DIGIT_9) digits += 1;
    else if (code === SLASH || code === QUESTION_MARK || code === HASH) {
      const length = index - start;
      if (digits === 0 ? length > WORD_MAX_CHARACTERS : digits < length) return null;
      if (digits > 0) {
        route += `${url.slice(done, start)}:id`;
        done = index;
      }
      if (code !== SLASH) break;
      start = index + 1;
      digits = 0;
    } else if ((code < LOWER_A || code > LOWER_Z) && code !== HYPHEN && code !== UNDERSCORE) {
      return null;
    }
  }
  return route + url.slice(done, index);
}

function withoutId(segment: string): string {
  if (isIdSegment(segment)) return ':id';
  const { name, extension } = WITH_EXTENSION.exec(segment)?.groups ?? {};
  return name !== undefined && isIdSegment(name) ? `:id${extension}` : segment;
}

export function boundedRoute(route: string): string {
  return route.slice(0, ROUTE_MAX_CHARACTERS);
}
