/** GraphQL over HTTP: GET and POST with JSON answers, subscriptions as server-sent events. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { DiagnosticsError } from '../../base/errors.ts';
import type { ServerLimits } from '../gates/limits.ts';
import { type Refusal, refusalOf, sendRefusal } from '../gates/refusal.ts';
import { type BodyResult, readJsonBody } from '../gates/request-body.ts';
import { apiHeaders } from '../gates/security-headers.ts';
import type { Load } from '../load/load.ts';
import { type Accepted, acceptedBy, EVENT_STREAM } from './accept.ts';
import { type Results, sendEvents } from './event-stream.ts';
import type { Operations } from './operations.ts';

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
  { limits, load }: { limits: ServerLimits; load: Load },
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
    try {
      load.holdSubscription(ending.signal);
    } catch (error) {
      ending.abort();
      return refuse(res, error);
    }
    const ended = sendEvents(res, results, ending);
    streams.set(res, { end: () => ending.abort(), ended });
    await ended.finally(() => streams.delete(res));
  }

  async function handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const ending = new AbortController();
    // Gone before its turn came: the event below would never come.
    if (res.closed) return;
    const reader = load.readers.of(req, res);
    reader.whenLeft(res, () => ending.abort());
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
    const turn = { bytes: Buffer.byteLength(read.body), signal: ending.signal };
    const done = await load.turns.take(reader, turn).catch((error) => refuse(res, error));
    if (done === undefined) return;
    const { response, events } = await run(req, read.body, accepted, ending).finally(done);
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

  function refuse(res: ServerResponse, error: unknown): undefined {
    if (!(error instanceof DiagnosticsError)) throw error;
    if (!res.closed) sendRefusal(res, { ...refusalOf(error), headers: { 'retry-after': '1' } });
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
