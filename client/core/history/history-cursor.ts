/** Where a reader of the metrics history stands, and what a new event means from there. */
/** What tells one point from another, whatever figures it holds. */
export interface HistoryPlace {
  sequence: number;
  /** Of the process start that it belongs to. */
  instanceId: string;
  /** How many points before it are lost. */
  droppedBefore: number;
}

/** The last point received. */
export interface HistoryCursor {
  sequence: number;
  /** Null where the caller knew only the sequence: taken for the process that answers. */
  instanceId: string | null;
}

function isSameInstance(cursor: HistoryCursor, point: HistoryPlace): boolean {
  return cursor.instanceId === null || cursor.instanceId === point.instanceId;
}

/**
 * What to pass as `after`: one less than seen, so that the answer comes at once and shows by the
 * instance of the known point whether the process is still the same.
 */
export function resumeFrom(cursor: HistoryCursor | null): number | null {
  if (cursor === null) return null;
  return cursor.instanceId === null ? cursor.sequence : cursor.sequence - 1;
}

/**
 * True where a restarted process took `after` for a number of its own: it has reached that number
 * too, so it left out the beginning of its window. With point 29 seen of the old process, point 29
 * of a new one says that; point 1 does not.
 */
export function isMisplacedResume(cursor: HistoryCursor | null, point: HistoryPlace): boolean {
  if (cursor === null || isSameInstance(cursor, point)) return false;
  const after = cursor.sequence - 1;
  return after > 0 && point.sequence > after;
}

export function isSeen(cursor: HistoryCursor | null, point: HistoryPlace): boolean {
  return cursor !== null && isSameInstance(cursor, point) && point.sequence <= cursor.sequence;
}

/** The point with what is missing between it and the cursor, or else with what the server counted. */
export function countLoss<Point extends HistoryPlace>(
  cursor: HistoryCursor | null,
  point: Point,
): Point {
  if (cursor === null || !isSameInstance(cursor, point)) return point;
  return { ...point, droppedBefore: point.sequence - cursor.sequence - 1 };
}

/** The point that follows one given up, with that loss added to its own. */
export function inheritLoss<Point extends HistoryPlace>(dropped: Point, following: Point): Point {
  const droppedBefore = following.droppedBefore + dropped.droppedBefore + 1;
  return { ...following, droppedBefore };
}
