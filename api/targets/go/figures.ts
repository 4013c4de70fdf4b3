/** The figures of a Go process, out of what `net/http/pprof` and, where present, `/metrics` say. */

import type { Figures, MemoryTold } from '../../analyzers/figures.ts';
import { MS_PER_SECOND, US_PER_SECOND } from '../../base/numbers/units.ts';
import type { UnavailableField } from '../../diagnostics/pprof.ts';
import type { ProcessFacts } from '../../diagnostics/process-facts.ts';
import type { GcPauses } from '../../probe/process/gc-observer.ts';
import type { GoMemStats } from '../../profile/decode/go-mem-stats.ts';
import { UNTRACKED } from '../asked/untracked.ts';
import type { TargetReading } from '../target.ts';
import type { PrometheusFigures } from './prometheus-text.ts';

export interface GoAnswers {
  takenAtMs: number;
  memStats: GoMemStats;
  goroutineCount: number;
  /** Null where there is no `/metrics`. */
  metrics: PrometheusFigures | null;
  /** File name of the program; null where it does not tell. */
  program: string | null;
  /** New for each start of the process. */
  instanceId: string;
  /** `NumGC` when the interval began. */
  intervalStartGc: number;
}

const NO_PAUSES: GcPauses = { count: 0, totalNs: 0, maxNs: 0 };

/** @param name the target's, as title of a process that tells none */
export function goReading(name: string, answers: GoAnswers): TargetReading {
  const { memStats, metrics } = answers;
  return {
    figures: figures(answers),
    cpu: null,
    process: facts(name, answers),
    heapObjects: memStats.heapObjects,
    unavailable: unavailable(metrics),
  };
}

function memory({ memStats, metrics }: GoAnswers): MemoryTold<'totalAllocatedBytes' | 'sysBytes'> {
  return {
    heapUsedBytes: memStats.alloc,
    heapTotalBytes: memStats.heapInuse,
    totalAllocatedBytes: memStats.totalAlloc,
    rssBytes: metrics?.residentBytes ?? memStats.sys,
    sysBytes: memStats.sys,
  };
}

function figures(answers: GoAnswers): Figures {
  const { takenAtMs, memStats, goroutineCount, metrics, intervalStartGc } = answers;
  const cpuSeconds = metrics?.cpuSeconds ?? null;
  return {
    takenAtMs,
    memory: memory(answers),
    cpu: cpuSeconds === null ? null : { userUs: cpuSeconds * US_PER_SECOND, systemUs: null },
    gc: {
      count: memStats.numGc,
      lastPauseNs: memStats.pausesNs[0] ?? null,
      interval: {
        major: pausesOf(memStats.pausesNs.slice(0, Math.max(0, memStats.numGc - intervalStartGc))),
      },
    },
    eventLoop: null,
    liveTasks: goroutineCount,
    requestsInFlight: null,
    instrumentation: UNTRACKED,
  };
}

function pausesOf(pausesNs: readonly number[]): GcPauses {
  return pausesNs.reduce(
    ({ count, totalNs, maxNs }, pauseNs) => ({
      count: count + 1,
      totalNs: totalNs + pauseNs,
      maxNs: Math.max(maxNs, pauseNs),
    }),
    NO_PAUSES,
  );
}

function facts(name: string, { metrics, program, instanceId }: GoAnswers): ProcessFacts {
  const startedAtSeconds = metrics?.startedAtSeconds ?? null;
  return {
    pid: null,
    instanceId,
    startedAtMs: startedAtSeconds === null ? null : startedAtSeconds * MS_PER_SECOND,
    nodeVersion: null,
    v8Version: null,
    platform: null,
    arch: null,
    title: program ?? name,
    cwd: null,
    cpuCount: null,
    availableParallelism: metrics?.maxProcs ?? null,
    ...(metrics?.goVersion && { goVersion: metrics.goVersion }),
  };
}

function unavailable(metrics: PrometheusFigures | null): UnavailableField[] {
  const noMetrics =
    metrics === null
      ? 'the target serves no /metrics in Prometheus form, which has it'
      : 'the target’s /metrics does not have it';
  const fields: UnavailableField[] = [];
  const add = (reason: string, ...names: string[]) =>
    fields.push(...names.map((field) => ({ field, reason })));
  if (metrics?.cpuSeconds == null) {
    add(noMetrics, 'cpu.usagePercent', 'cpu.userTime', 'cpu.systemTime', 'history.usagePercent');
  } else {
    add('a Go process tells only the sum of both', 'cpu.userTime', 'cpu.systemTime');
  }
  if (metrics?.maxProcs == null) add(noMetrics, 'runtime.gomaxprocs');
  add('net/http/pprof does not tell it', 'runtime.numCpu', 'runtime.requestsInFlight');
  add('a Go process has no such limit that it tells', 'memory.heapLimit', 'memory.oldSpaceUsed');
  add('Go has no such memory', 'memory.external', 'memory.arrayBuffers');
  add('net/http/pprof tells of no requests', 'requests', 'requestCoverage', 'routes');
  add('Go has no event loop', 'eventLoop');
  return fields;
}
