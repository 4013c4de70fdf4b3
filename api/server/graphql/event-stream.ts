/** Results as server-sent events, in the "distinct connections" form of graphql-sse. */
import type { ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { apiHeaders } from '../gates/security-headers.ts';
import { EVENT_STREAM } from './accept.ts';
import { COMPLETE_EVENT, nextEvent } from './event-text.ts';
import { formatResult } from './operation-errors.ts';

export type Results = ExecutionResult | AsyncIterable<ExecutionResult>;

/** Often enough for proxies that drop connections after half a minute of silence. */
const PING_INTERVAL_MS = 12_000;
const COMMENT = ':\n\n';

/**
 * Sends every result, the next one asked for only when the reader has taken the last. `ending`
 * must fire when the response closes: it ends the source, and with it this call.
 */
export async function sendEvents(
  res: ServerResponse,
  results: Results,
  ending: AbortController,
): Promise<void> {
  res.writeHead(200, { ...apiHeaders(), 'content-type': `${EVENT_STREAM}; charset=utf-8` });
  // Some browsers show nothing of a response before its first byte.
  res.write(COMMENT);
  const pings = setInterval(() => {
    if (!res.writableNeedDrain) res.write(COMMENT);
  }, PING_INTERVAL_MS);
  pings.unref();
  try {
    for await (const result of toIterable(results)) {
      if (res.closed) break;
      if (!res.write(nextEvent(formatResult(result)))) await drained(res);
    }
    res.write(COMPLETE_EVENT);
  } finally {
    clearInterval(pings);
    ending.abort();
    res.end();
  }
}

async function* toIterable(results: Results): AsyncGenerator<ExecutionResult> {
  if (Symbol.asyncIterator in results) yield* results;
  else yield results;
}

function drained(res: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      res.off('drain', settle);
      res.off('close', settle);
      resolve();
    };
    res.once('drain', settle);
    res.once('close', settle);
  });
}
