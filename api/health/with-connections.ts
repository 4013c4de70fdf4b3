import type { MadeEvidence, OutsideLevel } from './evidence.ts';

/** Of what is kept. */
const SHARE = 0.6;

/**
 * Whether about as many more sockets are open as something was made in the same time: a heartbeat or a
 * compressor for each client that stays connected is no leak.
 */
export function liveWithConnections(
  { kept, oldestAtMs, newestAtMs }: Pick<MadeEvidence, 'kept' | 'oldestAtMs' | 'newestAtMs'>,
  levels: readonly OutsideLevel[],
): boolean {
  const socketsAt = (timeMs: number | null) => {
    const level = levels.findLast(({ atMs }) => atMs <= (timeMs ?? 0)) ?? levels[0];
    return level?.handles?.TCPSocketWrap ?? 0;
  };
  return socketsAt(newestAtMs) - socketsAt(oldestAtMs) >= SHARE * kept;
}
