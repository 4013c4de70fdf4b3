/**
 * Sees workers being made, from the start on, by the channel on which Node tells of them: there are
 * few, and they are dear.
 */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { OwnWeakRef } from '../../../base/builtins.ts';
import { wallClockMs } from '../../../base/own-time.ts';
import type { StackStore } from '../../tasks/stack-store.ts';
import { type MadeRecord, recordOf, WORKER } from '../record.ts';
import { sampleByCount } from '../sampling.ts';

const CHANNEL = 'worker_threads';
const MOST_PER_SECOND = 20;

/** @returns what ends it */
export function watchWorkers(stacks: StackStore, add: (record: MadeRecord) => void): () => void {
  const sampling = sampleByCount(MOST_PER_SECOND);

  function onWorker(message: unknown): void {
    try {
      const { worker } = message as { worker: object };
      const madeAtMs = wallClockMs();
      const weight = sampling.weigh(madeAtMs);
      if (weight === 0) return;
      const holder = stacks.takeDeep(onWorker);
      add(recordOf({ kind: WORKER, weight, madeAtMs, holder, ref: new OwnWeakRef(worker) }));
    } catch {
      // The program has its worker all the same.
    }
  }

  subscribe(CHANNEL, onWorker);
  return () => void unsubscribe(CHANNEL, onWorker);
}
