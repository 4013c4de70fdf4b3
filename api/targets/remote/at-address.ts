/** A request to one of the addresses of a name: sent there, and worded as to the name, TLS included. */
import type { IncomingMessage, RequestOptions } from 'node:http';
import type { LookupFunction } from 'node:net';
import { isIPv6 } from 'node:net';
import { Readable } from 'node:stream';

interface FetchedRequest {
  method: string;
  headers: Record<string, string>;
  body: string | undefined;
  signal: AbortSignal;
}

/** An answer with one of these has no body, and must not be given one. */
const BODILESS = [204, 205, 304];

/** As `fetch` with redirects left to the caller, which lets nobody choose the address. */
export async function fetchAt(
  address: string,
  url: URL,
  { body, ...request }: FetchedRequest,
): Promise<Response> {
  const answer = await send(url, { ...request, lookup: always(address) }, body);
  const status = answer.statusCode!;
  const headers = Object.entries(answer.headersDistinct).flatMap(([name, values]) =>
    (values ?? []).map((value): [string, string] => [name, value]),
  );
  if (BODILESS.includes(status)) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  return new Response(Readable.toWeb(answer) as ReadableStream, { status, headers });
}

function send(
  url: URL,
  options: RequestOptions,
  body: string | undefined,
): Promise<IncomingMessage> {
  // Asked for, since an import reads the standard streams (see `builtins.ts`).
  const { request } = process.getBuiltinModule(
    url.protocol === 'https:' ? 'node:https' : 'node:http',
  );
  return new Promise((resolve, reject) => {
    request(url, { ...options, agent: false }, resolve)
      .on('error', reject)
      .end(body);
  });
}

function always(address: string): LookupFunction {
  const family = isIPv6(address) ? 6 : 4;
  return (_host, { all }, give) => {
    if (all) give(null, [{ address, family }]);
    else give(null, address, family);
  };
}
