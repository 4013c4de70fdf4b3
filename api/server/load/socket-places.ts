/**
 * How WebSockets share the places there are. Whoever has logged in keeps its place; those who have
 * not hold a share of them at most, and the oldest of these makes room where there is none.
 */
import type { ServerLimits } from '../gates/limits.ts';

export interface SocketPlace {
  /** From now on it is not taken away. */
  keep(): void;
  /** Idempotent. */
  leave(): void;
}

export interface SocketPlaces {
  /** False where everybody who holds a place may keep it. */
  hasRoom(): boolean;
  /** True where many wait to log in, so that none may take its time. */
  isCrowded(): boolean;
  /** @param giveWay called when the place is taken away */
  take(giveWay: () => void): SocketPlace;
}

export function createSocketPlaces({
  sockets,
  socketsBeforeLogin,
}: Pick<ServerLimits, 'sockets' | 'socketsBeforeLogin'>): SocketPlaces {
  /** Oldest first. */
  const waiting = new Set<() => void>();
  const kept = new Set<() => void>();

  function makeRoom(): void {
    for (const giveWay of waiting) {
      if (waiting.size < socketsBeforeLogin && waiting.size + kept.size < sockets) return;
      waiting.delete(giveWay);
      giveWay();
    }
  }

  return {
    hasRoom: () => kept.size < sockets,
    isCrowded: () => waiting.size > socketsBeforeLogin / 2,
    take(onEvicted) {
      makeRoom();
      // Of its own, since two sockets may give the same function.
      const giveWay = () => onEvicted();
      waiting.add(giveWay);
      return {
        keep() {
          if (waiting.delete(giveWay)) kept.add(giveWay);
        },
        leave() {
          waiting.delete(giveWay);
          kept.delete(giveWay);
        },
      };
    },
  };
}
