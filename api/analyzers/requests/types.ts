/** Requests and routes as the analyzers answer them. */
import type { SpanIds } from '../../probe/readings/span.ts';
import type { Frame } from '../../profile/profile.ts';

export interface RequestRow {
  /** Unique in one run of the program, and the request's own for as long as it is in flight. */
  key: string;
  method: string;
  /** Without the method. */
  route: string;
  ageMs: number;
  state: string;
  /** Of OpenTelemetry; absent where none is known. */
  span?: SpanIds;
  /** The first line of the program's own code in `frames`; null where none is known. */
  waitsAt: Frame | null;
  /** Innermost first; empty where it is not known. */
  frames: readonly Frame[];
}

export interface RequestTable {
  /** Slowest first. */
  rows: RequestRow[];
  /** All that are in flight; there may be more than rows. */
  total: number;
  /** Of these, how many it is known of where they wait. */
  placeKnown: number;
  /** Since the start: they were not listed, since too many were in flight. Null where it is not told. */
  beyondLimit: number | null;
}

export type RouteWaitKind = 'CPU' | 'WAIT' | 'UNKNOWN';

export interface RouteWait {
  kind: RouteWaitKind;
  /** The first line of the program's own code; null for `CPU` and `UNKNOWN`. */
  place: Frame | null;
  frames: readonly Frame[];
  /** 0 to 1. */
  share: number;
  /** Requests that were seen here. */
  samples: number;
}

export interface RouteRow {
  /** As in `GET /users/:id`. */
  route: string;
  count: number;
  inFlight: number;
  p50Ms: number | null;
  p95Ms: number | null;
  p99Ms: number | null;
  maxMs: number | null;
  /** Where its time goes, most first; empty where nothing was seen yet. */
  waits: RouteWait[];
}
