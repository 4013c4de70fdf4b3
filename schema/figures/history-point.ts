import type { MetricName } from '../../api/analyzers/metrics/metrics.ts';
import type { DeliveredPoint, HistoryPoint } from '../../api/diagnostics/history/point.ts';
import { builder } from '../builder.ts';

type Point = HistoryPoint & Partial<Pick<DeliveredPoint, 'droppedBefore'>>;

interface MetricField {
  type: 'Int' | 'Float';
  /** Says the unit, and when it is null beside the reasons that `responding` gives. */
  description: string;
}

/** The fields of the metrics that the history has, each under its name there. */
const METRIC_FIELDS: Record<MetricName, MetricField> = {
  alloc: {
    type: 'Float',
    description:
      'Bytes of live and not yet collected objects on the heap. Null where a target does not tell.',
  },
  heapInuse: {
    type: 'Float',
    description:
      'Bytes of the heap that are in use: what V8 has committed, Go’s `HeapInuse`. Null where a target does not tell.',
  },
  oldSpaceUsed: {
    type: 'Float',
    description:
      'Bytes in use outside of the young generation, which count against `MemoryStats.heapLimit`. Null where it is not told (Go, another pprofql of an older version).',
  },
  external: {
    type: 'Float',
    description:
      'Bytes outside of the heap that JavaScript objects hold, `arrayBuffers` included. Where they grow and `alloc` does not, buffers are kept. Null where there is no such memory (Go).',
  },
  arrayBuffers: {
    type: 'Float',
    description:
      'Bytes of `ArrayBuffer`s and `Buffer`s; part of `external`. Null where there is no such memory (Go).',
  },
  sys: {
    type: 'Float',
    description:
      'Bytes of memory the whole process holds: its resident set; for Go `Sys`, what the runtime obtained from the system. Fresh even while the thread is blocked. Null while another process does not answer.',
  },
  usagePercent: {
    type: 'Float',
    description:
      'CPU use of the whole process over the interval, in percent of one core (up to 100 times the cores). Fresh even while the thread is blocked. Null before the first interval is over, while another process does not answer, and where a target does not tell: see `unavailable`.',
  },
  goroutines: {
    type: 'Int',
    description:
      'Live async tasks; an estimate while tasks are sampled. Null in the first moments, before a sweep has counted them.',
  },
  requestsInFlight: {
    type: 'Int',
    description: 'Incoming HTTP requests being served. Null where they are not counted (Go).',
  },
  eventLoopDelayP50Ms: {
    type: 'Float',
    description:
      'Median event-loop delay in the interval, in milliseconds. Null where it was not measured: in Go, and while the loop is blocked.',
  },
  eventLoopDelayP99Ms: {
    type: 'Float',
    description:
      '99th percentile of the event-loop delay in the interval, in milliseconds. Null where it was not measured: in Go, and while the loop is blocked.',
  },
  eventLoopDelayMaxMs: {
    type: 'Float',
    description:
      'Longest event-loop delay in the interval, in milliseconds. Null where it was not measured: in Go, and while the loop is blocked.',
  },
  eventLoopUtilization: {
    type: 'Float',
    description:
      'Share of the interval in which the loop was busy, 0 to 1. Null where it was not measured: in Go, and while the loop is blocked.',
  },
  gcPauseNs: {
    type: 'Float',
    description: 'Pause of the last collection in nanoseconds. Null before the first.',
  },
  gcPauseMaxMs: {
    type: 'Float',
    description:
      'Longest pause of a collection in the interval, in milliseconds; 0 where there was none. Null where the thread could not be asked about the interval.',
  },
  gcPauseTotalMs: {
    type: 'Float',
    description:
      'All pauses of collections in the interval together, in milliseconds; 0 where there was none. Null where the thread could not be asked about the interval.',
  },
};

function metricFields(
  t: PothosSchemaTypes.ObjectFieldBuilder<typeof builder.$inferSchemaTypes, Point>,
) {
  const names = Object.keys(METRIC_FIELDS) as MetricName[];
  return Object.fromEntries(
    names.map((name) => [
      name,
      t.field({ ...METRIC_FIELDS[name], nullable: true, resolve: (point) => point[name] }),
    ]),
  );
}

export const HistoryPointType = builder.objectRef<Point>('HistoryPoint').implement({
  description:
    'One tick of the collector (every 10 seconds unless configured), or the beginning or end of a stall between two ticks. Figures over an interval cover the time since the point before.',
  fields: (t) => ({
    sequence: t.exposeInt('sequence', {
      description:
        'Number of the point, from 1, without a gap. Starts again with a new `instanceId`.',
    }),
    timestamp: t.field({
      type: 'DateTime',
      description: 'When the point was taken.',
      resolve: (point) => point.timestampMs,
    }),
    instanceId: t.exposeID('instanceId', {
      description:
        'The start this point belongs to, of the process or of the diagnostics in it: a new one starts a new series.',
    }),
    responding: t.boolean({
      description:
        'False where the observed thread did not answer (busy or blocked): then `sys` and `usagePercent` are still fresh. The other figures were read by interrupting it, `goroutines` as they had been counted before; where that was not possible, those of a moment repeat the last ones known, and those over the interval are null.',
      resolve: (point) => point.isResponding,
    }),
    blockedForMs: t.exposeFloat('blockedForMs', {
      nullable: true,
      description:
        'Milliseconds the event loop had been stalled at this point; 0 where it was not, null where stalls are not watched. `eventLoop` and `stalls` say by what.',
    }),
    profiling: t.exposeBoolean('isProfiled', {
      description:
        'Whether a CPU profile was taken at some time since the point before: its cost shows in the figures.',
    }),
    ...metricFields(t),
    cpuPercent: t.float({
      nullable: true,
      deprecationReason:
        'It is `usagePercent`, as in `CpuStats`. The history of the original handler called it so.',
      description:
        'CPU use of the whole process over the interval, in percent of one core. Null where it is not known.',
      resolve: (point) => point.usagePercent,
    }),
    droppedBefore: t.int({
      description:
        'Points this subscriber lost just before this one because it read too slowly or was away too long; 0 in a query.',
      resolve: (point) => point.droppedBefore ?? 0,
    }),
  }),
});
