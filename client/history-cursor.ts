/** Where a reader of the metrics history stands, and what a new event means from there. */
import type { HistoryPointFragment } from './generated/graphql.ts';

export type HistoryPoint = HistoryPointFragment;

/** The last point received. */
export interface HistoryCursor {
  sequence: number;
  /** Null where the caller knew only the sequence: taken for the process that answers. */
  instanceId: string | null;
}

function isSameInstance(cursor: HistoryCursor, point: HistoryPoint): boolean {
  return cursor.instanceId === null || cursor.instanceId === point.instanceId;
}

/**
 * True where a restarted process took the sequence of its predecessor for one of its own: it is
 * past it already, so it left out the beginning of its window. After point 29 of the old process,
 * point 30 of a new one says that; point 1 does not.
 */
export function isMisplacedResume(cursor: HistoryCursor | null, point: HistoryPoint): boolean {
  return cursor !== null && !isSameInstance(cursor, point) && point.sequence > cursor.sequence;
}

export function isSeen(cursor: HistoryCursor | null, point: HistoryPoint): boolean {
  return cursor !== null && isSameInstance(cursor, point) && point.sequence <= cursor.sequence;
}

/** The point with its loss: what the server says is missing before it, or what the sequences show. */
export function countLoss(cursor: HistoryCursor | null, point: HistoryPoint): HistoryPoint {
  if (cursor === null || !isSameInstance(cursor, point)) return point;
  const missing = point.sequence - cursor.sequence - 1;
  return { ...point, droppedBefore: Math.max(point.droppedBefore, missing) };
}

/** The point that follows one given up, with that loss added to its own. */
export function inheritLoss(dropped: HistoryPoint, following: HistoryPoint): HistoryPoint {
  const droppedBefore = following.droppedBefore + dropped.droppedBefore + 1;
  return { ...following, droppedBefore };
}
