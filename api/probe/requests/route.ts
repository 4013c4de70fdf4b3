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

const [LOWER_A, LOWER_Z, DIGIT_0, DIGIT_9, HYPHEN, UNDERSCORE] = [97, 122, 48, 57, 45, 95];

/** A file's name and its kind: `42.json`. */
const WITH_EXTENSION = /^(?<name>.+)(?<extension>\.[a-z][a-z\d]{0,4})$/i;

/**
 * The framework's pattern of a matched request, or null.
 * For example Express' `app.use('/shop', router)` with `router.get('/item/:id')` gives `/shop/item/:id`.
 */
export function frameworkRoute(request: object): string | null {
  try {
    const { baseUrl, route } = request as RoutedRequest;
    const path = route?.path;
    if (typeof path !== 'string' && !(path instanceof RegExp)) return null;
    return boundedRoute(`${typeof baseUrl === 'string' ? baseUrl : ''}${path}`);
  } catch {
    // A host may define these as getters that throw.
    return null;
  }
}

/**
 * A path without its query, ids replaced.
 * For example `/user/42/order/9f1c0a77e2b4d6?full=1` gives `/user/:id/order/:id`.
 */
export function routeOfUrl(url: string): string {
  const path = pathOf(url.length > PATH_MAX_CHARACTERS ? url.slice(0, PATH_MAX_CHARACTERS) : url);
  let route = '';
  for (let start = 0; start <= path.length; ) {
    const slash = path.indexOf('/', start);
    const end = slash < 0 ? path.length : slash;
    if (start > 0) route += '/';
    route += withoutId(path, start, end);
    start = end + 1;
  }
  return boundedRoute(route) || '/';
}

function pathOf(url: string): string {
  const path = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?#]*/i, '');
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

function withoutId(path: string, start: number, end: number): string {
  const segment = path.slice(start, end);
  // Nearly all are one of these two, and every request that ends has its route made.
  const kind = simpleKindOf(path, start, end);
  if (kind !== null) return kind === 'number' ? ':id' : segment;
  if (isIdSegment(segment)) return ':id';
  const { name, extension } = WITH_EXTENSION.exec(segment)?.groups ?? {};
  return name !== undefined && isIdSegment(name) ? `:id${extension}` : segment;
}

/** What needs no closer look: digits alone, or a short word of lower-case letters, which is no id. */
function simpleKindOf(path: string, start: number, end: number): 'number' | 'word' | null {
  let letters = 0;
  for (let index = start; index < end; index++) {
    const code = path.charCodeAt(index);
    if ((code >= LOWER_A && code <= LOWER_Z) || code === HYPHEN || code === UNDERSCORE)
      letters += 1;
    else if (code < DIGIT_0 || code > DIGIT_9) return null;
  }
  const length = end - start;
  if (letters === length) return length <= WORD_MAX_CHARACTERS ? 'word' : null;
  return letters === 0 ? 'number' : null;
}

export function boundedRoute(route: string): string {
  return route.slice(0, ROUTE_MAX_CHARACTERS);
}
