/** Where Node and a framework tell of requests, but for the two channels that each request of HTTP/1 comes by. */
import { harmless } from '../../../base/harmless.ts';

export type Channel = [name: string, listener: (message: unknown) => void];

/** What is done with what they tell. An exchange is the request of HTTP/1, or the stream of HTTP/2. */
export interface RequestEvents {
  begin(exchange: object, connection: object | undefined, method: string, url: string): void;
  /** Its headers are out. */
  hasAnswered(exchange: object): void;
  end(exchange: object): void;
  /** The exchange is the one of these two that is known. */
  hasRoute(request: object | undefined, stream: object | undefined, pattern: string): void;
}

interface StreamStart {
  stream: { session?: object };
  headers: Record<string, string | undefined>;
}

interface FastifyHandlerStart {
  request?: { raw?: { stream?: object } };
  route?: { url?: unknown };
}

export function rarerChannels({ begin, hasAnswered, end, hasRoute }: RequestEvents): Channel[] {
  const listeners: Record<string, (message: unknown) => void> = {
    'http2.server.stream.start': (message) => {
      const { stream, headers } = message as StreamStart;
      begin(stream, stream.session, headers[':method'] ?? '', headers[':path'] ?? '/');
    },
    'http2.server.stream.finish': (message) => hasAnswered((message as StreamStart).stream),
    'http2.server.stream.close': (message) => end((message as StreamStart).stream),
    'tracing:fastify.request.handler:start': (message) => {
      const { request, route } = message as FastifyHandlerStart;
      const raw = request?.raw;
      if (typeof route?.url === 'string') hasRoute(raw, raw?.stream, route.url);
    },
  };
  return Object.entries(listeners).map(([name, listener]) => [name, harmless(listener)]);
}
