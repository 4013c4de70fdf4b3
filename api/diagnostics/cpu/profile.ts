/** One CPU profile that has been taken, and the answers made from it. */

import { ownSampleTest } from '../../analyzers/allocations/stack-sums.ts';
import { type CallTreeNode, callTree } from '../../analyzers/cpu/call-tree.ts';
import { type HotFunction, hotFunctions } from '../../analyzers/cpu/hot-functions.ts';
import { type RouteTimes, routeTimes } from '../../analyzers/cpu/route-times.ts';
import { addTimes, percentOf, type Times, timesReader } from '../../analyzers/cpu/times.ts';
import { type TraceTimes, traceTimes } from '../../analyzers/cpu/trace-times.ts';
import { isOwnFile, isRuntimeFile } from '../../base/files/own-files.ts';
import { NS_PER_US, US_PER_MS } from '../../base/numbers/units.ts';
import type { Via } from '../../link/via.ts';
import type { CpuReading } from '../../probe/readings/cpu.ts';
import {
  GARBAGE_COLLECTOR,
  idleMsOf,
  PROGRAM,
  profileFromCpuReading,
} from '../../profile/from-readings/cpu.ts';
import type { Profile, Sample } from '../../profile/profile.ts';
import { checkLimit } from '../answers/limit.ts';
import type { Observation } from '../answers/observation.ts';

export interface CpuProfile {
  /** Unlike that of any other profile of this or another start of the process. */
  id: string;
  /** Null where a profile that was not taken here does not tell. */
  startedAtMs: number | null;
  /** Null where the profile does not tell. */
  durationMs: number | null;
  /** Null as for `startedAtMs`. */
  samplingIntervalUs: number | null;
  sampleCount: number;
  observation: Observation;
  idleMs: number;
  /** All but idle; the whole that percentages refer to. */
  busy: Times;
  program: Times;
  garbageCollector: Times;
  otherThreadsCpuMs: number | null;
  /** Why no sample has a route; null: they do. */
  routesUnavailable: string | null;
  cost: CpuProfileCost;
  /** The thread's samples without those in which it was idle. */
  profile: Profile;
  /** What it was made from; null where the observed process is not Node. */
  reading: CpuReading | null;
  /** @throws DiagnosticsError `INVALID_INPUT` for a limit that is not allowed, as do the next three */
  topFunctions(options: { limit: number }): HotFunction[];
  callTree(options: { limit: number }): CallTreeNode[];
  routes(options: { limit: number }): CpuRoute[];
  /** Empty where no sample has one. */
  traces(options: { limit: number }): CpuTrace[];
}

/** What taking the profile cost the observed thread. */
export interface CpuProfileCost {
  startPauseMs: number;
  stopPauseMs: number;
  /** Share of the busy time that was spent in our own code, 0 to 100. */
  ownPercent: number;
}

export interface CpuRoute extends Omit<RouteTimes, 'profile'> {
  topFunctions(options: { limit: number }): HotFunction[];
}

export interface CpuTrace extends Omit<TraceTimes, 'profile'> {
  topFunctions(options: { limit: number }): HotFunction[];
}

const MAX_FUNCTIONS = 1_000;
const MAX_NODES = 20_000;
const MAX_ROUTES = 1_000;
const MAX_TRACES = 1_000;

/** What a sampler found: a reading of a Node isolate, or the profile that another process made. */
export type CpuSampling = { via: Via } & ({ reading: CpuReading } | { profile: Profile });

export function cpuProfileOf(id: string, sampling: CpuSampling): CpuProfile {
  if ('reading' in sampling) return cpuProfileFromReading(id, sampling.reading, sampling.via);
  return cpuProfileFromProfile(id, sampling.profile, sampling.via);
}

/** @param profile with `cpu` or `wall` values, and its time */
function cpuProfileFromProfile(id: string, profile: Profile, via: Via): CpuProfile {
  const { startedAtMs = null, durationMs = null, period } = profile;
  const answers = answersFrom(profile);
  return {
    id,
    startedAtMs,
    durationMs,
    samplingIntervalUs: period ? period / NS_PER_US : null,
    sampleCount: answers.busy.samples,
    observation: {
      via,
      measuredAtMs: startedAtMs === null ? Date.now() : startedAtMs + (durationMs ?? 0),
    },
    idleMs: 0,
    otherThreadsCpuMs: null,
    routesUnavailable: 'the profile of a target does not tell requests apart',
    cost: { startPauseMs: 0, stopPauseMs: 0, ownPercent: 0 },
    reading: null,
    ...answers,
  };
}

function cpuProfileFromReading(id: string, reading: CpuReading, via: Via): CpuProfile {
  const profile = profileFromCpuReading(reading);
  const { startedAtMs, durationMs, startPauseMs, stopPauseMs, otherThreadsCpuUs } = reading;
  const isOwn = ownSampleTest(profile, { isOwnFile, isRuntimeFile });
  const answers = answersFrom(profile);
  return {
    id,
    startedAtMs,
    durationMs,
    samplingIntervalUs: reading.samplingIntervalUs,
    sampleCount: reading.sampleNode.length + reading.droppedSamples,
    observation: { via, measuredAtMs: startedAtMs + durationMs },
    idleMs: idleMsOf(reading),
    otherThreadsCpuMs: otherThreadsCpuUs === null ? null : otherThreadsCpuUs / US_PER_MS,
    routesUnavailable: reading.routesUnavailable,
    cost: {
      startPauseMs,
      stopPauseMs,
      ownPercent: percentOf(sumOf(profile, isOwn).wallMs, answers.busy.wallMs),
    },
    reading,
    ...answers,
  };
}

type Answers = Pick<
  CpuProfile,
  | 'profile'
  | 'busy'
  | 'program'
  | 'garbageCollector'
  | 'topFunctions'
  | 'callTree'
  | 'routes'
  | 'traces'
>;

function answersFrom(profile: Profile): Answers {
  const routes = once(() => routeTimes(profile).map(withFunctions));
  const traces = once(() => traceTimes(profile).slice(0, MAX_TRACES).map(withFunctions));
  return {
    profile,
    busy: sumOf(profile, () => true),
    program: sumOf(profile, topFrameIs(profile, PROGRAM)),
    garbageCollector: sumOf(profile, topFrameIs(profile, GARBAGE_COLLECTOR)),
    topFunctions: topFunctionsOf(profile),
    callTree({ limit }) {
      checkLimit(limit, MAX_NODES);
      return callTree(profile, { limit });
    },
    routes({ limit }) {
      checkLimit(limit, MAX_ROUTES);
      return routes().slice(0, limit);
    },
    traces({ limit }) {
      checkLimit(limit, MAX_TRACES);
      return traces().slice(0, limit);
    },
  };
}

function withFunctions<Row extends { profile: Profile }>({ profile, ...row }: Row) {
  return { ...row, topFunctions: topFunctionsOf(profile) };
}

/** Made at the first question, and once for all questions. */
function topFunctionsOf(profile: Profile): CpuProfile['topFunctions'] {
  const rows = once(() => hotFunctions(profile, { limit: MAX_FUNCTIONS }));
  return ({ limit }) => {
    checkLimit(limit, MAX_FUNCTIONS);
    return rows().slice(0, limit);
  };
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | null = null;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

function sumOf(profile: Profile, isMeant: (sample: Sample) => boolean): Times {
  const read = timesReader(profile);
  const sum = read.zero();
  for (const sample of profile.samples) if (isMeant(sample)) addTimes(sum, read.times(sample));
  return sum;
}

function topFrameIs({ frames }: Profile, name: string): (sample: Sample) => boolean {
  return ({ stack }) => {
    const top = frames[stack[0]!]!;
    return top.function === name && top.file === '';
  };
}
