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
  const path = url
    .slice(0, PATH_MAX_CHARACTERS)
    .replace(/^https?:\/\/[^/?#]*/i, '')
    .replace(/[?#].*$/s, '');
  return boundedRoute(path.split('/').map(withoutId).join('/')) || '/';
}

function withoutId(segment: string): string {
  if (isIdSegment(segment)) return ':id';
  const { name, extension } = WITH_EXTENSION.exec(segment)?.groups ?? {};
  return name !== undefined && isIdSegment(name) ? `:id${extension}` : segment;
}

export function boundedRoute(route: string): string {
  return route.slice(0, ROUTE_MAX_CHARACTERS);
}
