/** Another pprofql's cheap figures as the reading that they were made from. */

import type { Figures } from '../../../analyzers/figures.ts';
import { NS_PER_MS } from '../../../base/numbers/units.ts';
import type { UnavailableField } from '../../../diagnostics/pprof.ts';
import type { GcKind } from '../../../probe/process/gc-observer.ts';
import type { TargetReading } from '../../target.ts';
import type { FiguresFragment, GcKind as ToldGcKind } from '../generated/graphql.ts';
import { instrumentationOf } from './instrumentation.ts';
import { complete, type Told } from './told.ts';

const GC_KINDS: Readonly<Record<ToldGcKind, GcKind>> = {
  MINOR: 'minor',
  MAJOR: 'major',
  INCREMENTAL: 'incremental',
  WEAK_CALLBACKS: 'weakCallbacks',
};

type ToldPprof = Told<NonNullable<FiguresFragment['pprof']>>;

/**
 * Its figures are passed on as they are.
 * @param lacking paths in `pprof` of what it does not know
 */
export function readingOf(
  answer: Told<FiguresFragment>,
  { lacking, receivedAtMs }: { lacking: readonly string[]; receivedAtMs: number },
): TargetReading {
  const pprof = complete(answer.pprof, 'pprof', ['memory']);
  const process = complete(answer.process, 'process', ['instanceId', 'title']);
  const { cpu, runtime, memory } = pprof;
  const { startedAt, programRoot, serviceName, serviceInstanceId, ...facts } = process;
  // By the clock here: the two may differ.
  const sinceAge = (ageMs: number | null | undefined) =>
    ageMs == null ? null : receivedAtMs - ageMs;
  return {
    figures: { ...figuresOf(answer, pprof), liveTasksAtMs: sinceAge(runtime?.numGoroutineAgeMs) },
    cpu: {
      usagePercent: cpu?.usagePercent ?? null,
      userSeconds: cpu?.userTime ?? null,
      systemSeconds: cpu?.systemTime ?? null,
    },
    process: {
      ...facts,
      ...(programRoot !== null && { programRoot }),
      ...(serviceName !== null && { serviceName }),
      ...(serviceInstanceId !== null && { serviceInstanceId }),
      startedAtMs: startedAt === null ? null : Date.parse(startedAt),
      cpuCount: runtime?.numCpu ?? null,
      availableParallelism: runtime?.gomaxprocs ?? null,
    },
    heapObjects: memory.heapObjects,
    heapObjectsAtMs: sinceAge(memory.heapObjectsAgeMs),
    unavailable: [...unavailableOf(pprof), ...lacking.map(unknownField)],
  };
}

function unavailableOf({ unavailable }: ToldPprof): UnavailableField[] {
  return (unavailable ?? []).map((each) =>
    complete(each, 'pprof.unavailable', ['field', 'reason']),
  );
}

function unknownField(field: string): UnavailableField {
  return { field, reason: 'this target runs a version of pprofql that does not tell it' };
}

function figuresOf({ instrumentation }: Told<FiguresFragment>, pprof: ToldPprof): Figures {
  const { eventLoop } = pprof;
  const { measuredAt } = complete(pprof.observation, 'pprof.observation', ['measuredAt']);
  return {
    takenAtMs: Date.parse(measuredAt),
    memory: memoryOf(pprof),
    // It tells its use over its own interval, not the time since its start.
    cpu: null,
    gc: gcOf(pprof),
    eventLoop: loopOf(eventLoop),
    liveTasks: pprof.runtime?.numGoroutine ?? null,
    requestsInFlight: pprof.runtime?.requestsInFlight ?? null,
    instrumentation: instrumentationOf(instrumentation),
  };
}

/** Null where it does not measure its loop. */
function loopOf(told: ToldPprof['eventLoop']): Figures['eventLoop'] {
  if (told === null || told.utilization === null) return null;
  return { ...told, utilization: told.utilization };
}

function memoryOf(pprof: ToldPprof): Figures['memory'] {
  const memory = complete(pprof.memory, 'pprof.memory', []);
  return {
    heapUsedBytes: memory.alloc,
    heapTotalBytes: memory.heapInuse,
    totalAllocatedBytes: memory.totalAlloc,
    rssBytes: memory.sys,
    heapLimitBytes: memory.heapLimit,
    oldSpaceUsedBytes: memory.oldSpaceUsed,
    externalBytes: memory.external,
    arrayBuffersBytes: memory.arrayBuffers,
  };
}

/** A kind that is new is left out: what it counts is in the sum. */
function gcOf({ gc, runtime }: ToldPprof): Figures['gc'] {
  const { interval } = complete(gc, 'pprof.gc', []);
  const count = runtime?.numGc ?? null;
  const kinds = (interval ?? [])
    .map((pauses) => complete(pauses, 'pprof.gc.interval', ['kind', 'count', 'totalMs', 'maxMs']))
    .filter(({ kind }) => Object.hasOwn(GC_KINDS, kind));
  return {
    count,
    lastPauseNs: count === 0 ? null : (runtime?.gcPauseNs ?? null),
    interval: Object.fromEntries(
      kinds.map(({ kind, count, totalMs, maxMs }) => [
        GC_KINDS[kind],
        { count, totalNs: totalMs * NS_PER_MS, maxNs: maxMs * NS_PER_MS },
      ]),
    ),
  };
}
