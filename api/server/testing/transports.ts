/** Three ways to send the same operation, with one answer shape, for suites that run over all. */
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';

export interface Operation {
  query: string;
  operationName?: string;
  variables?: Record<string, unknown>;
}

export interface Answer {
  data?: Record<string, unknown> | null;
  errors?: { message: string; extensions?: Record<string, unknown>; locations?: unknown }[];
}

export interface Transport {
  name: string;
  /** Answers one after the other; leaving the loop disconnects. */
  run(url: string, operation: Operation, token?: string): AsyncGenerator<Answer>;
}

const jsonHeaders = (accept: string, token?: string): Record<string, string> => ({
  'content-type': 'application/json',
  accept,
  ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
});

export const httpPost: Transport = {
  name: 'HTTP',
  async *run(url, operation, token) {
    const headers = jsonHeaders('application/json', token);
    const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(operation) });
    yield (await response.json()) as Answer;
  },
};

export const eventStream: Transport = {
  name: 'server-sent events',
  async *run(url, operation, token) {
    const leaving = new AbortController();
    const response = await fetch(url, {
      method: 'POST',
      headers: jsonHeaders('text/event-stream', token),
      body: JSON.stringify(operation),
      signal: leaving.signal,
    });
    try {
      if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
        yield (await response.json()) as Answer;
        return;
      }
      let text = '';
      for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
        const events = (text + chunk).split('\n\n');
        text = events.pop()!;
        for (const event of events) {
          const data = /^event: next\ndata: (.*)$/m.exec(event)?.[1];
          if (data !== undefined) yield JSON.parse(data) as Answer;
        }
      }
    } finally {
      leaving.abort();
    }
  },
};

/** A connection that the server refused says why in its close reason: `CODE: message`. */
function refusedAnswer(event: { code?: number; reason?: string }): Answer {
  const [, code, message] = /^(\w+): (.*)$/.exec(event.reason ?? '') ?? [];
  if (code === undefined) throw new Error(`closed with ${event.code} ${event.reason}`);
  return { errors: [{ message: message!, extensions: { code } }] };
}

export const webSocket: Transport = {
  name: 'WebSocket',
  async *run(url, operation, token) {
    const client = createClient({
      url: url.replace(/^http/, 'ws'),
      webSocketImpl: WebSocket,
      retryAttempts: 0,
      connectionParams: token === undefined ? {} : { token },
    });
    try {
      for await (const answer of client.iterate(operation)) yield answer as Answer;
    } catch (error) {
      yield Array.isArray(error) ? { errors: error } : refusedAnswer(error as { reason?: string });
    } finally {
      await client.dispose();
    }
  },
};

export const ALL_TRANSPORTS = [httpPost, eventStream, webSocket];
export const STREAMING_TRANSPORTS = [eventStream, webSocket];

/** The only answer of a query. */
export async function ask(
  transport: Transport,
  url: string,
  operation: Operation | string,
  token?: string,
): Promise<Answer> {
  const whole = typeof operation === 'string' ? { query: operation } : operation;
  for await (const answer of transport.run(url, whole, token)) return answer;
  throw new Error(`${transport.name} gave no answer`);
}
