/** Results as server-sent events, in the "distinct connections" form of graphql-sse. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ExecutionResult } from 'graphql';
import { formatResult } from './operation-errors.ts';
import { apiHeaders } from './security-headers.ts';

export type Results = ExecutionResult | AsyncIterable<ExecutionResult>;

/** Often enough for proxies that drop connections after half a minute of silence. */
const PING_INTERVAL_MS = 12_000;
const COMMENT = ':\n\n';

/** Whether the client asks for events, whatever the operation, or takes them for a subscription. */
export function eventPreference({
  headers,
}: IncomingMessage): 'always' | 'subscriptions' | 'never' {
  const accept = headers.accept ?? '*/*';
  if (/\btext\/event-stream\b/i.test(accept)) return 'always';
  return /\*\/\*|\btext\/\*/.test(accept) ? 'subscriptions' : 'never';
}

/**
 * Sends every result, the next one asked for only when the reader has taken the last. `ending`
 * must fire when the response closes: it ends the source, and with it this call.
 */
export async function sendEvents(
  res: ServerResponse,
  results: Results,
  ending: AbortController,
): Promise<void> {
  res.writeHead(200, { ...apiHeaders(), 'content-type': 'text/event-stream; charset=utf-8' });
  // Some browsers show nothing of a response before its first byte.
  res.write(COMMENT);
  const pings = setInterval(() => {
    if (!res.writableNeedDrain) res.write(COMMENT);
  }, PING_INTERVAL_MS);
  pings.unref();
  try {
    for await (const result of toIterable(results)) {
      if (res.closed) break;
      const event = `event: next\ndata: ${JSON.stringify(formatResult(result))}\n\n`;
      if (!res.write(event)) await drained(res);
    }
    res.write('event: complete\ndata:\n\n');
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
