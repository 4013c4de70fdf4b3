/** Which incoming request the running code belongs to, and which requests are in flight. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { math } from '../../../base/numbers/math.ts';
import { threadClockMs, wallClockMs } from '../../../base/own-time.ts';
import { createWorkMeter } from '../../overhead/work-meter.ts';
import type { InFlightRequest } from '../../readings/requests.ts';
import { boundedRoute, frameworkRoute, routeOfUrl } from '../routes/names/route.ts';
import { requestBeingParsed } from './being-parsed.ts';
import {
  type Http1Socket,
  isConnectionOver,
  requestOnSocket,
  stateOfRequest,
} from './connection.ts';
import { InFlightRequests, type Ticket, weakly } from './in-flight.ts';
import { type Channel, rarerChannels } from './rarer-channels.ts';
import { createSelfAsking } from './self-asking.ts';
import { createStamp } from './stamp.ts';
import {
  LEFT_OUT_ID,
  type RequestContext,
  type RequestContextOptions,
  type RequestRecord,
} from './types.ts';

interface RequestStart {
  request: { method?: string; url?: string };
  socket: object;
}

/** Of noting that a request begins, or ends. Measured on Node 26 on two servers: 1 to 2.5 us. */
const INITIAL_WORK_MS = 0.001_5;
/** How much of the share of a new stretch goes into the running mean. */
const SHARE_SMOOTHING = 0.05;

/**
 * Follows every incoming HTTP/1 request, and HTTP/2 streams where this Node announces them. What is
 * put on the host's requests and connections is a number that nothing but this sees.
 */
export function createRequestContext({
  maxRequests = 100_000,
  tellRoute = null,
  onEnd = () => {},
}: RequestContextOptions = {}): RequestContext {
  const storage = new AsyncLocalStorage<RequestRecord | undefined>();
  const live = new InFlightRequests<RequestRecord>(maxRequests);
  /** On the request of HTTP/1, the stream of HTTP/2. */
  const tickets = createStamp<Ticket>();
  const connections = createStamp<WeakRef<object>>();
  /** Odd, for each request comes by twice. */
  const work = createWorkMeter({ timedOneIn: 65, initialMs: INITIAL_WORK_MS });
  const selfAsking = createSelfAsking();
  let sampleWeight: () => number | null = () => 1;
  let beyondLimit = 0;
  let lastId = 0;
  const nextId = () => ++lastId;
  /** How many want each request to have a context. */
  let holders = 0;
  let begun = 0;
  let lastBegunMs = Number.NEGATIVE_INFINITY;
  let begunAtShare = 0;
  /** Contexts, since the share was last reckoned. */
  let given = 0;
  let contextShare = 1;
  /** As long as nobody was given a context, none has to be taken away. */
  let hasContexts = false;
  /** What this thread's clock has to be added to. */
  let wallClockOffsetMs = wallClockMs() - threadClockMs();
  const leftOut: RequestRecord = { ...viewOf(-1, 0), id: LEFT_OUT_ID };

  function begin(
    exchange: object,
    connection: object | undefined,
    method: string,
    url: string,
  ): void {
    lastBegunMs = threadClockMs();
    const ticket = live.add({
      method,
      url,
      startedAtMs: lastBegunMs,
      asyncId: nextId(),
      connection: connection === undefined ? null : connectionRef(connection),
    });
    if (ticket === null) beyondLimit += 1;
    else tickets.set(exchange, ticket);
    begun += 1;
    selfAsking.note(connection);
    const weight = ticket === null ? null : (sampleWeight() ?? (holders > 0 ? 0 : null));
    if (ticket === null || weight === null) {
      // A kept-alive connection would otherwise go on in the context of its previous request.
      if (hasContexts && storage.getStore() !== undefined) storage.enterWith(undefined);
      return;
    }
    given += 1;
    const record = viewOf(ticket, weight);
    live.setNote(ticket, record);
    hasContexts = true;
    storage.enterWith(record);
  }

  function connectionRef(connection: object): WeakRef<object> {
    const known = connections.get(connection);
    if (known !== undefined) return known;
    const reference = weakly(connection);
    connections.set(connection, reference);
    return reference;
  }

  function viewOf(ticket: Ticket, weight: number): RequestRecord {
    const isKnown = live.has(ticket);
    return {
      id: isKnown ? live.id(ticket) : 0,
      asyncId: isKnown ? live.asyncId(ticket) : 0,
      method: isKnown ? live.method(ticket) : '',
      url: isKnown ? live.url(ticket) : '',
      startedAtMs: isKnown ? math.floor(live.startedAtMs(ticket) + wallClockOffsetMs) : 0,
      endedAtMs: null,
      sampleWeight: weight,
      isLarge: false,
      hasTasks: false,
      span: null,
      pattern: null,
      findPattern,
      ticket,
    };
  }

  /** @param request The request itself, where it is at hand. */
  function end(ticket: Ticket, request: object | undefined, isAnswered: boolean): void {
    if (!live.has(ticket)) return;
    const nowMs = threadClockMs();
    const durationMs = isAnswered ? nowMs - live.startedAtMs(ticket) : null;
    const method = live.method(ticket);
    const pattern = patternOf(ticket, request ?? requestOf(ticket));
    const url = live.url(ticket);
    const record = live.note(ticket);
    live.remove(ticket);
    if (record !== null) {
      // The wall clock tells whole milliseconds: what is noted after the end must not be before it.
      record.endedAtMs = math.ceil(nowMs + wallClockOffsetMs);
      if (record.hasTasks) record.pattern = pattern;
    }
    onEnd({ method, route: pattern ?? routeOfUrl(url), durationMs });
  }

  function endExchange(exchange: object, request?: object): void {
    const ticket = tickets.get(exchange);
    if (ticket !== undefined) end(ticket, request, true);
  }

  // The two that each request comes by; on their own, so that V8 compiles them as one.
  function onRequestStart(message: unknown): void {
    try {
      const startedAtMs = work.begin();
      const { request, socket } = message as RequestStart;
      begin(request, socket, request.method ?? '', request.url ?? '/');
      work.end(startedAtMs);
    } catch {
      // The program goes on as if nothing had been called.
    }
  }

  function onResponseFinish(message: unknown): void {
    try {
      const startedAtMs = work.begin();
      const { request } = message as RequestStart;
      endExchange(request, request);
      work.end(startedAtMs);
    } catch {
      // As above.
    }
  }

  const channels: Channel[] = [
    ['http.server.request.start', onRequestStart],
    ['http.server.response.finish', onResponseFinish],
    ...rarerChannels({
      begin,
      end: endExchange,
      hasAnswered(exchange) {
        const ticket = tickets.get(exchange);
        if (live.has(ticket)) live.setAnswering(ticket);
      },
      hasRoute(request, stream, pattern) {
        const ticket = tickets.get(request) ?? tickets.get(stream);
        if (live.has(ticket)) live.setPattern(ticket, pattern);
      },
    }),
  ];
  for (const [channel, listener] of channels) subscribe(channel, listener);

  /** Parser events for later packets of a body run without the context (Node 24 and later). */
  function requestOfParser(): RequestRecord | undefined {
    const record = hasContexts ? requestBeingParsed(recordOf) : undefined;
    if (record === undefined || record.endedAtMs !== null) return undefined;
    // What the listener goes on to await is then in context without this detour.
    storage.enterWith(record);
    return record;
  }

  function recordOf(request: unknown): RequestRecord | undefined {
    const ticket = tickets.get(request);
    return live.has(ticket) ? (live.note(ticket) ?? undefined) : undefined;
  }

  /** The request itself, if it is the one that its connection is busy with. */
  function requestOf(ticket: Ticket): object | undefined {
    const socket = live.connection(ticket) as Http1Socket | undefined;
    return socket && requestOnSocket(socket, (request) => tickets.get(request) === ticket);
  }

  function patternOf(ticket: Ticket, request: object | undefined): string | null {
    const known = live.pattern(ticket);
    if (known !== null || request === undefined) return known;
    // Asked anew each time: a framework may still be on its way to the last of several patterns.
    const told = tellRoute?.(request) ?? null;
    return told === null ? frameworkRoute(request) : boundedRoute(told);
  }

  function findPattern({ ticket }: RequestRecord): string | null {
    return live.has(ticket) ? patternOf(ticket, requestOf(ticket)) : null;
  }

  function sweep(): void {
    keepTime();
    for (const ticket of live) {
      if (live.hasConnection(ticket) && isConnectionOver(live.connection(ticket))) {
        end(ticket, undefined, false);
      }
    }
  }

  function keepTime(): void {
    wallClockOffsetMs = wallClockMs() - threadClockMs();
    if (begun === begunAtShare) return;
    contextShare += SHARE_SMOOTHING * (given / (begun - begunAtShare) - contextShare);
    begunAtShare = begun;
    given = 0;
  }

  function* requests(): Generator<RequestRecord> {
    for (const ticket of live) yield live.note(ticket) ?? viewOf(ticket, 0);
  }

  function* exchanges(): Generator<{ exchange: object; connection: object }> {
    for (const ticket of live) {
      const connection = live.connection(ticket);
      const exchange = requestOf(ticket);
      if (connection === undefined || exchange === undefined || live.isAnswering(ticket)) continue;
      yield { exchange, connection };
    }
  }

  function listed(ticket: Ticket, nowMs: number): InFlightRequest {
    const connection = live.connection(ticket) as Http1Socket | undefined;
    const startedAtMs = live.startedAtMs(ticket);
    const span = live.note(ticket)?.span;
    return {
      id: live.id(ticket),
      method: live.method(ticket),
      route: patternOf(ticket, requestOf(ticket)) ?? routeOfUrl(live.url(ticket)),
      startedAtMs: math.floor(startedAtMs + wallClockOffsetMs),
      ageMs: nowMs - startedAtMs,
      ...(span && { span }),
      state: live.isAnswering(ticket)
        ? 'responding'
        : stateOfRequest(connection, (request) => tickets.get(request) === ticket),
    };
  }

  return {
    nextId,
    current: () => storage.getStore() ?? requestOfParser(),
    leaveOut: (work) => {
      hasContexts = true;
      return storage.run(leftOut, work);
    },
    inFlight: () => {
      sweep();
      return live.size;
    },
    requests: () => ({ [Symbol.iterator]: requests }),
    list: () => {
      sweep();
      const nowMs = threadClockMs();
      return [...live]
        .sort((a, b) => live.startedAtMs(a) - live.startedAtMs(b) || live.id(a) - live.id(b))
        .map((ticket) => listed(ticket, nowMs));
    },
    exchanges: () => ({ [Symbol.iterator]: exchanges }),
    idOf: (exchange) => {
      const ticket = tickets.get(exchange);
      return live.has(ticket) ? live.id(ticket) : null;
    },
    begun: () => begun,
    lastBegunMs: () => lastBegunMs,
    beyondLimit: () => beyondLimit,
    isAskedByItself: selfAsking.isAlone,
    sampleWith: (decide) => {
      sampleWeight = decide;
    },
    holdContexts: () => {
      holders += 1;
      let isHeld = true;
      return () => {
        if (isHeld) holders -= 1;
        isHeld = false;
      };
    },
    spentMs: work.totalMs,
    contextShare: () => contextShare,
    sweep,
    keepTime,
    stop: () => {
      for (const [channel, listener] of channels) unsubscribe(channel, listener);
      storage.disable();
      for (const ticket of live) {
        const record = live.note(ticket);
        if (record !== null) record.endedAtMs = wallClockMs();
        live.remove(ticket);
      }
    },
  };
}

/** The framework's pattern, else the path with ids replaced. */
export function routeOf(record: RequestRecord): string {
  return record.pattern ?? record.findPattern?.(record) ?? routeOfUrl(record.url);
}
