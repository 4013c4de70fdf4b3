/** The figures of one moment, of what a probe is in. */
import type { CpuUsage } from '../../analyzers/metrics/cpu-meter.ts';
import type { HeapTables } from '../heap/tables.ts';
import type { PprofSnapshot } from '../pprof.ts';
import type { ProcessFacts } from '../process-facts.ts';
import type { Readings } from './readings.ts';
import { unavailableFields } from './unavailable-fields.ts';

export interface PprofAnswerOptions {
  readFigures: Readings['figures'];
  lastCpu: () => CpuUsage;
  heap: Pick<HeapTables, 'availability' | 'lastLiveObjects'>;
  process: ProcessFacts;
}

export async function pprofAnswer({
  readFigures,
  lastCpu,
  heap,
  process,
}: PprofAnswerOptions): Promise<PprofSnapshot> {
  const { value: figures, observation } = await readFigures();
  const liveObjects = heap.lastLiveObjects();
  const heapObjects = liveObjects?.count ?? null;
  return {
    timestampMs: Date.now(),
    observation,
    figures,
    cpu: lastCpu(),
    process,
    heapObjects,
    heapObjectsAtMs: liveObjects?.collectedAtMs ?? null,
    unavailable: unavailableFields({
      heap: heap.availability(),
      liveObjects: heapObjects,
      totalAllocatedBytes: figures.memory.totalAllocatedBytes,
      liveTasks: figures.liveTasks,
    }),
  };
}
