/** How much is asked of one server at a time, over all transports. */
import { DiagnosticsError } from '../../base/errors.ts';
import type { ServerLimits } from '../gates/limits.ts';
import { createReaders, type Readers } from './readers.ts';
import { createTurns, type Turns } from './turns.ts';

export interface Load {
  readers: Readers;
  turns: Turns;
  /**
   * Counts one more subscription until the signal fires.
   * @throws DiagnosticsError `LIMIT_EXCEEDED` where there are too many
   */
  holdSubscription(ending: AbortSignal): void;
  /** The same for those of them that are sent as events over HTTP. */
  holdEventStream(ending: AbortSignal): void;
}

/** @returns what takes one of so many places until a signal fires */
function places(limit: number, what: string): (ending: AbortSignal) => void {
  let taken = 0;
  return (ending) => {
    if (taken >= limit) {
      throw new DiagnosticsError(
        'LIMIT_EXCEEDED',
        `Already serving ${limit} ${what}; end one first.`,
      );
    }
    if (ending.aborted) return;
    taken += 1;
    ending.addEventListener('abort', () => (taken -= 1), { once: true });
  };
}

export function createLoad(limits: ServerLimits, { isGuest }: { isGuest: boolean }): Load {
  const readers = createReaders(limits);
  return {
    readers,
    turns: createTurns({ limits, isGuest, beforeTurn: readers.shed }),
    holdSubscription: places(limits.subscriptions, 'subscriptions'),
    holdEventStream: places(limits.eventStreams, 'event streams'),
  };
}
