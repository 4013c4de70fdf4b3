/** What the tracker tells of its own cost, and of how exact it is. */

import type { HeapWalk } from '../overhead/pauses/heap-walk.ts';
import type { OverheadController } from '../overhead/types.ts';
import type { InstrumentationReading } from '../readings/instrumentation.ts';
import type { TaskRecords } from './records/records.ts';

interface TrackerState {
  controller: OverheadController;
  records: TaskRecords;
  heapWalk: HeapWalk | null;
  overheadBudgetPercent: number;
  maxRecords: number;
  isStopped: boolean;
  seen: number;
  sampledOut: number;
}

export function instrumentationOf(state: TrackerState): InstrumentationReading {
  const { controller, records, heapWalk, isStopped, seen, sampledOut } = state;
  return {
    enabled: !isStopped,
    disabledReason: isStopped ? 'async tracking was stopped' : null,
    overheadPercent: controller.overheadPercent(),
    overheadBudgetPercent: state.overheadBudgetPercent,
    samplingRate: controller.samplingRate(),
    dutyCycle: controller.dutyCycle(),
    blindMs: controller.blindMs(),
    records: records.count(),
    recordsLimit: state.maxRecords,
    seen,
    sampledOut,
    dropped: records.dropped(),
    exactReadPauseMs: isStopped ? null : (heapWalk?.estimatedPauseMs() ?? null),
  };
}
