/** Allocation profiles on demand: one at a time, for a limited time. */
import { DiagnosticsError } from '../../base/errors.ts';
import { MS_PER_SECOND } from '../../base/units.ts';
import { stoppedError } from '../../base/waiting/stopped.ts';
import type { AllocationProfileRequest } from '../../probe/readings/allocation.ts';
import {
  type AllocationSampling,
  allocationProfileOf,
  type TakenAllocationProfile,
} from './profile.ts';

export interface RunningAllocationProfile {
  id: string;
  startedAtMs: number;
  /** When its sampling ends; reading it takes a moment more. */
  endsAtMs: number;
}

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

type Ending = 'ELAPSED' | 'KEPT' | 'DISCARDED' | 'STOPPED';

interface Run extends RunningAllocationProfile {
  number: number;
  ended: Promise<Ending>;
  end(how: Ending): void;
}

const LEAST_SECONDS = 0.1;
const MOST_SECONDS = 60;
/** A profile that lasts longer is coarser, so that none has too many samples. */
const INTERVAL_BYTES = 64 * 1024;
const FINE_SECONDS = 5;
const INSTANCE_ID_CHARACTERS = 8;

export function createAllocationProfiles(
  source: AllocationSource,
  instanceId: string,
): AllocationProfiles {
  let current: Run | null = null;
  let lastNumber = 0;
  let isStopped = false;

  function newRun(durationMs: number): Run {
    const { promise: ended, resolve: end } = Promise.withResolvers<Ending>();
    lastNumber += 1;
    const startedAtMs = Date.now();
    return {
      id: `${instanceId.slice(0, INSTANCE_ID_CHARACTERS)}-${lastNumber}`,
      number: lastNumber,
      startedAtMs,
      endsAtMs: startedAtMs + durationMs,
      ended,
      end,
    };
  }

  async function sample(run: Run, durationMs: number): Promise<AllocationProfileOutcome> {
    const { number: id } = run;
    const seconds = durationMs / MS_PER_SECOND;
    const samplingIntervalBytes = INTERVAL_BYTES * Math.max(1, seconds / FINE_SECONDS);
    run.startedAtMs = (await source.start({ id, durationMs, samplingIntervalBytes })).startedAtMs;
    run.endsAtMs = run.startedAtMs + durationMs;
    const elapsed = setTimeout(() => run.end('ELAPSED'), durationMs);
    const ending = await run.ended;
    clearTimeout(elapsed);
    if (ending === 'ELAPSED' || ending === 'KEPT') {
      return { kind: 'TAKEN', profile: allocationProfileOf(run.id, await source.finish(id)) };
    }
    source.cancel(id);
    if (ending === 'STOPPED') throw stoppedError();
    return { kind: 'CANCELLED', id: run.id };
  }

  function running(): RunningAllocationProfile | null {
    if (current === null) return null;
    const { id, startedAtMs, endsAtMs } = current;
    return { id, startedAtMs, endsAtMs };
  }

  return {
    async take({ seconds, signal }) {
      checkSeconds(seconds);
      if (isStopped) throw stoppedError();
      const other = running();
      if (other !== null) return { kind: 'ALREADY_RUNNING', running: other };
      const durationMs = seconds * MS_PER_SECOND;
      const run = newRun(durationMs);
      const discard = () => run.end('DISCARDED');
      signal?.addEventListener('abort', discard, { once: true });
      if (signal?.aborted) discard();
      current = run;
      try {
        return await sample(run, durationMs);
      } finally {
        current = null;
        signal?.removeEventListener('abort', discard);
      }
    },
    running,
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

function checkSeconds(seconds: number): void {
  if (seconds >= LEAST_SECONDS && seconds <= MOST_SECONDS) return;
  throw new DiagnosticsError(
    'INVALID_INPUT',
    `seconds is ${seconds}, allowed is a number from ${LEAST_SECONDS} to ${MOST_SECONDS}`,
  );
}
