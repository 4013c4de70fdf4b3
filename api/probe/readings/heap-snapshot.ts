export interface HeapSnapshotRequest {
  /** Path that does not exist yet. */
  file: string;
  /** Epoch milliseconds after which it is not begun any more. */
  latestStartMs: number;
}

export interface HeapSnapshotReading {
  collectedAtMs: number;
  /** How long the observed loop stood still for it. */
  pauseMs: number;
}
