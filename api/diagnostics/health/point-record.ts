/** The points that health is judged by: of a longer time than the history keeps, but not all of them. */
import type { PointEvidence } from '../../health/evidence/evidence.ts';
import type { HistoryPoint } from '../history/point.ts';

/** Longer than any detector looks back. */
const LOOK_BACK_MS = 6 * 60_000;
/** Of this time every point is kept that is not too near to the one before. */
const RECENT_MS = 60_000;
const RECENT_DISTANCE_MS = 100;
/** Of the time before, points at this distance tell the trend. */
const OLDER_DISTANCE_MS = 2_000;

export interface PointRecord {
  /** Takes what is new in the history. @returns what is kept, of the latest start, oldest first */
  note(history: readonly HistoryPoint[]): readonly PointEvidence[];
}

/** However short the interval is, some hundred points are kept of the older time. */
export function createPointRecord(): PointRecord {
  let older: HistoryPoint[] = [];
  let recent: HistoryPoint[] = [];

  function add(point: HistoryPoint): void {
    if (recent.at(-1)?.instanceId !== point.instanceId) {
      older = [];
      recent = [];
    }
    const { timestampMs } = point;
    const before = recent.at(-2)?.timestampMs ?? Number.NEGATIVE_INFINITY;
    if (timestampMs - before < RECENT_DISTANCE_MS) recent.pop();
    recent.push(point);
    const firstRecent = recent.findIndex((each) => each.timestampMs >= timestampMs - RECENT_MS);
    for (const aged of recent.splice(0, firstRecent)) {
      const lastMs = older.at(-1)?.timestampMs ?? Number.NEGATIVE_INFINITY;
      if (aged.timestampMs - lastMs >= OLDER_DISTANCE_MS) older.push(aged);
    }
    const firstKept = older.findIndex((each) => each.timestampMs >= timestampMs - LOOK_BACK_MS);
    older.splice(0, firstKept === -1 ? older.length : firstKept);
  }

  return {
    note(history) {
      const newestMs = recent.at(-1)?.timestampMs ?? Number.NEGATIVE_INFINITY;
      const firstNew = history.findLastIndex(({ timestampMs }) => timestampMs <= newestMs) + 1;
      for (const point of history.slice(firstNew)) add(point);
      return [...older, ...recent];
    },
  };
}
