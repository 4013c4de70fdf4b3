/** What is known of a target without reading anything of it anew, for those who ask again and again. */
import type { Figures } from '../../analyzers/figures.ts';
import type { Health } from '../../health/finding.ts';
import type { RouteFigures } from '../../probe/readings/requests.ts';
import type { HistoryPoint } from '../history/point.ts';
import type { ProcessFacts } from '../process-facts.ts';

/** As they were last read, whoever asked for it. */
export interface KnownTaskTotals {
  readAtMs: number;
  potentiallyStuck: number;
  /** Alive although their request has ended. */
  outlivedRequest: number;
}

export interface StallTotals {
  /** Since the diagnostics began, with the one that lasts. */
  count: number;
  ms: number;
}

/** A route, and what it has served. */
export interface KnownRoute
  extends Pick<RouteFigures, 'count' | 'answeredMs' | 'p50Ms' | 'p95Ms' | 'p99Ms'> {
  route: string;
}

export interface MetricsSnapshot {
  /** As last read; null before, and where a target does not answer. */
  figures: Figures | null;
  /** Null where it is not known. */
  process: ProcessFacts | null;
  /** Points of the history, oldest first. */
  points: readonly HistoryPoint[];
  /** As last judged; null where nobody has. */
  health: Health | null;
  /** Null before the first read. */
  tasks: KnownTaskTotals | null;
  /** Null where the loop is not watched. */
  stalls: StallTotals | null;
  /** 0 while the loop turns; null where it is not watched. */
  blockedForMs: number | null;
  /** Pauses of collections since the diagnostics began; null where they are not told. */
  gcPauseMs: number | null;
  /** Requests that have ended since the start; null where they are not observed. */
  requestsServed: number | null;
  /** Empty where they are not known. */
  routes: readonly KnownRoute[];
}
