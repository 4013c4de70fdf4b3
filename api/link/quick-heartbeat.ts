/**
 * A second heartbeat, for delays too short for the first. It beats only while the sidecar wants it to:
 * every tick of a timer wakes the process, and one that is well need not be watched so closely.
 */
import { atomicLoad, atomicStore, OwnSharedArrayBuffer } from '../base/builtins.ts';
import { type Heartbeat, heartbeatMemory, startHeartbeat } from './heartbeat.ts';

export const QUICK_PERIOD_MS = 20;
/** Two beats: a shorter stretch without a turn of the loop cannot be told from a late beat. */
export const SHORTEST_DELAY_MS = 2 * QUICK_PERIOD_MS;

const IS_WANTED = 0;

/** Crosses to the other thread. */
export interface QuickHeartbeatOffer {
  /** For `readHeartbeat`. */
  beats: SharedArrayBuffer;
  /** For `wantQuickHeartbeat`. */
  wanted: SharedArrayBuffer;
}

export interface QuickHeartbeat {
  offer: QuickHeartbeatOffer;
  /** Begins or ends as the other thread wants it. Called at each beat of the first heartbeat. */
  follow(): void;
  stop(): void;
}

export function offerQuickHeartbeat(): QuickHeartbeat {
  const beats = heartbeatMemory();
  const wanted = new OwnSharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT);
  const flag = new Int32Array(wanted);
  let heartbeat: Heartbeat | null = null;

  function stop(): void {
    heartbeat?.stop();
    heartbeat = null;
  }

  return {
    offer: { beats, wanted },
    follow() {
      if (atomicLoad(flag, IS_WANTED) === 0) stop();
      else heartbeat ??= startHeartbeat(QUICK_PERIOD_MS, SHORTEST_DELAY_MS, { shared: beats });
    },
    stop,
  };
}

export function wantQuickHeartbeat({ wanted }: QuickHeartbeatOffer, isWanted: boolean): void {
  atomicStore(new Int32Array(wanted), IS_WANTED, isWanted ? 1 : 0);
}
