/** CPU profiles on demand: one at a time, for a limited time, the last few kept. */

import { MS_PER_SECOND, US_PER_SECOND } from '../../base/numbers/units.ts';
import { stoppedError } from '../../base/waiting/stopped.ts';
import type { CpuProfileRequest, CpuProfileStart } from '../../probe/readings/cpu.ts';
import { checkSeconds } from '../recording/bounds.ts';
import {
  carryOut,
  described,
  endedBy,
  newRecording,
  type Recording,
  type RunningRecording,
} from '../recording/recording.ts';
import { type CpuProfile, type CpuSampling, cpuProfileOf } from './profile.ts';
import type { CpuSampler } from './sampler.ts';

export type RunningCpuProfile = RunningRecording;

export type CpuProfileOutcome =
  | { kind: 'TAKEN'; profile: CpuProfile }
  | { kind: 'ALREADY_RUNNING'; running: RunningCpuProfile }
  | { kind: 'CANCELLED'; id: string };

export interface CpuProfiles {
  /** Longest time that one may last. */
  readonly maxSeconds: number;
  /**
   * Samples for so long and gives the profile. Once the signal fires, the profile is thrown away.
   * @throws DiagnosticsError `INVALID_INPUT` for a time that is not allowed, `UNAVAILABLE` where there
   * is no sampler or another tool has it, `PROCESS_NOT_RESPONDING` while native code holds the thread
   */
  take(options: { seconds: number; signal?: AbortSignal }): Promise<CpuProfileOutcome>;
  /**
   * A short profile for pprofql itself: it is not listed, and gives way to one that somebody
   * asks for. Null where one runs, or it had to give way.
   * @throws DiagnosticsError as `take`
   */
  glance(options: { seconds: number }): Promise<CpuProfile | null>;
  running(): RunningCpuProfile | null;
  /**
   * Ends the profile that runs, for its caller as well; `keep` gives what was sampled until now.
   * @param id only if it is this one
   * @returns whether there was one
   */
  cancel(options?: { id?: string | null; keep?: boolean }): boolean;
  /** Those that are kept, newest first. */
  list(): CpuProfile[];
  /** Null for one that is unknown or no longer kept. */
  get(id: string): CpuProfile | null;
  /** Whether one ran at any time since then. */
  ranSince(timestampMs: number): boolean;
  /** Ends one that runs; its caller is told `STOPPED`. */
  stop(): void;
}

/** Where the samples come from: a sampler of this process, or one behind a target. */
export interface CpuSource extends Pick<CpuSampler, 'cancel'> {
  start(request: CpuProfileRequest): Promise<Pick<CpuProfileStart, 'startedAtMs'>>;
  finish(id: number): Promise<CpuSampling>;
}

export interface CpuProfilesOptions {
  sampler: CpuSource;
  maxSeconds: number;
  /** Makes the ids unlike those of another process start. */
  instanceId: string;
}

/** Each is a few hundred kilobytes, seldom more than a few megabytes. */
const KEPT_PROFILES = 5;

/** A millisecond costs the thread little; longer profiles are coarser, so that none has more samples than this. */
const SHORTEST_INTERVAL_US = 1_000;
const MAX_SAMPLES = 20_000;

/** A few hundred samples tell what takes most. */
const GLANCE_INTERVAL_US = 5_000;

interface Run extends Recording {
  /** For pprofql itself. */
  isGlance: boolean;
}

export function createCpuProfiles({
  sampler,
  maxSeconds,
  instanceId,
}: CpuProfilesOptions): CpuProfiles {
  const kept: CpuProfile[] = [];
  let current: Run | null = null;
  /** Until the sampler is free again. */
  let glancing: Promise<unknown> | null = null;
  let lastNumber = 0;
  let lastEndedAtMs = Number.NEGATIVE_INFINITY;
  let isStopped = false;

  function newRun(seconds: number, isGlance: boolean): Run {
    lastNumber += 1;
    return { ...newRecording(instanceId, lastNumber, seconds * MS_PER_SECOND), isGlance };
  }

  async function sample(run: Run, samplingIntervalUs: number): Promise<CpuProfileOutcome> {
    const { number: id, durationMs } = run;
    const outcome = await carryOut(run, {
      start: () => sampler.start({ id, durationMs, samplingIntervalUs }),
      finish: () => sampler.finish(id),
      cancel: () => sampler.cancel(id),
    });
    if (outcome.kind === 'CANCELLED') return outcome;
    return { kind: 'TAKEN', profile: cpuProfileOf(run.id, outcome.sampling) };
  }

  /** What somebody has asked for. */
  function shown(): Run | null {
    return current?.isGlance ? null : current;
  }

  async function take(taken: Run, intervalUs: number): Promise<CpuProfileOutcome> {
    current = taken;
    try {
      return await sample(taken, intervalUs);
    } finally {
      current = null;
      lastEndedAtMs = Date.now();
    }
  }

  return {
    maxSeconds,
    async take({ seconds, signal }) {
      checkSeconds(seconds, maxSeconds, 'maxCpuProfileSeconds');
      if (isStopped) throw stoppedError();
      if (current?.isGlance) {
        current.end('DISCARDED');
        await glancing;
      }
      if (isStopped) throw stoppedError();
      if (current !== null) return { kind: 'ALREADY_RUNNING', running: described(current) };
      const taken = newRun(seconds, false);
      const letGo = endedBy(signal, taken);
      try {
        const outcome = await take(taken, samplingIntervalUs(seconds));
        if (outcome.kind === 'TAKEN') kept.unshift(outcome.profile);
        if (kept.length > KEPT_PROFILES) kept.pop();
        return outcome;
      } finally {
        letGo();
      }
    },
    async glance({ seconds }) {
      if (isStopped) throw stoppedError();
      if (current !== null) return null;
      const glance = take(newRun(seconds, true), GLANCE_INTERVAL_US);
      glancing = glance.catch(() => {});
      const outcome = await glance;
      return outcome.kind === 'TAKEN' ? outcome.profile : null;
    },
    running() {
      const run = shown();
      return run && described(run);
    },
    cancel({ id, keep = false } = {}) {
      const run = shown();
      if (run === null || (id != null && id !== run.id)) return false;
      run.end(keep ? 'KEPT' : 'DISCARDED');
      return true;
    },
    list: () => [...kept],
    get: (id) => kept.find((profile) => profile.id === id) ?? null,
    ranSince: (timestampMs) => current !== null || lastEndedAtMs >= timestampMs,
    stop() {
      isStopped = true;
      current?.end('STOPPED');
    },
  };
}

function samplingIntervalUs(seconds: number): number {
  return Math.max(SHORTEST_INTERVAL_US, Math.ceil((seconds * US_PER_SECOND) / MAX_SAMPLES));
}
