/** Where the API is, from any address a person may have at hand. */
export interface Endpoint {
  /** GraphQL over HTTP and server-sent events. */
  http: string;
  /** GraphQL over WebSocket. */
  webSocket: string;
  /** The page for people, ending in a slash. */
  page: string;
}

const GRAPHQL_PATH = '/graphql';

/**
 * `http://127.0.0.1:6060/`, `http://127.0.0.1:6060/graphql` and, for a mounted handler,
 * `http://host/debug/pprofql` all lead to the `/graphql` below them. In a browser the address may
 * be relative to the page.
 * @throws TypeError for what is not an `http:` or `https:` address
 */
export function resolveEndpoint(address: string | URL): Endpoint {
  const url = parseHttpUrl(address);
  const path = url.pathname.replace(/\/+$/, '');
  url.pathname = path.endsWith(GRAPHQL_PATH) ? path : path + GRAPHQL_PATH;
  url.hash = '';
  const http = url.href;
  const page = new URL('.', url);
  return { http, webSocket: http.replace(/^http/, 'ws'), page: page.href };
}

function parseHttpUrl(address: string | URL): URL {
  const page = globalThis.location?.href;
  const url = URL.parse(address, page);
  if (url === null || !/^https?:$/.test(url.protocol) || url.username !== '') {
    throw new TypeError(
      `url is ${JSON.stringify(String(address))}, allowed is an http:// or https:// address without user name, such as "http://127.0.0.1:6060/"`,
    );
  }
  return url;
}
