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
  const before = levels.findLast(({ atMs }) => atMs <= (oldestAtMs ?? 0)) ?? levels[0];
  const after = levels.find(({ atMs }) => atMs >= (newestAtMs ?? 0)) ?? levels.at(-1);
  return socketsOf(after) - socketsOf(before) >= SHARE * kept;
}

function socketsOf(level: OutsideLevel | undefined): number {
  return level?.handles?.TCPSocketWrap ?? 0;
}
