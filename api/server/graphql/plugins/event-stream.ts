/** Results as server-sent events, in the "distinct connections" form of graphql-sse. */
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ExecutionResult } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { EVENT_STREAM } from '../accept.ts';
import { formatResult, type HttpError } from '../operation-errors.ts';
import type { OperationRequest } from '../operation-request.ts';
import { COMPLETE_EVENT, nextEvent } from './event-text.ts';

type Results = ExecutionResult | AsyncIterable<ExecutionResult>;

/** Often enough for proxies that drop connections after half a minute of silence. */
const PING_INTERVAL_MS = 12_000;
const COMMENT = ':\n\n';
const FIRST_SERVER_ERROR = 500;

/**
 * In the place of yoga's, whose timer would keep a finished program alive, and which fails outside of
 * any promise where the reader leaves before the first event.
 */
export function eventStream(): Plugin<object, OperationRequest> {
  return {
    onResultProcess({ result, serverContext: { http }, setResultProcessor }) {
      if (http === undefined || http.events === 'none') return;
      if (http.events === 'subscriptions' && !(Symbol.asyncIterator in result)) return;
      setResultProcessor((given, { Response }) => {
        const results = given as Results;
        const { status, headers } = refusalOf(results);
        // Its type does not know that streams of Node are taken.
        return new Response(Readable.from(eventsOf(results)) as never, {
          status,
          headers: { ...headers, 'content-type': `${EVENT_STREAM}; charset=utf-8` },
        });
      }, EVENT_STREAM);
    },
  };
}

/** Who is refused for want of room is told by the status too, as by the gates; an operation that is wrong is not. */
function refusalOf(results: Results): HttpError {
  const errors = 'errors' in results ? (results.errors ?? []) : [];
  const https = errors.map(({ extensions }) => (extensions.http ?? {}) as HttpError);
  return https.find(({ status = 0 }) => status >= FIRST_SERVER_ERROR) ?? {};
}

async function* eventsOf(results: Results): AsyncGenerator<string> {
  // Some browsers show nothing of a response before its first byte.
  yield COMMENT;
  for await (const result of Symbol.asyncIterator in results ? results : [results]) {
    yield nextEvent(formatResult(result));
  }
  yield COMPLETE_EVENT;
}

/** The next event is made only when the reader has taken the last; rejects when it leaves. */
export async function sendEvents(res: ServerResponse, events: Readable): Promise<void> {
  const pings = setInterval(() => {
    if (!res.writableNeedDrain) res.write(COMMENT);
  }, PING_INTERVAL_MS);
  pings.unref();
  await pipeline(events, res).finally(() => clearInterval(pings));
}
