/** GraphQL over HTTP: GET and POST with JSON answers, subscriptions as server-sent events. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Accepted, acceptedBy, EVENT_STREAM } from './accept.ts';
import { type Results, sendEvents } from './event-stream.ts';
import type { ServerLimits } from './limits.ts';
import type { Operations } from './operations.ts';
import { type Refusal, sendRefusal } from './refusal.ts';
import { type BodyResult, readJsonBody } from './request-body.ts';
import { apiHeaders } from './security-headers.ts';

export interface GraphqlOverHttp {
  /** Answers one request that has already been let in. */
  handle(req: IncomingMessage, res: ServerResponse): Promise<void>;
  /** Ends every open stream. */
  stop(): Promise<void>;
}

/** A GET's parameters as the body a POST would have. */
function bodyFromUrl(url: string): BodyResult {
  const params = new URL(url, 'http://localhost').searchParams;
  try {
    const variables = JSON.parse(params.get('variables') ?? 'null');
    const query = params.get('query') ?? undefined;
    const operationName = params.get('operationName') ?? undefined;
    return { body: JSON.stringify({ query, operationName, variables }) };
  } catch {
    return {
      refusal: { status: 400, code: 'BAD_REQUEST', message: 'The variables are not valid JSON.' },
    };
  }
}

const NOT_ACCEPTABLE: Refusal = {
  status: 406,
  code: 'BAD_REQUEST',
  message: 'Accept application/json for queries, text/event-stream for subscriptions.',
};

/** Answers of the execution that have no body of their own still get a clear one. */
function explain(status: number): Refusal {
  if (status === NOT_ACCEPTABLE.status) return NOT_ACCEPTABLE;
  return { status, code: 'BAD_REQUEST', message: 'The request cannot be answered.' };
}

export function createGraphqlOverHttp(
  operations: Operations,
  limits: ServerLimits,
): GraphqlOverHttp {
  const streams = new Map<ServerResponse, { end: () => void; ended: Promise<void> }>();

  /** The answer as a JSON response, or the results to send as events. */
  async function run(
    req: IncomingMessage,
    body: string,
    { json, events: acceptedEvents }: Accepted,
    { signal }: AbortController,
  ): Promise<{ response: Response; events: Results | null }> {
    let events: Results | null = null;
    const { Request } = operations.fetchAPI;
    const request = new Request('http://pprofql/graphql', {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        // One type, so that nobody else chooses again.
        accept: json ?? EVENT_STREAM,
      },
      body,
      signal,
    });
    const response = await operations.fetch(request, {
      signal,
      isReadOnly: req.method === 'GET',
      events: {
        accepted: acceptedEvents,
        take: (results) => {
          events = results;
        },
      },
    });
    return { response, events };
  }

  async function stream(results: Results, res: ServerResponse, ending: AbortController) {
    if (streams.size >= limits.eventStreams) {
      ending.abort();
      return sendRefusal(res, {
        status: 503,
        code: 'LIMIT_EXCEEDED',
        message: `Already serving ${limits.eventStreams} event streams; close one first.`,
      });
    }
    const ended = sendEvents(res, results, ending);
    streams.set(res, { end: () => ending.abort(), ended });
    await ended.finally(() => streams.delete(res));
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const ending = new AbortController();
    // Gone before its turn came: the event below would never come.
    if (res.closed) return;
    res.once('close', () => ending.abort());
    const accepted = acceptedBy(req.headers);
    // Before anything is executed whose result could not be sent.
    if (accepted.json === null && accepted.events === 'none') {
      return sendRefusal(res, NOT_ACCEPTABLE);
    }
    const read =
      req.method === 'GET'
        ? bodyFromUrl(req.url ?? '')
        : await readJsonBody(req, limits.messageBytes);
    if ('refusal' in read) return sendRefusal(res, read.refusal);
    const { response, events } = await run(req, read.body, accepted, ending);
    if (events !== null) return stream(events, res, ending);
    const text = await response.text();
    if (text === '') return sendRefusal(res, explain(response.status));
    res.writeHead(response.status, {
      ...apiHeaders(),
      'content-type': response.headers.get('content-type') ?? 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    res.end(text);
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
