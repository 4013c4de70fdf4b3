/**
 * A reading as a probe gives it, for tests that are about a few of its figures. The others of memory
 * are those of the test's own process, so that a figure that is new needs no line here.
 */

import { UNMEASURED_LOOP } from '../process/event-loop.ts';
import { emptyInterval } from '../process/gc-observer.ts';
import type { MemoryReading } from '../process/memory.ts';
import { createMemoryMeter } from '../process/memory.ts';
import type { FiguresReading } from '../readings/figures.ts';

type Given = Partial<Omit<FiguresReading, 'memory'>> & { memory?: Partial<MemoryReading> };

export function aFiguresReading({ memory, ...given }: Given = {}): FiguresReading {
  return {
    takenAtMs: Date.now(),
    memory: { ...createMemoryMeter().read(), ...memory },
    cpu: { userUs: 0, systemUs: 0 },
    gc: { count: 0, lastPauseNs: null, interval: emptyInterval() },
    eventLoop: UNMEASURED_LOOP,
    liveTasks: 0,
    liveTasksAtMs: null,
    requestsInFlight: 0,
    handles: {},
    workers: 0,
    requestsServed: 0,
    leftByCollection: null,
    instrumentation: {
      enabled: true,
      disabledReason: null,
      overheadPercent: 0.1,
      overheadBudgetPercent: 2,
      samplingRate: 1,
      dutyCycle: 1,
      blindMs: 0,
      records: 12,
      recordsLimit: 100,
      seen: 12,
      sampledOut: 0,
      dropped: 0,
      exactReadPauseMs: null,
    },
    ...given,
  };
}
