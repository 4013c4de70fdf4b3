/** What a target waits for. */
import type { RequestWait } from '../../analyzers/requests/request-waits.ts';
import type { RouteRow } from '../../analyzers/requests/types.ts';
import type { TaskGroup } from '../../analyzers/tasks/types.ts';
import type { Frame } from '../../profile/profile.ts';

export type TaskEvidence = Pick<
  TaskGroup,
  | 'state'
  | 'stackKind'
  | 'refed'
  | 'newestWaitMs'
  | 'count'
  | 'sampled'
  | 'stuckCount'
  | 'outlivedRequest'
  | 'oldestWaitMs'
  | 'topFrame'
  | 'frames'
  | 'routes'
>;

/** Tasks of one stack that become ever more. */
export interface GrowingTasks
  extends TaskEvidence,
    Pick<TaskGroup, 'state' | 'stackKind' | 'refed'> {
  /** From the first third of the time to the last. */
  grownBy: number;
  lastedMs: number;
  /** Since there were hardly more than in the first third. */
  risingMs: number;
}

/** A request in flight. */
export type RequestEvidence = RequestWait;

/** The list in which the callbacks stand that requests wait for. */
export interface HeldEvidence {
  /** Callbacks in it. */
  count: number;
  /** The property or variable that it is kept in, such as `waiting`. */
  name: string;
  /** The class, or the function, whose list it is. */
  keeper: Frame;
  isOfClass: boolean;
  /** Whose callback stands there, and whose callback that one calls, down to the answer. */
  frames: readonly Frame[];
  /** The function that works the list off; null where none is known. */
  worker: Frame | null;
}

/** Where requests wait for their turn at a pool, a lock or a limiter. */
export interface TurnEvidence {
  /** The function that gives turns; null where each request waits for a promise of the one before it. */
  gate: Frame | null;
  /** The line of the program that waits for one. */
  culprit: Frame;
  /** Top frame first. */
  frames: readonly Frame[];
  /** Of those that stood at the line lately, the share that waited for their turn, 0 to 1: others do there what they waited for. */
  share: number;
}

/** What a route has served. */
export interface RouteEvidence
  extends Pick<RouteRow, 'route' | 'count' | 'p99Ms' | 'maxMs' | 'waits'> {
  /** Of those that ended in the last minutes: how many, and how long they took on average. */
  recent: { count: number; meanMs: number };
  /**
   * How often one of its requests waits in one place, one time after the other: by how young the waits
   * of old requests are. Null where that was not seen.
   */
  waitsInARow: number | null;
  /** Where those go from one wait to the next, top frame first; empty where that was not seen. */
  rowFrames: readonly Frame[];
  /** Of its requests that were seen waiting for a second and more, those that waited for an event here, 0 to 1; null for none. */
  waitsForEventShare: number | null;
  /** Absent or null where its requests were not seen waiting for a turn lately, two of them at once at least. */
  turn?: TurnEvidence | null;
}
