/** The requests of the program as all else of the probe knows them. */
import type { InFlightRequest } from '../../readings/requests.ts';
import type { SpanIds } from '../../readings/span.ts';
import type { Ticket } from './in-flight.ts';

/** A request as its tasks refer to it. */
export interface RequestRecord {
  readonly id: number;
  /** Counts up with tasks and requests, in the order in which they came. */
  readonly asyncId: number;
  readonly method: string;
  readonly url: string;
  readonly startedAtMs: number;
  endedAtMs: number | null;
  /** How many requests this one stands for in the task tables; 0 where its tasks are not recorded. */
  sampleWeight: number;
  /** Set by the tracker: it has so many tasks that they are sampled one by one. */
  isLarge: boolean;
  /** Set by the tracker: some task refers to this request, so its route is worth keeping at its end. */
  hasTasks: boolean;
  /** Set by the tracker: the span of OpenTelemetry that its first recorded task was made in; null for none. */
  span: SpanIds | null;
  /** The pattern as the program or its framework told it; null while none has. */
  pattern: string | null;
  /** Asks for the pattern while the request is in flight; null where nothing tells. */
  readonly findPattern: ((record: RequestRecord) => string | null) | null;
  readonly ticket: Ticket;
}

export interface RequestContext {
  /** Numbers tasks and requests, in the order in which they came. */
  nextId(): number;
  /** The request that the code running now was started by; undefined also for one that has no context. */
  current(): RequestRecord | undefined;
  /** Runs what is nobody's business: none of the tasks that it goes on to start is recorded. */
  leaveOut<T>(work: () => T): T;
  /** Requests that have begun and not ended; looks at each. */
  inFlight(): number;
  /** All of them, whether or not they have a context. */
  requests(): Iterable<RequestRecord>;
  /** The same as plain data, those that began first in front. */
  list(): InFlightRequest[];
  /** The objects of those in flight that wait for an answer, with their connections. */
  exchanges(): Iterable<{ exchange: object; connection: object }>;
  /** The id of a request in flight, by its object; null for anything else. */
  idOf(exchange: unknown): number | null;
  /** Requests that have begun since the start. */
  begun(): number;
  /** When the last one did, in milliseconds on the clock of the thread; minus infinity for none. */
  lastBegunMs(): number;
  /** Requests that began while as many were in flight as are known. */
  beyondLimit(): number;
  /** There were requests, all of the program itself, and nobody else knows of its servers. Looks at each handle. */
  isAskedByItself(): boolean;
  /**
   * Decides the `sampleWeight` of each request that begins from now on; null for one that needs no
   * context, which is a good part of what a request costs. Without it every request counts as 1.
   */
  sampleWith(sampleWeight: () => number | null): void;
  /** Gives every request that begins a context, until the returned function is called. */
  holdContexts(): () => void;
  /** Milliseconds that noting requests has taken on this thread since the start; an estimate. */
  spentMs(): number;
  /** Share of the requests lately that have one; 1 for all. */
  contextShare(): number;
  /** Ends the requests whose connection is gone. */
  sweep(): void;
  /** Compares this thread's clock with that on the wall, and reckons shares; to be called several times a second. */
  keepTime(): void;
  stop(): void;
}

export interface RequestContextOptions {
  /** Requests in flight that are known at most; those beyond are counted alone. @default 100_000 */
  maxRequests?: number;
  /** The program's own word for the route of a request, or null. Never throws. @default null */
  tellRoute?: ((request: object) => string | null) | null;
  /** Called as a request ends: answered, or without an answer. @default nothing */
  onEnd?: (request: EndedRequest) => void;
}

export interface EndedRequest {
  method: string;
  route: string;
  /** Null where its connection was lost: nobody knows when. */
  durationMs: number | null;
}

/** Channels of Node on which a request begins, in the middle of a callback. */
export const REQUEST_BEGINNINGS = ['http.server.request.start', 'http2.server.stream.start'];

/** In place of a request's id: work that is nobody's business. */
export const LEFT_OUT_ID = 0;
