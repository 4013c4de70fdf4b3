/** Two goroutines that used one place in memory at the same time, as Go's race detector has seen it. */
import type { Frame } from '../../profile/profile.ts';

export interface RaceAccess {
  isWrite: boolean;
  /** Null for the main goroutine. */
  goroutineId: number | null;
  /** Top frame first; empty where the detector no longer knew them. */
  frames: readonly Frame[];
  /** The first line of the program's own code, or else of a library; null for none. */
  culprit: Frame | null;
  /** Who has started the goroutine; null where the report does not tell. */
  creator: Frame | null;
}

export interface GoRace {
  /** Reports of the same two lines. */
  count: number;
  /** The one that was noticed, and the one before. */
  accesses: readonly [RaceAccess, RaceAccess];
}
