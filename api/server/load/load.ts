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
}

export function createLoad(limits: ServerLimits, { isGuest }: { isGuest: boolean }): Load {
  const readers = createReaders(limits);
  let subscriptions = 0;
  return {
    readers,
    turns: createTurns({ limits, isGuest, beforeTurn: readers.shed }),
    holdSubscription(ending) {
      if (subscriptions >= limits.subscriptions) {
        throw new DiagnosticsError(
          'LIMIT_EXCEEDED',
          `Already serving ${limits.subscriptions} subscriptions; end one first.`,
        );
      }
      if (ending.aborted) return;
      subscriptions += 1;
      ending.addEventListener('abort', () => (subscriptions -= 1), { once: true });
    },
  };
}
