/** Which incoming request the running code belongs to, and which requests are in flight. */
import { AsyncLocalStorage, executionAsyncId, executionAsyncResource } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { OwnWeakRef } from '../../base/builtins.ts';
import { harmless } from '../../base/harmless.ts';
import { wallClockMs } from '../../base/own-time.ts';
import { type Linked, RequestList } from './list.ts';
import { boundedRoute, frameworkRoute, routeOfUrl } from './route.ts';

type TellRoute = (request: object) => string | null;

/** A request as its tasks refer to it. */
export interface RequestRecord extends Linked<RequestRecord> {
  readonly id: number;
  /** Node's async id of the resource the request arrived in. */
  readonly asyncId: number;
  readonly method: string;
  readonly url: string;
  /** Where its tasks are not recorded, both times may be early by up to the time between two `keepTime`. */
  readonly startedAtMs: number;
  endedAtMs: number | null;
  /** How many requests this one stands for in the task tables; 0 where its tasks are not recorded. */
  sampleWeight: number;
  /** Set by the tracker: it has so many tasks that they are sampled one by one. */
  isLarge: boolean;
  /** Set by the tracker: some task refers to this request, so its route is worth keeping at its end. */
  hasTasks: boolean;
  /** The pattern as the program or its framework told it; null while none has. */
  pattern: string | null;
  /** Asks the program itself; null where it offers no answers. */
  readonly tellRoute: TellRoute | null;
  /**
   * The response, or the stream of HTTP/2: itself until the first sweep, weakly from then on, and
   * null at the end. Most requests end before, and a weak reference costs more than all the rest.
   */
  exchange: object | WeakRef<object> | null;
}

export interface RequestContext {
  /** The request that the code running now was started by. */
  current(): RequestRecord | undefined;
  /** Runs what is nobody's business: none of the tasks that it goes on to start is recorded. */
  leaveOut<T>(work: () => T): T;
  /** Requests that have begun and not ended; looks at each. */
  inFlight(): number;
  requests(): Iterable<RequestRecord>;
  /** Decides the `sampleWeight` of each request that begins from now on. Without it every request counts as 1. */
  sampleWith(sampleWeight: () => number): void;
  /** Ends the requests whose connection is gone. */
  sweep(): void;
  /** Reads the clock for the requests that do not; to be called several times a second. */
  keepTime(): void;
  stop(): void;
}

export interface RequestContextOptions {
  /** Requests in flight that are known at most; those beyond are served without context. @default 20_000 */
  maxRequests?: number;
  /** The program's own word for the route of a request, or null. Never throws. @default null */
  tellRoute?: TellRoute | null;
}

/** In place of a request's id: work that is nobody's business. */
export const LEFT_OUT_ID = 0;

/** The parts of Node's and the frameworks' objects that are read, all of them optional. */
interface Exchange {
  req?: object;
  socket?: { destroyed?: boolean } | null;
  writableFinished?: boolean;
  destroyed?: boolean;
  closed?: boolean;
}

interface RequestStart {
  request: { method?: string; url?: string };
  response: object;
}

interface StreamStart {
  stream: object;
  headers: Record<string, string | undefined>;
}

/** Node runs parser events in a resource that knows its socket, and `end` in a tick called with the request. */
interface ParserResource {
  socket?: { parser?: { incoming?: object | null } | null } | null;
  args?: unknown;
}

/** Node's own ticks have no more; a resource of the host's may. */
const MOST_TICK_ARGUMENTS = 4;

/**
 * Follows every incoming HTTP/1 request, and HTTP/2 streams where this Node announces them.
 * Nothing is added to the host's requests, responses or sockets.
 */
export function createRequestContext({
  maxRequests = 20_000,
  tellRoute = null,
}: RequestContextOptions = {}): RequestContext {
  const storage = new AsyncLocalStorage<RequestRecord | undefined>();
  const live = new RequestList<RequestRecord>();
  const recordsByRequest = new WeakMap<object, RequestRecord>();
  /** Those in flight are in there up to this one. */
  let lastIndexedId = 0;
  let lastId = 0;
  let sampleWeight = () => 1;
  const leftOut = { ...newRecord(null, '', '', 0, 0), id: LEFT_OUT_ID };
  /** A recent time: reading the clock twice a request would be a good part of what it costs. */
  let recentMs = wallClockMs();

  function readClock(): number {
    recentMs = wallClockMs();
    return recentMs;
  }

  function begin(exchange: object, method: string, url: string): void {
    if (live.size >= maxRequests) {
      // A kept-alive connection would otherwise go on in the context of its previous request.
      storage.enterWith(undefined);
      return;
    }
    const weight = sampleWeight();
    const startedAtMs = weight === 0 ? recentMs : readClock();
    const record = newRecord(exchange, method, url, startedAtMs, weight);
    live.add(record);
    storage.enterWith(record);
  }

  function newRecord(
    exchange: object | null,
    method: string,
    url: string,
    startedAtMs: number,
    weight: number,
  ): RequestRecord {
    return {
      id: ++lastId,
      asyncId: executionAsyncId(),
      method,
      url,
      startedAtMs,
      endedAtMs: null,
      sampleWeight: weight,
      isLarge: false,
      hasTasks: false,
      pattern: null,
      tellRoute,
      exchange,
      previous: null,
      next: null,
    };
  }

  function end(record: RequestRecord): void {
    if (!live.remove(record)) return;
    const isRecorded = record.sampleWeight > 0 || record.hasTasks;
    record.endedAtMs = isRecorded ? readClock() : recentMs;
    if (record.hasTasks) record.pattern = patternOf(record);
    record.exchange = null;
  }

  function endExchange(exchange: object): void {
    const record = storage.getStore();
    if (record === undefined) return;
    // Where a host ends a response outside its request's context, the next sweep sees it.
    if (record.exchange === exchange || exchangeOf(record) === exchange) end(record);
  }

  const listeners: Record<string, (message: unknown) => void> = {
    'http.server.request.start': (message) => {
      const { request, response } = message as RequestStart;
      begin(response, request.method ?? '', request.url ?? '/');
    },
    'http.server.response.finish': (message) => endExchange((message as RequestStart).response),
    'http2.server.stream.start': (message) => {
      const { stream, headers } = message as StreamStart;
      begin(stream, headers[':method'] ?? '', headers[':path'] ?? '/');
    },
    'http2.server.stream.close': (message) => endExchange((message as StreamStart).stream),
    'tracing:fastify.request.handler:start': (message) => {
      const record = storage.getStore();
      const url = (message as { route?: { url?: unknown } }).route?.url;
      if (record !== undefined && typeof url === 'string') record.pattern = url;
    },
  };
  const subscriptions = Object.entries(listeners).map(
    ([channel, listener]) => [channel, harmless(listener)] as const,
  );
  for (const [channel, listener] of subscriptions) subscribe(channel, listener);

  /** Parser events for later packets of a body run without the context (Node 24 and later). */
  function requestOfParser(): RequestRecord | undefined {
    const record = requestBeingParsed();
    if (record === undefined || record.endedAtMs !== null) return undefined;
    // What the listener goes on to await is then in context without this detour.
    storage.enterWith(record);
    return record;
  }

  function requestBeingParsed(): RequestRecord | undefined {
    try {
      const { socket, args } = executionAsyncResource() as ParserResource;
      const incoming = socket?.parser?.incoming;
      if (incoming) return recordOf(incoming);
      if (!Array.isArray(args) || args.length > MOST_TICK_ARGUMENTS) return undefined;
      for (const argument of args) {
        const record = recordOf(argument);
        if (record !== undefined) return record;
      }
    } catch {
      // The resource may be the host's object, whose getters may throw.
    }
    return undefined;
  }

  /** Each request is indexed once, and only where somebody looks one up: most never are. */
  function recordOf(request: unknown): RequestRecord | undefined {
    for (let record = live.last; record !== null && record.id > lastIndexedId; ) {
      const known = exchangeOf(record)?.req;
      if (known !== undefined) recordsByRequest.set(known, record);
      record = record.previous;
    }
    lastIndexedId = lastId;
    return recordsByRequest.get(request as object);
  }

  function sweep(): void {
    readClock();
    for (const record of live) {
      if (isOver(record)) end(record);
      else record.exchange = weakly(record.exchange);
    }
  }

  return {
    current: () => storage.getStore() ?? requestOfParser(),
    leaveOut: (work) => storage.run(leftOut, work),
    inFlight: () => {
      sweep();
      return live.size;
    },
    requests: () => live,
    sampleWith: (decide) => {
      sampleWeight = decide;
    },
    sweep,
    keepTime: () => void readClock(),
    stop: () => {
      for (const [channel, listener] of subscriptions) unsubscribe(channel, listener);
      storage.disable();
      for (const record of live) end(record);
    },
  };
}

/** The framework's pattern, else the path with ids replaced. */
export function routeOf(record: RequestRecord): string {
  return record.pattern ?? patternOf(record) ?? routeOfUrl(record.url);
}

function patternOf(record: RequestRecord): string | null {
  if (record.pattern !== null) return record.pattern;
  const request = exchangeOf(record)?.req;
  if (request === undefined) return null;
  // Asked anew each time: a framework may still be on its way to the last of several patterns.
  const told = record.tellRoute?.(request) ?? null;
  return told === null ? frameworkRoute(request) : boundedRoute(told);
}

function exchangeOf({ exchange }: RequestRecord): Exchange | undefined {
  return (exchange instanceof OwnWeakRef ? exchange.deref() : exchange) ?? undefined;
}

function weakly(exchange: RequestRecord['exchange']): RequestRecord['exchange'] {
  return exchange === null || exchange instanceof OwnWeakRef ? exchange : new OwnWeakRef(exchange);
}

/** A response that nothing holds any more cannot be answered: its request is over. */
function isOver(record: RequestRecord): boolean {
  const exchange = exchangeOf(record);
  if (exchange === undefined) return true;
  try {
    const { writableFinished, destroyed, closed, socket } = exchange;
    return [writableFinished, destroyed, closed, socket?.destroyed].includes(true);
  } catch {
    return false;
  }
}
