/** What is known of the event loop, as the detectors take it. */
import type { LoopEvidence } from '../../health/evidence/loop.ts';
import type { EventLoopStatus } from '../stalls/types.ts';

export function loopEvidence(status: EventLoopStatus): LoopEvidence | null {
  if (status.unwatchedReason !== null) return null;
  const { state, isGuess = false, blockedForMs, starvedForMs, stack } = status;
  return { state, isGuess, blockedForMs, starvedForMs, frames: stack?.frames ?? [] };
}
