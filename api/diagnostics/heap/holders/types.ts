/** Searches in heap snapshots, as those who ask for one know them. */
import type { HolderNode, HolderPath } from '../../../heap-snapshot/holders/types.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { SnapshotCost } from './snapshot-cost.ts';

export type HolderPathTold = HolderPath & { sentence: string };

/** What is told of every search. */
export interface SnapshotSearched {
  /** Of the search. */
  id: string;
  takenAtMs: number;
  pauseMs: number;
  estimate: SnapshotCost;
  /** In the snapshot, V8's own included. */
  objectCount: number;
}

export interface HoldersFound extends SnapshotSearched {
  stackId: string;
  /** Of the stack, top frame first. */
  frames: Frame[];
  paths: HolderPathTold[];
  tree: HolderNode[];
  samples: number;
  found: number;
}

export interface ProofsFound extends SnapshotSearched {
  /** Those that are stuck first, most first. */
  functions: WaitingFunctionTold[];
  tasks: number;
  stuck: number;
}

/** An async function, and what it waits for. */
export interface WaitingFunctionTold {
  count: number;
  isStuck: boolean;
  sentence: string;
  /** The async functions that wait for each other, innermost first; the last is the one that is told of. */
  frames: Frame[];
}

export type HoldersPhase = 'WRITING' | 'READING';

export interface HoldersSearch {
  id: string;
  phase: HoldersPhase;
  startedAtMs: number;
  /** 0 to 1. */
  progress: number;
}

export interface HoldersRequest {
  /** Whether a stack is the one that is asked for. */
  isMeant: (stackId: string) => boolean;
  /** The longest stop of the program that the caller agrees to; null: none. */
  maxPauseMs: number | null;
  /** Ends the search; not the writing, once it has begun. */
  signal?: AbortSignal | undefined;
}

export interface HolderSearches {
  /** @throws DiagnosticsError `UNAVAILABLE` where snapshots are off, or the target is another process */
  estimate(): Promise<SnapshotCost>;
  /**
   * @throws DiagnosticsError `PAUSE_BUDGET_SPENT` with the estimate where it is beyond what the caller agrees
   * to, `NOT_FOUND` for a stack that holds nothing, `PROFILE_ALREADY_RUNNING`, `LIMIT_EXCEEDED`,
   * `PROCESS_NOT_RESPONDING`, `STOPPED` where it was cancelled, `UNAVAILABLE`
   */
  find(request: HoldersRequest): Promise<HoldersFound>;
  /**
   * Which tasks nobody can settle any more.
   * @throws DiagnosticsError as `find`, without `NOT_FOUND`
   */
  prove(request: Omit<HoldersRequest, 'isMeant'>): Promise<ProofsFound>;
  running(): HoldersSearch | null;
  /** False where there was none. */
  cancel(): boolean;
  /** What was last found of a stack; null where nothing was, or it is no longer kept. */
  last(isMeant: (stackId: string) => boolean): HoldersFound | null;
  /** Rows of a table that has other ids than its stacks, as a diff: the last ones are known by them. */
  noteRows(rows: readonly { id: string; stackId: string }[]): void;
  /** Null for a row that is not known. */
  stackOfRow(id: string): string | null;
  stop(): void;
}
