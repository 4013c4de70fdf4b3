/** Allocation profiles on demand: one at a time, for a limited time. */
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import { stoppedError } from '../../base/waiting/stopped.ts';
import type { AllocationProfileRequest } from '../../probe/readings/memory/allocation.ts';
import { checkSeconds } from '../recording/bounds.ts';
import {
  carryOut,
  described,
  endedBy,
  newRecording,
  type Recording,
  type RunningRecording,
} from '../recording/recording.ts';
import {
  type AllocationSampling,
  allocationProfileOf,
  type TakenAllocationProfile,
} from './profile.ts';

export type RunningAllocationProfile = RunningRecording;

export type AllocationProfileOutcome =
  | { kind: 'TAKEN'; profile: TakenAllocationProfile }
  | { kind: 'ALREADY_RUNNING'; running: RunningAllocationProfile }
  | { kind: 'CANCELLED'; id: string };

export interface AllocationProfiles {
  /**
   * Samples for so long and gives the profile. Once the signal fires, the profile is thrown away.
   * @throws DiagnosticsError `INVALID_INPUT` for a time that is not allowed, `UNAVAILABLE` where there
   * is no sampler or another tool has it, `PAUSE_BUDGET_SPENT`, `PROCESS_NOT_RESPONDING`
   */
  take(options: { seconds: number; signal?: AbortSignal }): Promise<AllocationProfileOutcome>;
  running(): RunningAllocationProfile | null;
  /**
   * Ends the profile that runs, for its caller as well; `keep` gives what was sampled until now.
   * @param id only if it is this one
   * @returns whether there was one
   */
  cancel(options?: { id?: string | null; keep?: boolean }): boolean;
  /** Ends one that runs; its caller is told `STOPPED`. */
  stop(): void;
}

/** Where the samples come from. */
export interface AllocationSource {
  start(request: AllocationProfileRequest): Promise<{ startedAtMs: number }>;
  finish(id: number): Promise<AllocationSampling>;
  /** Throws it away, whether it runs or not. */
  cancel(id: number): void;
}

/** Longest time that one may last. */
export const MOST_ALLOCATION_SECONDS = 60;
/** A profile that lasts longer is coarser, so that none has too many samples. */
const INTERVAL_BYTES = 64 * 1024;
const FINE_SECONDS = 5;

export function createAllocationProfiles(
  source: AllocationSource,
  instanceId: string,
): AllocationProfiles {
  let current: Recording | null = null;
  let lastNumber = 0;
  let isStopped = false;

  async function sample(run: Recording, seconds: number): Promise<AllocationProfileOutcome> {
    const { number: id, durationMs } = run;
    const samplingIntervalBytes = INTERVAL_BYTES * Math.max(1, seconds / FINE_SECONDS);
    const outcome = await carryOut(run, {
      start: () => source.start({ id, durationMs, samplingIntervalBytes }),
      finish: () => source.finish(id),
      cancel: () => source.cancel(id),
    });
    if (outcome.kind === 'CANCELLED') return outcome;
    return { kind: 'TAKEN', profile: allocationProfileOf(run.id, outcome.sampling) };
  }

  return {
    async take({ seconds, signal }) {
      checkSeconds(seconds, MOST_ALLOCATION_SECONDS);
      if (isStopped) throw stoppedError();
      if (current !== null) return { kind: 'ALREADY_RUNNING', running: described(current) };
      lastNumber += 1;
      const run = newRecording(instanceId, lastNumber, seconds * MS_PER_SECOND);
      const letGo = endedBy(signal, run);
      current = run;
      try {
        return await sample(run, seconds);
      } finally {
        current = null;
        letGo();
      }
    },
    running: () => current && described(current),
    cancel({ id, keep = false } = {}) {
      if (current === null || (id != null && id !== current.id)) return false;
      current.end(keep ? 'KEPT' : 'DISCARDED');
      return true;
    },
    stop() {
      isStopped = true;
      current?.end('STOPPED');
    },
  };
}
