/** Requests in flight, and what routes have served. */
import type { SpanIds } from './span.ts';
import type { StackFrame } from './tasks.ts';

/**
 * How far a request is: its body is still arriving, it waits for its answer, parts of its answer are
 * out, or its answer has to wait for those of earlier requests of its connection.
 */
export type RequestState = 'receiving' | 'handling' | 'responding' | 'queued';

export interface InFlightRequest {
  /** As in `RequestReading`. */
  id: number;
  method: string;
  /** The framework's route pattern where it is known, else the path with ids replaced. */
  route: string;
  startedAtMs: number;
  ageMs: number;
  state: RequestState;
  /** In which its first recorded task was made; absent where none is known. */
  span?: SpanIds;
}

export interface RequestsReading {
  takenAtMs: number;
  /** Those that began first, as many as were asked for. */
  requests: InFlightRequest[];
  /** All that are in flight. */
  total: number;
  /** Requests since the start that began while as many were in flight as are known. */
  beyondLimit: number;
}

export interface RouteFigures {
  /** Requests that have ended. */
  count: number;
  /** Milliseconds of those that were answered, all together. */
  answeredMs: number;
  /** Of those that were answered; null before the first. */
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  maxMs: number | null;
}

/** A place where requests in flight were seen waiting. */
export interface WaitReading {
  /** Milliseconds that requests stood here, estimated from looks. */
  ms: number;
  /** Requests that were seen here. */
  samples: number;
}

export interface RouteReading extends RouteFigures {
  /** By method and route, as in `GET /users/:id`. */
  route: string;
  inFlight: number;
  /** How long those have been so far, all together. */
  inFlightMs: number;
  /** How long the thread worked for it since the start, an estimate; null where nothing was measured. */
  cpuMs: number | null;
  waits: WaitReading[];
}

export interface RoutesReading {
  takenAtMs: number;
  routes: RouteReading[];
  /** One for each of the waits, in their order; empty where the place is not known. */
  stacks: StackFrame[][];
}

/** A worker thread that was made in a request. */
export interface WorkerOrigin {
  /** Node's `threadId`. */
  threadId: number;
  /** With the method, as in `GET /users/:id`. */
  route: string;
}
