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

/** The last sequence seen: what a reconnecting subscription passes as `after`. */
export function lastSequence(series: Series): number | null {
  return series.points.at(-1)?.sequence ?? null;
}

/**
 * True where a resumed subscription met another process that had already passed `after`: the
 * points before are there, but were not sent.
 */
export function isResumedIntoAnotherStart(
  series: Series,
  after: number | null,
  incoming: readonly PointFragment[],
): boolean {
  const first = incoming[0];
  if (first === undefined || after === null || series.instanceId === null) return false;
  return first.instanceId !== series.instanceId && first.sequence === after + 1;
}

/**
 * Adds points, each once. A new `instanceId` starts the series anew.
 * Example: 1 2 3 of A, then 3 4 of A → 1 2 3 4 of A; then 1 of B → 1 of B, with `restart` set.
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
    const last = points.at(-1);
    if (last !== undefined && point.sequence <= last.sequence) continue;
    if (last !== undefined) lostPoints += point.sequence - last.sequence - 1;
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

/** The intervals in which the process was silent or profiled, neighbours of a kind joined. */
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
