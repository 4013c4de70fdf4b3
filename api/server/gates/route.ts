/** Which part of the API a request is for, wherever the API is mounted. */
import type { IncomingMessage } from 'node:http';

export interface Route {
  /** Path within the API: `/graphql`, `/`, `/assets/index.js`; empty for the mount path itself. */
  path: string;
  /** What stands before it in the URL that the client used; empty or `/mounted/here`. */
  mountPath: string;
}

/** Express strips the path a handler is mounted at, and keeps the full one here. */
type MaybeMounted = Pick<IncomingMessage, 'url'> & { originalUrl?: string };

/** URL parsing resolves `..` and encodes what could break out of a page. */
function pathname(url: string | undefined): string {
  // A path such as `//host` must not be read as a host name.
  const path = `/${(url ?? '').replace(/^\/+/, '')}`;
  return URL.canParse(path, 'http://localhost') ? new URL(path, 'http://localhost').pathname : '/';
}

/**
 * @example With basePath `/debug`, `/debug/graphql?x=1` is `{ path: '/graphql', mountPath: '/debug' }`.
 * Behind `app.use('/debug', handler)` the same, with or without a basePath.
 * @returns null for a path that is not below `basePath`.
 */
export function routeOf(req: MaybeMounted, basePath: string): Route | null {
  const full = pathname(req.originalUrl ?? req.url);
  if (basePath !== '' && (full === basePath || full.startsWith(`${basePath}/`))) {
    return { path: full.slice(basePath.length), mountPath: basePath };
  }
  const isMounted = req.originalUrl !== undefined && req.originalUrl !== req.url;
  if (!isMounted) return basePath === '' ? { path: full, mountPath: '' } : null;
  const path = pathname(req.url);
  if (full.endsWith(path)) return { path, mountPath: full.slice(0, -path.length) };
  return { path: '', mountPath: full };
}
