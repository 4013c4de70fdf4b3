/** The route of a request: the framework's own pattern where it is readable, else its path without ids. */

/** What Express, Restify and alike put on the request once a route has matched. */
interface RoutedRequest {
  baseUrl?: unknown;
  route?: { path?: unknown } | null;
}

const ROUTE_MAX_CHARACTERS = 200;

/** Digits, a UUID, a long hexadecimal id, or a long token that mixes letters and digits. */
const ID_SEGMENT =
  /^(?:\d+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{12,}|(?=.*\d)(?=.*[a-z])[\w-]{20,})$/i;

/**
 * The framework's pattern of a matched request, or null.
 * For example Express' `app.use('/shop', router)` with `router.get('/item/:id')` gives `/shop/item/:id`.
 */
export function frameworkRoute(request: object): string | null {
  try {
    const { baseUrl, route } = request as RoutedRequest;
    const path = route?.path;
    if (typeof path !== 'string' && !(path instanceof RegExp)) return null;
    return `${typeof baseUrl === 'string' ? baseUrl : ''}${path}`.slice(0, ROUTE_MAX_CHARACTERS);
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
  const path = url.replace(/^https?:\/\/[^/?#]*/i, '').replace(/[?#].*$/s, '');
  const segments = path.split('/').map((segment) => (ID_SEGMENT.test(segment) ? ':id' : segment));
  return segments.join('/').slice(0, ROUTE_MAX_CHARACTERS) || '/';
}
