/** The metrics of one process start, as far as this page has seen them. Pure. */
import type { PointFragment } from '../../generated/graphql.ts';

export interface Point extends Omit<PointFragment, 'timestamp'> {
  timeMs: number;
}

/** A process that was restarted while the page was open. */
export interface Restart {
  atMs: number;
  previousInstanceId: string;
}

export interface Series {
  /** Null before the first point. */
  instanceId: string | null;
  /** Oldest first, one process start only. */
  points: readonly Point[];
  /** The latest restart seen by this page; null for none. */
  restart: Restart | null;
  /** Points that the server no longer had when this page asked for them. */
  lostPoints: number;
}

export const EMPTY_SERIES: Series = { instanceId: null, points: [], restart: null, lostPoints: 0 };

/** A day at the default interval; a chart draws this many without effort. */
const MAX_POINTS = 8_640;

/**
 * Adds points as they come, which is each once. A new `instanceId` starts the series anew.
 * Example: 1 2 3 of A, then 4 of A → 1 2 3 4 of A; then 1 of B → 1 of B, with `restart` set.
 */
export function addPoints(series: Series, incoming: readonly PointFragment[]): Series {
  let { instanceId, restart, lostPoints } = series;
  let points = [...series.points];
  for (const received of incoming) {
    const point = toPoint(received);
    if (point.instanceId !== instanceId) {
      if (instanceId !== null) restart = { atMs: point.timeMs, previousInstanceId: instanceId };
      instanceId = point.instanceId;
      points = [];
      lostPoints = 0;
    }
    if (points.length > 0) lostPoints += point.droppedBefore;
    points.push(point);
  }
  return { instanceId, restart, lostPoints, points: points.slice(-MAX_POINTS) };
}

function toPoint({ timestamp, ...figures }: PointFragment): Point {
  return { ...figures, timeMs: Date.parse(timestamp) };
}

/** A stretch of time that deserves a mark in every chart. */
export interface Band {
  fromMs: number;
  toMs: number;
  /** `silent`: the observed thread did not answer. `profiled`: a CPU profile was taken. */
  kind: 'silent' | 'profiled';
}

/** The intervals in which the process was silent or profiled, neighbors of a kind joined. */
export function bandsOf(points: readonly Point[]): Band[] {
  const bands: Band[] = [];
  for (const [index, point] of points.entries()) {
    const kind = kindOf(point);
    if (kind === null) continue;
    const fromMs = points[index - 1]?.timeMs ?? point.timeMs;
    const previous = bands.at(-1);
    if (previous?.kind === kind && previous.toMs === fromMs) previous.toMs = point.timeMs;
    else bands.push({ fromMs, toMs: point.timeMs, kind });
  }
  return bands;
}

function kindOf(point: Point): Band['kind'] | null {
  if (!point.responding) return 'silent';
  return point.profiling ? 'profiled' : null;
}
