import type { EventLoopStatus } from '../../api/diagnostics/stalls/types.ts';

/** Null where nobody looks whether the loop turns. */
export function blockedForMs({ blockedForMs, unwatchedReason }: EventLoopStatus): number | null {
  return unwatchedReason === null ? blockedForMs : null;
}
