/** What is written down of a run: what is known of it anyway, and a last read where its heap comes near its limit. */
import type { Readings } from '../answers/readings.ts';
import type { HeapTables } from '../heap/tables.ts';
import type { Collector } from '../history/collector.ts';
import type { StallWatch } from '../stalls/watch.ts';
import type { BlackBoxKeeper, LastKnown } from './black-box.ts';
import { boxAllocations } from './record/record.ts';
import { watchHeapLimit } from './runs/heap-limit.ts';
import { type BoxWriter, createBoxWriter } from './writer.ts';

export interface KnownRunOptions {
  blackBox: BlackBoxKeeper;
  collector: Pick<Collector, 'history' | 'lastFigures'>;
  readings: Pick<Readings, 'figures'>;
  heapTables: Pick<HeapTables, 'lastTables' | 'readProfile'>;
  watch: Pick<StallWatch, 'stalls'>;
  lastTasks: () => LastKnown['tasks'];
  intervalMs: number;
}

export function writeKnownRun(options: KnownRunOptions): Pick<BoxWriter, 'note' | 'stop'> {
  const { blackBox, collector, readings, heapTables, watch, lastTasks, intervalMs } = options;
  const writer = createBoxWriter({
    blackBox,
    known: (findings) => ({
      figures: limit.figures(),
      guessedOldSpaceBytes: limit.guessedBytes(),
      history: collector.history(),
      allocations: boxAllocations(heapTables.lastTables()),
      tasks: lastTasks(),
      findings,
      lastStall: watch.stalls()[0] ?? null,
    }),
    intervalMs,
  });
  const limit = watchHeapLimit({
    lastFigures: collector.lastFigures,
    firstFigures: blackBox.firstFigures,
    readFigures: async () => (await readings.figures()).value,
    readHeap: heapTables.readProfile,
    onNear: writer.writeNow,
    isWanted: () => blackBox.status().file !== null,
  });
  return {
    note: writer.note,
    stop() {
      limit.stop();
      writer.stop();
    },
  };
}
