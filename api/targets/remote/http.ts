/**
 * Requests to one target, within limits of time and size. A redirect to another origin is
 * not followed, and no failure says more than the target's name, the path and the reason.
 */
import { DiagnosticsError } from '../../base/errors.ts';
import { stoppedError } from '../../base/waiting/stopped.ts';
import { fetchAt } from './at-address.ts';
import { isLoginAddress, webPageIn } from './web-page.ts';

export interface TargetRequest {
  /** Below the target's address, such as `/debug/pprof/heap`. */
  path: string;
  /** Milliseconds until the whole body must have come. */
  timeoutMs: number;
  /** Of the body, unpacked where it came packed. */
  maxBytes: number;
  /** Keep the last `maxBytes` of a larger body instead of refusing it. @default false */
  keepsEnd?: boolean;
  /** Whether a page for people is what is asked for. @default false */
  isPage?: boolean;
  /** Posted as JSON. @default a GET */
  json?: unknown;
  signal?: AbortSignal;
}

/**
 * @throws DiagnosticsError `NOT_FOUND` where the target has no such path, `LIMIT_EXCEEDED` where it
 * answers with too much, `TARGET_FAILED` for everything else, `STOPPED` once it is stopped.
 */
export type TargetHttp = (request: TargetRequest) => Promise<Buffer>;

export interface TargetAddress {
  name: string;
  url: string;
  /** Where its host is, which may be in several places. @default looked up at each request */
  address?: string;
  token: string | null;
  /** Ends every request. */
  lifetime: AbortSignal;
}

const MAX_REDIRECTS = 3;
const REDIRECTS = [301, 302, 303, 307, 308];
const SHOWN_REASON_CHARACTERS = 200;
/** What `fetch` says of a connection that was closed before an answer came. */
const CLOSED = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];
/** A reason that is longer than this is not read on. */
const MAX_REASON_BYTES = 4_096;

export function createTargetHttp(target: TargetAddress): TargetHttp {
  const { name, url, token, lifetime } = target;
  const base = url.replace(/\/+$/, '').replace(/\/debug\/pprof$/, '');
  const { origin } = new URL(base);

  function fail(what: string, cause?: unknown): DiagnosticsError {
    return new DiagnosticsError('TARGET_FAILED', `target ${name} ${what}`, { cause });
  }

  async function send({ path, json }: TargetRequest, signal: AbortSignal): Promise<Response> {
    const headers = {
      ...(token !== null && { authorization: `Bearer ${token}` }),
      ...(json !== undefined && { 'content-type': 'application/json' }),
    };
    const body = json === undefined ? undefined : JSON.stringify(json);
    const method = json === undefined ? 'GET' : 'POST';
    let address = new URL(base + path);
    for (let redirects = 0; ; redirects++) {
      const request = { method, headers, body, signal };
      const response =
        target.address === undefined
          ? await fetchRepeated(address, { ...request, redirect: 'manual' })
          : await fetchAt(target.address, address, request);
      const location = response.headers.get('location');
      if (!REDIRECTS.includes(response.status) || location === null) return response;
      await response.body?.cancel();
      address = new URL(location, address);
      // Whoever answers for the target must not send its token, or us, elsewhere, nor in clear text.
      if (address.origin !== origin) {
        throw fail(
          `redirects ${path} to ${isLoginAddress(address) ? 'a login at ' : ''}another scheme, host or port, which is refused; set its url to where it is`,
        );
      }
      if (redirects === MAX_REDIRECTS) throw fail(`redirects ${path} again and again`);
    }
  }

  async function read(request: TargetRequest, signal: AbortSignal): Promise<Buffer> {
    const response = await send(request, signal);
    if (response.ok) {
      const body = await readBody(response, request);
      const page = request.isPage ? null : webPageIn(body, response.headers.get('content-type'));
      if (page === null) return body;
      throw fail(`answered ${request.path} with ${page}: is it behind one, or another server?`);
    }
    const reason = await reasonOf(response);
    if (response.status === 404) {
      throw new DiagnosticsError('NOT_FOUND', `target ${name} has no ${request.path}`);
    }
    if (response.status === 401 || response.status === 403) {
      throw fail(
        `refuses ${request.path} (${response.status}${reason}); ${token === null ? 'it may need a token' : 'its token may be wrong'}`,
      );
    }
    throw fail(`answered ${request.path} with ${response.status}${reason}`);
  }

  async function readBody(response: Response, request: TargetRequest): Promise<Buffer> {
    const { path, maxBytes, keepsEnd = false } = request;
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    // Counted after unpacking, chunk by chunk: what unpacks to too much is never held.
    for await (const chunk of response.body ?? []) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes <= maxBytes) continue;
      if (!keepsEnd) {
        throw new DiagnosticsError(
          'LIMIT_EXCEEDED',
          `target ${name} answered ${path} with more than ${maxBytes} bytes`,
        );
      }
      while (bytes - chunks[0]!.length >= maxBytes) bytes -= chunks.shift()!.length;
    }
    return Buffer.concat(chunks);
  }

  return async (request) => {
    const timeout = AbortSignal.timeout(request.timeoutMs);
    const signals = [timeout, lifetime, ...(request.signal === undefined ? [] : [request.signal])];
    try {
      return await read(request, AbortSignal.any(signals));
    } catch (error) {
      if (error instanceof DiagnosticsError) throw error;
      if (lifetime.aborted) throw stoppedError();
      request.signal?.throwIfAborted();
      if (timeout.aborted) {
        throw fail(`did not answer ${request.path} within ${request.timeoutMs / 1_000} s`, error);
      }
      throw fail(`could not be asked for ${request.path}: ${networkReason(error)}`, error);
    }
  };
}

/**
 * Once more where the connection was closed before anything of an answer came: the target may have just given up
 * one that was idle. All that targets are asked may be asked twice.
 */
async function fetchRepeated(address: URL, request: RequestInit): Promise<Response> {
  try {
    return await fetch(address, request);
  } catch (error) {
    if (!CLOSED.includes(networkReason(error))) throw error;
    return fetch(address, request);
  }
}

/** Its first line, where it is text: Go says there what is wrong. */
async function reasonOf(response: Response): Promise<string> {
  const isText = response.headers.get('content-type')?.startsWith('text/plain');
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk).toString('latin1');
    if (!isText || text.length > MAX_REASON_BYTES) break;
  }
  const [line = ''] = isText ? text.trim().split('\n') : [];
  const shown = line.replace(/[^\x20-\x7e]/g, '').slice(0, SHOWN_REASON_CHARACTERS);
  return shown === '' ? '' : `: ${shown}`;
}

/** Such as `ECONNREFUSED`; undici wraps it. */
function networkReason(error: unknown): string {
  const { cause, message } = error as Error & { cause?: NodeJS.ErrnoException };
  return cause?.code ?? cause?.message ?? message;
}
