/** The figures of a capture, as anybody may have written them. */
import type { Figures, MemoryFigures } from '../../../../analyzers/figures.ts';
import type { CpuUsage } from '../../../../analyzers/metrics/cpu-meter.ts';
import {
  aNumber,
  aText,
  type Check,
  listOf,
  orAbsent,
  orNull,
  recordOf,
} from '../../../../diagnostics/black-box/record/shape.ts';
import type { PprofSnapshot, UnavailableField } from '../../../../diagnostics/pprof.ts';
import type { ProcessFacts } from '../../../../diagnostics/process-facts.ts';
import type { GcPauses } from '../../../../probe/process/gc-observer.ts';
import { instrumentation, observation } from './tasks.ts';

const memory = recordOf<MemoryFigures>({
  heapUsedBytes: orNull(aNumber),
  heapTotalBytes: orNull(aNumber),
  totalAllocatedBytes: orAbsent(aNumber),
  heapLimitBytes: orAbsent(aNumber),
  oldSpaceUsedBytes: orAbsent(aNumber),
  externalBytes: orAbsent(aNumber),
  arrayBuffersBytes: orAbsent(aNumber),
  rssBytes: orNull(aNumber),
  sysBytes: orAbsent(aNumber),
});

const pauses = orAbsent(recordOf<GcPauses>({ count: aNumber, totalNs: aNumber, maxNs: aNumber }));

const figures = recordOf<Figures>({
  takenAtMs: aNumber,
  memory,
  cpu: orNull(recordOf({ userUs: aNumber, systemUs: orNull(aNumber) })),
  gc: recordOf<Figures['gc']>({
    count: orNull(aNumber),
    lastPauseNs: orNull(aNumber),
    interval: recordOf<Figures['gc']['interval']>({
      minor: pauses,
      major: pauses,
      incremental: pauses,
      weakCallbacks: pauses,
    }),
  }),
  eventLoop: orNull(
    recordOf({
      delayP50Ms: orNull(aNumber),
      delayP99Ms: orNull(aNumber),
      delayMaxMs: orNull(aNumber),
      utilization: orNull(aNumber),
    }),
  ),
  liveTasks: orNull(aNumber),
  liveTasksAtMs: orAbsent(orNull(aNumber)),
  requestsInFlight: orNull(aNumber),
  instrumentation,
});

const facts = recordOf<ProcessFacts>({
  pid: orNull(aNumber),
  instanceId: aText,
  startedAtMs: orNull(aNumber),
  nodeVersion: orNull(aText),
  v8Version: orNull(aText),
  platform: orNull(aText),
  arch: orNull(aText),
  title: aText,
  cwd: orNull(aText),
  cpuCount: orNull(aNumber),
  availableParallelism: orNull(aNumber),
  serviceName: orAbsent(aText),
  serviceInstanceId: orAbsent(aText),
  programRoot: orAbsent(aText),
});

export const pprof: Check<PprofSnapshot> = recordOf<PprofSnapshot>({
  timestampMs: aNumber,
  observation,
  figures,
  cpu: recordOf<CpuUsage>({
    usagePercent: orNull(aNumber),
    userSeconds: orNull(aNumber),
    systemSeconds: orNull(aNumber),
  }),
  process: facts,
  heapObjects: orNull(aNumber),
  heapObjectsAtMs: orNull(aNumber),
  unavailable: listOf(recordOf<UnavailableField>({ field: aText, reason: aText })),
});
