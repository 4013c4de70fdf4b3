/** GraphQL over HTTP: hands a request to yoga, and sends what it answers at the pace of the reader. */
import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import type { ServerLimits } from '../gates/limits.ts';
import { type Refusal, sendRefusal } from '../gates/refusal.ts';
import { type BodyResult, readTextBody } from '../gates/request-body.ts';
import { apiHeaders } from '../gates/security-headers.ts';
import type { Load } from '../load/load.ts';
import { acceptedBy, EVENT_STREAM } from './accept.ts';
import type { Operations } from './operations.ts';
import { sendEvents } from './plugins/event-stream.ts';

export interface GraphqlOverHttp {
  /** Answers one request that has already been let in. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Ends every open stream. */
  stop(): Promise<void>;
}

const NOT_ACCEPTABLE: Refusal = {
  status: 406,
  code: 'BAD_REQUEST',
  message: 'Accept application/json for queries, text/event-stream for subscriptions.',
};

const NOT_UNDERSTOOD: Refusal = {
  status: 415,
  code: 'BAD_REQUEST',
  message: 'Only application/json is understood.',
  // The body is not read, so the connection cannot be used again.
  headers: { connection: 'close' },
};

/** Yoga takes forms too, which any page may send without asking, and bare documents, which nobody needs. */
const JSON_TYPE = /^application\/(graphql\+)?json\s*(;|$)/i;

async function readBody(
  req: IncomingMessage,
  limitBytes: number,
): Promise<BodyResult | { body?: undefined }> {
  if (req.method === 'GET') return {};
  if (!JSON_TYPE.test(req.headers['content-type'] ?? '')) return { refusal: NOT_UNDERSTOOD };
  return readTextBody(req, limitBytes);
}

/** Ours replace those of the same name, which yoga writes in either case. */
function headersOf({ headers }: Response): OutgoingHttpHeaders {
  const theirs = [...headers].map(([name, value]) => [name.toLowerCase(), value]);
  return { ...Object.fromEntries(theirs), ...apiHeaders() };
}

export function createGraphqlOverHttp(
  operations: Operations,
  { limits, load }: { limits: ServerLimits; load: Load },
): GraphqlOverHttp {
  const streams = new Map<ServerResponse, { end: () => void; ended: Promise<void> }>();

  /** With one type to accept, so that nobody else chooses again, and one path wherever we are mounted. */
  function requestOf({ method, url }: IncomingMessage, given: { body?: string; accept: string }) {
    const { Request, URL } = operations.fetchAPI;
    const target = new URL('http://pprofql/graphql');
    target.search = new URL(url ?? '', target).search;
    const headers = { accept: given.accept, 'content-type': 'application/json' };
    return new Request(target, { method, headers, body: given.body });
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const ending = new AbortController();
    // Gone before its turn came: the event below would never come.
    if (res.closed) return;
    const reader = load.readers.of(req, res);
    reader.whenLeft(res, () => ending.abort());
    const { json, events } = acceptedBy(req.headers);
    // Before anything is executed whose result could not be sent.
    if (json === null && events === 'none') return sendRefusal(res, NOT_ACCEPTABLE);
    const read = await readBody(req, limits.messageBytes);
    if ('refusal' in read) return sendRefusal(res, read.refusal);
    const request = requestOf(req, { body: read.body, accept: json ?? EVENT_STREAM });
    const context = { signal: ending.signal, http: { reader, events } };
    const response = await operations.fetch(request, context);
    if (response.headers.get('content-type')?.startsWith(EVENT_STREAM)) {
      return stream(res, response, ending);
    }
    res.writeHead(response.status, headersOf(response));
    res.end(await response.text());
  }

  async function stream(res: ServerResponse, response: Response, ending: AbortController) {
    const events = Readable.from(response.body as unknown as AsyncIterable<Uint8Array>);
    // Not told of by the response itself where it is behind another one.
    load.readers.of(res.req, res).whenLeft(res, () => events.destroy());
    res.writeHead(response.status, headersOf(response));
    const ended = sendEvents(res, events);
    streams.set(res, { end: () => ending.abort(), ended });
    await ended.finally(() => {
      streams.delete(res);
      ending.abort();
    });
  }

  return {
    handle,
    async stop() {
      const open = [...streams];
      for (const [res, { end }] of open) {
        end();
        // A reader that has stalled would never take the end of its stream.
        if (res.writableNeedDrain) res.destroy();
      }
      await Promise.allSettled(open.map(([, { ended }]) => ended));
    },
  };
}
