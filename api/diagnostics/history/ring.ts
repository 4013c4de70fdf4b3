/**
 * The points of a metrics history, and any number of subscribers. The ring is also every
 * subscriber's buffer: whoever reads slowly finds the latest points and a count of the lost.
 */
import { createWakers } from '../../base/waiting/wakers.ts';
import type { DeliveredPoint, HistoryPoint } from './point.ts';

export interface HistoryRing {
  /** Adds a point with the next number; the oldest goes where there are too many. */
  push(point: Omit<HistoryPoint, 'sequence'>): void;
  last(): HistoryPoint | undefined;
  /** Retained points, oldest first. */
  history(): HistoryPoint[];
  /** Retained points newer than `after` first, then each new one, until the signal fires. */
  subscribe(options: {
    after?: number | null;
    signal?: AbortSignal;
  }): AsyncGenerator<DeliveredPoint[]>;
  /** Ends every subscription. Idempotent. */
  stop(): void;
}

export function createHistoryRing(size: number): HistoryRing {
  const points: HistoryPoint[] = [];
  const subscriptions = createWakers();
  let lastSequence = 0;
  let isStopped = false;

  async function* subscribe({
    after,
    signal,
  }: {
    after?: number | null;
    signal?: AbortSignal;
  }): AsyncGenerator<DeliveredPoint[]> {
    // A number this process has not reached comes from before a restart: start over.
    let seen = after != null && after > 0 && after <= lastSequence ? after : 0;
    while (!isStopped && !signal?.aborted) {
      const fresh = points.filter((point) => point.sequence > seen);
      const [first] = fresh;
      if (first === undefined) {
        await subscriptions.nextChange(signal);
        continue;
      }
      const droppedBefore = seen === 0 ? 0 : first.sequence - seen - 1;
      seen = fresh.at(-1)!.sequence;
      yield fresh.map((point) => ({
        ...point,
        droppedBefore: point === first ? droppedBefore : 0,
      }));
    }
  }

  return {
    push(point) {
      lastSequence += 1;
      points.push({ ...point, sequence: lastSequence });
      if (points.length > size) points.shift();
      subscriptions.wakeAll();
    },
    last: () => points.at(-1),
    history: () => [...points],
    subscribe,
    stop() {
      isStopped = true;
      subscriptions.end();
    },
  };
}
