/** How a process fares as an instance of a fleet. */
export interface FleetStatus {
  /** Of the engine, without user and password. */
  address: string;
  isConnected: boolean;
  /** Since when it is connected, or is not. */
  sinceMs: number;
  /** Why it is not connected, or what was refused last; null where all is well. */
  error: string | null;
  /** What it is called there; null before it has joined. */
  instanceId: string | null;
  /** Points of its history that were gone before they could be sent. */
  lostPoints: number;
  /** Captures that were gone, or too large, before they could be sent. */
  lostCaptures: number;
  /** Questions that were too many, or none. */
  refusedQuestions: number;
}
