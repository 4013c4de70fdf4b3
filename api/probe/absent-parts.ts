/** Stand-ins for parts of the probe that are switched off or failed: empty readings, with the reason. */
import { DiagnosticsError } from '../base/errors.ts';
import type { ResolvedOptions } from '../base/options/options.ts';
import { wallClockMs } from '../base/own-time.ts';
import type { HeapSampler } from './heap/sampler.ts';
import type { KeptObserver } from './kept/kept.ts';
import type { OutsideObserver } from './outside/outside.ts';
import { type EventLoopMonitor, UNMEASURED_LOOP } from './process/event-loop.ts';
import { emptyInterval, type GcObserver } from './process/gc-observer.ts';
import type { InstrumentationReading } from './readings/instrumentation.ts';
import type { AsyncTracker } from './tasks/async-tracker.ts';
import { activeTasks, countActive } from './tasks/types.ts';

const nothing = () => {};

export const absentGcObserver: GcObserver = {
  read: () => ({ count: 0, lastPauseNs: null, interval: emptyInterval() }),
  lastMajorMs: () => Number.NEGATIVE_INFINITY,
  leftByCollection: () => null,
  stop: nothing,
};

export const absentEventLoopMonitor: EventLoopMonitor = {
  read: () => UNMEASURED_LOOP,
  stop: nothing,
};

export const absentOutsideObserver = (reason: string): OutsideObserver => ({
  handles: () => ({}),
  workers: () => 0,
  watch: nothing,
  read: () => ({
    takenAtMs: wallClockMs(),
    made: [],
    stacks: [],
    buffersSinceMs: null,
    resourcesSinceMs: null,
    buffersUnwatchable: null,
    collectedAtMs: null,
  }),
  collect: () => ({ endedAtMs: wallClockMs(), pauseMs: 0 }),
  collectSoon: async () => ({ endedAtMs: wallClockMs(), pauseMs: 0 }),
  spentMs: () => 0,
  readExternal: () => ({
    takenAtMs: wallClockMs(),
    sinceMs: null,
    unavailable: reason,
    samplingIntervalBytes: 0,
    rows: [],
    stacks: [],
    liveBytes: 0,
    totalBytes: 0,
    stackCount: 0,
    garbageCollectedAtMs: null,
    pauseMs: 0,
    handles: {},
    workers: 0,
    zlibStreams: null,
  }),
  stop: nothing,
});

export const absentKeptObserver: KeptObserver = {
  read: () => ({ takenAtMs: wallClockMs(), listeners: [], promises: [], stacks: [], sockets: 0 }),
  stop: nothing,
};

export function absentHeapSampler(reason: string): HeapSampler {
  return {
    availability: () => ({ inuse: reason, cumulative: reason }),
    read: async () => {
      throw new DiagnosticsError('UNAVAILABLE', reason);
    },
    sizes: () => null,
    suspend: () => nothing,
    stop: nothing,
  };
}

/** It records nothing, but what Node itself lists as active is still shown, as untracked. */
export function absentAsyncTracker(
  disabledReason: string,
  { overheadBudgetPercent, maxTaskRecords }: ResolvedOptions,
): AsyncTracker {
  const instrumentation = (): InstrumentationReading => ({
    enabled: false,
    disabledReason,
    overheadPercent: 0,
    overheadBudgetPercent,
    samplingRate: 0,
    dutyCycle: 0,
    blindMs: 0,
    records: 0,
    recordsLimit: maxTaskRecords,
    seen: 0,
    sampledOut: 0,
    dropped: 0,
    exactReadPauseMs: null,
  });
  const lastRead = () => ({
    takenAtMs: wallClockMs(),
    isExact: false,
    tasks: [],
    stacks: [],
    requests: [],
    untracked: Object.fromEntries(countActive()),
    longestSliceMs: 0,
    instrumentation: instrumentation(),
  });
  return {
    read: async () => lastRead(),
    readExactly: async () => {
      throw new DiagnosticsError('UNAVAILABLE', disabledReason);
    },
    lastRead,
    liveTasks: activeTasks,
    instrumentation,
    sweep: async () => {},
    stop: nothing,
  };
}
