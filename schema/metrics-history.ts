import type { DeliveredPoint, HistoryPoint } from '../api/diagnostics/types.ts';
import { builder } from './builder.ts';
import { targetArgument } from './target-argument.ts';

const NANOS_PER_MILLI = 1e6;

type Point = HistoryPoint & Partial<Pick<DeliveredPoint, 'droppedBefore'>>;

function intervalGc(point: Point) {
  const kinds = Object.values(point.gc?.interval ?? {});
  return {
    totalNs: kinds.reduce((sum, pauses) => sum + pauses.totalNs, 0),
    maxNs: Math.max(0, ...kinds.map((pauses) => pauses.maxNs)),
  };
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
        'False where the observed thread did not answer (busy or blocked): then `rss` and `cpuPercent` are still fresh; the other figures were read by interrupting it, or repeat the last ones known.',
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
    alloc: t.float({
      description: 'Bytes of live and not yet collected objects on the heap.',
      resolve: ({ stats }) => stats?.memory.heapUsedBytes ?? 0,
    }),
    heapInuse: t.float({
      description: 'Bytes that V8 has committed for the heap.',
      resolve: ({ stats }) => stats?.memory.heapTotalBytes ?? 0,
    }),
    rss: t.float({
      description:
        'Bytes of memory the whole process holds. Fresh even while the thread is blocked.',
      resolve: (point) => point.rssBytes,
    }),
    oldSpaceUsed: t.float({
      nullable: true,
      description:
        'Bytes in use outside of the young generation, which count against `MemoryStats.heapLimit`. Null before the thread first answered, and where it is not told (Go, another pprofql).',
      resolve: ({ stats }) => stats?.memory.oldSpaceUsedBytes ?? null,
    }),
    goroutines: t.int({
      nullable: true,
      description:
        'Live async tasks; an estimate while tasks are sampled. Null in the first moments, before they were counted.',
      resolve: ({ stats }) => stats?.liveTasks ?? null,
    }),
    requestsInFlight: t.int({
      nullable: true,
      description: 'Incoming HTTP requests being served; null where they are not counted (Go).',
      resolve: ({ stats }) => (stats === null ? 0 : stats.requestsInFlight),
    }),
    gcPauseNs: t.float({
      description: 'Pause of the last collection in nanoseconds; 0 before the first.',
      resolve: ({ stats }) => stats?.gc.lastPauseNs ?? 0,
    }),
    gcPauseMaxMs: t.float({
      description: 'Longest pause of a collection in the interval, in milliseconds; 0 for none.',
      resolve: (point) => intervalGc(point).maxNs / NANOS_PER_MILLI,
    }),
    gcPauseTotalMs: t.float({
      description: 'All pauses of the interval together, in milliseconds.',
      resolve: (point) => intervalGc(point).totalNs / NANOS_PER_MILLI,
    }),
    cpuPercent: t.float({
      description:
        'CPU use of the whole process over the interval, in percent of one core (up to 100 times the cores). Fresh even while the thread is blocked. 0 where a target does not tell: see `unavailable`.',
      resolve: ({ cpu }) => cpu.usagePercent ?? 0,
    }),
    eventLoopDelayP50Ms: t.float({
      nullable: true,
      description:
        'Median event-loop delay in the interval, in milliseconds; null where it was not measured.',
      resolve: ({ isResponding, stats }) =>
        isResponding ? (stats?.eventLoop?.delayP50Ms ?? null) : null,
    }),
    eventLoopDelayP99Ms: t.float({
      nullable: true,
      description:
        '99th percentile of the event-loop delay in the interval, in milliseconds; null where it was not measured.',
      resolve: ({ isResponding, stats }) =>
        isResponding ? (stats?.eventLoop?.delayP99Ms ?? null) : null,
    }),
    eventLoopDelayMaxMs: t.float({
      nullable: true,
      description:
        'Longest event-loop delay in the interval, in milliseconds; null where it was not measured.',
      resolve: ({ isResponding, stats }) =>
        isResponding ? (stats?.eventLoop?.delayMaxMs ?? null) : null,
    }),
    eventLoopUtilization: t.float({
      nullable: true,
      description:
        'Share of the interval in which the loop was busy, 0 to 1; null where it was not measured.',
      resolve: ({ isResponding, stats }) =>
        isResponding ? (stats?.eventLoop?.utilization ?? null) : null,
    }),
    droppedBefore: t.int({
      description:
        'Points this subscriber lost just before this one because it read too slowly or was away too long; 0 in a query.',
      resolve: (point) => point.droppedBefore ?? 0,
    }),
  }),
});

builder.subscriptionField('metricsHistory', (t) =>
  t.field({
    type: [HistoryPointType],
    description:
      'Points newer than `after`; the first event carries the retained window, so a reconnecting client passes the last sequence it saw and misses nothing. Then one event a tick, by graphql-ws or SSE. A slow reader loses points, counted in `droppedBefore`, never slows the process.',
    args: {
      ...targetArgument(),
      after: t.arg.int({
        required: false,
        description:
          'The last `sequence` already seen. Null, or a number this process has not reached (it restarted), gives the whole window.',
      }),
    },
    subscribe: (_root, { target, after }, { diagnostics, signal }) =>
      diagnostics.target(target).metricsHistory({ after, signal }),
    resolve: (points) => points,
  }),
);
