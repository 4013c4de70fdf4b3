/**
 * Where allocation profiles come from: two reads of a sampler that counts freed objects anyway, else
 * V8's sampler in another mode, for which the one that runs for good stands still.
 */
import { allocatedBetween } from '../../analyzers/allocations/allocated-between.ts';
import { withDeadline } from '../../base/waiting/deadline.ts';
import type { RemoteProbe } from '../../link/probe-link.ts';
import type {
  AllocationProfileStart,
  AllocationReading,
} from '../../probe/readings/memory/allocation.ts';
import type { HeapAvailability } from '../../probe/readings/memory/heap.ts';
import { profileFromAllocationReading } from '../../profile/from-readings/allocation.ts';
import { afterRest } from '../answers/after-rest.ts';
import { silentThread } from '../answers/silent-thread.ts';
import { readFreshHeap } from '../heap/fresh.ts';
import type { HeapProfileSnapshot } from '../heap/types.ts';
import type { OwnPause } from '../stalls/own-pause.ts';
import type { StallWatch } from '../stalls/watch.ts';
import type { AllocationSource } from './profiles.ts';

export interface AllocationSourceOptions {
  probe: Pick<
    RemoteProbe,
    'startAllocationProfile' | 'stopAllocationProfile' | 'cancelAllocationProfile'
  >;
  readHeap: () => Promise<HeapProfileSnapshot>;
  availability: () => HeapAvailability;
  pauseBudgetPercent: number;
  watch: Pick<StallWatch, 'duringOwnRead'>;
  /** Brings a reading to where its code was written. */
  locate: (reading: AllocationReading) => Promise<AllocationReading>;
}

/** How long the thread may be busy at the start and at the end. */
const START_DEADLINE_MS = 15_000;
const FINISH_DEADLINE_MS = 30_000;
/** How long a pause that the budget does not allow yet is waited for. */
const LONGEST_REST_MS = 10_000;

export function createAllocationSource(options: AllocationSourceOptions): AllocationSource {
  const byReads = betweenReads(options);
  const byWindow = inWindow(options);
  let current = byReads;
  return {
    start(request) {
      const countsFreed = options.availability().cumulative === null;
      current = countsFreed ? byReads : byWindow;
      return current.start(request);
    },
    finish: (id) => current.finish(id),
    cancel: (id) => current.cancel(id),
  };
}

/** For a heap that counts what was freed. */
export function betweenReads({
  readHeap: read,
  pauseBudgetPercent,
}: Pick<AllocationSourceOptions, 'readHeap' | 'pauseBudgetPercent'>): AllocationSource {
  let base: HeapProfileSnapshot | null = null;
  const readFresh = () =>
    readFreshHeap({ read, pauseBudgetPercent, busyPatienceMs: START_DEADLINE_MS });
  return {
    async start() {
      base = await readFresh();
      return { startedAtMs: base.collectedAtMs };
    },
    async finish() {
      const from = base!;
      base = null;
      const to = await readFresh();
      return {
        startedAtMs: from.collectedAtMs,
        durationMs: to.collectedAtMs - from.collectedAtMs,
        samplingIntervalBytes: to.samplingIntervalBytes,
        startPauseMs: from.pauseMs,
        stopPauseMs: to.pauseMs,
        profile: allocatedBetween(from.profile, to.profile),
        liveTableCost: null,
      };
    },
    cancel() {
      base = null;
    },
  };
}

function inWindow({
  probe,
  watch,
  locate,
  availability,
}: AllocationSourceOptions): AllocationSource {
  const cancel = (id: number) => void probe.cancelAllocationProfile(id).catch(() => {});
  return {
    async start(request) {
      try {
        return await afterRest(
          () =>
            withDeadline(
              watch.duringOwnRead(probe.startAllocationProfile(request), startPause),
              START_DEADLINE_MS,
              notResponding,
            ),
          { patienceMs: LONGEST_REST_MS },
        );
      } catch (error) {
        cancel(request.id);
        throw error;
      }
    },
    async finish(id) {
      const stopped = watch.duringOwnRead(probe.stopAllocationProfile(id), stopPause);
      const reading = await locate(await withDeadline(stopped, FINISH_DEADLINE_MS, notResponding));
      const { startedAtMs, durationMs, samplingIntervalBytes, startPauseMs, stopPauseMs } = reading;
      return {
        startedAtMs,
        durationMs,
        samplingIntervalBytes,
        startPauseMs,
        stopPauseMs,
        profile: profileFromAllocationReading(reading),
        liveTableCost: liveTableCost(availability(), durationMs),
      };
    },
    cancel,
  };
}

function liveTableCost({ inuse }: HeapAvailability, durationMs: number): string | null {
  if (inuse !== null) return null;
  const seconds = (durationMs / 1_000).toFixed(1);
  return `What was allocated in these ${seconds} s is missing in the tables of live memory, also where it lives on, and what they had before is an estimate from now on: V8 has one heap sampler.`;
}

function startPause({ startedAtMs, startPauseMs }: AllocationProfileStart): OwnPause {
  return { endedAtMs: startedAtMs, pauseMs: startPauseMs };
}

function stopPause({ startedAtMs, durationMs, stopPauseMs }: AllocationReading): OwnPause {
  return { endedAtMs: startedAtMs + durationMs + stopPauseMs, pauseMs: stopPauseMs };
}

function notResponding(): Promise<never> {
  return Promise.reject(silentThread(', so that no allocation profile can be taken of it'));
}
