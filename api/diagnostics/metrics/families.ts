/**
 * The metrics of targets under the names that monitoring knows them by: base units, one family for all
 * targets. A figure that is not known has no sample, for nothing would be told from zero.
 */
import type { CpuFigures } from '../../analyzers/figures.ts';
import { MS_PER_SECOND, US_PER_SECOND } from '../../base/numbers/units.ts';
import { HEALTH_STATUSES } from '../../health/finding.ts';
import type { FamilyType, Labels, MetricFamily, Sample } from './family.ts';
import { largestRecent } from './recent-delays.ts';
import type { KnownRoute, MetricsSnapshot } from './snapshot.ts';

/** A target, as far as it is known. */
export interface TargetMetrics {
  name: string;
  /** Such as `NODE`; null while it is not known. */
  kind: string | null;
  isUp: boolean;
  lastAnswerAtMs: number | null;
  /** Null where it gave nothing. */
  snapshot: MetricsSnapshot | null;
}

type Value = number | null | undefined;

interface Definition {
  name: string;
  type: FamilyType;
  help: string;
  read(target: TargetMetrics): readonly Sample[];
}

/** @param read of a target that gave something */
function one(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  read: (snapshot: MetricsSnapshot) => Value,
): Definition {
  return { name, type, help, read: ({ snapshot }) => (snapshot ? sampleOf(read(snapshot)) : []) };
}

function several(
  name: string,
  type: FamilyType,
  help: string,
  read: (snapshot: MetricsSnapshot) => readonly Sample[],
): Definition {
  return { name, type, help, read: ({ snapshot }) => (snapshot ? read(snapshot) : []) };
}

function sampleOf(value: Value, labels?: Labels): Sample[] {
  if (value == null || !Number.isFinite(value)) return [];
  return [labels === undefined ? { value } : { value, labels }];
}

const seconds = (ms: Value): Value => (ms == null ? ms : ms / MS_PER_SECOND);
const cpuSeconds = (cpu: CpuFigures | null | undefined): Value =>
  cpu == null ? null : (cpu.userUs + (cpu.systemUs ?? 0)) / US_PER_SECOND;
const share = (percent: Value): Value => (percent == null ? percent : percent / 100);

const DEFINITIONS: readonly Definition[] = [
  {
    name: 'pprofql_target_up',
    type: 'gauge',
    help: '1 where the target answers, 0 where it does not: then it has no other figures but those from before a stall of this process.',
    read: ({ isUp }) => [{ value: isUp ? 1 : 0 }],
  },
  {
    name: 'pprofql_target',
    type: 'info',
    help: 'What the target is: its kind, program and runtime.',
    read: infoOf,
  },
  {
    name: 'pprofql_last_answer_timestamp_seconds',
    type: 'gauge',
    help: 'When the target last answered, as Unix time.',
    read: ({ lastAnswerAtMs }) => sampleOf(seconds(lastAnswerAtMs)),
  },
  one('pprofql_start_time_seconds', 'gauge', 'When the target started, as Unix time.', (known) =>
    seconds(known.process?.startedAtMs),
  ),

  one(
    'pprofql_tasks',
    'gauge',
    'Live async tasks; of Go goroutines.',
    ({ figures }) => figures?.liveTasks,
  ),
  one(
    'pprofql_tasks_potentially_stuck',
    'gauge',
    'Tasks that have waited for over a minute or outlived their request, when tasks were last read: by somebody who looked, or because figures were suspect.',
    ({ tasks }) => tasks?.potentiallyStuck,
  ),
  one(
    'pprofql_tasks_left_behind',
    'gauge',
    'Tasks that live on although their request has ended, when tasks were last read.',
    ({ tasks }) => tasks?.outlivedRequest,
  ),
  one(
    'pprofql_tasks_read_timestamp_seconds',
    'gauge',
    'When the tasks were last read, as Unix time; a scrape never reads them.',
    ({ tasks }) => seconds(tasks?.readAtMs),
  ),
  one(
    'pprofql_requests_in_flight',
    'gauge',
    'Requests that are being served.',
    ({ figures }) => figures?.requestsInFlight,
  ),
  one(
    'pprofql_requests',
    'counter',
    'Requests that have ended since the start.',
    (known) => known.requestsServed,
  ),
  several(
    'pprofql_route_duration_seconds',
    'summary',
    'Durations of requests by route since the start, a few seconds old; at most 200 routes, the rest in one. Aborted requests count, and add no duration.',
    ({ routes }) => routes.flatMap(durationsOf),
  ),

  one(
    'pprofql_event_loop_stalls',
    'counter',
    'Times in which the event loop did not turn for longer than the threshold (PPROFQL_STALL_MS), with the one that lasts.',
    ({ stalls }) => stalls?.count,
  ),
  one(
    'pprofql_event_loop_stall_seconds',
    'counter',
    'How long the event loop has stood still in stalls.',
    ({ stalls }) => seconds(stalls?.ms),
  ),
  one(
    'pprofql_event_loop_blocked_seconds',
    'gauge',
    'How long the event loop has stood still now; 0 while it turns.',
    (known) => seconds(known.blockedForMs),
  ),
  one(
    'pprofql_event_loop_delay_p50_seconds',
    'gauge',
    'Median delay of the event loop over the last interval of the history.',
    ({ figures }) => seconds(figures?.eventLoop?.delayP50Ms),
  ),
  one(
    'pprofql_event_loop_delay_p99_seconds',
    'gauge',
    '99th percentile of the delay of the event loop: the largest of the intervals of the last minute.',
    (known) =>
      seconds(
        largestRecent(known.points, 'eventLoopDelayP99Ms') ?? known.figures?.eventLoop?.delayP99Ms,
      ),
  ),
  one(
    'pprofql_event_loop_delay_max_seconds',
    'gauge',
    'Largest delay of the event loop in the last minute.',
    (known) =>
      seconds(
        largestRecent(known.points, 'eventLoopDelayMaxMs') ?? known.figures?.eventLoop?.delayMaxMs,
      ),
  ),
  one(
    'pprofql_event_loop_utilization_ratio',
    'gauge',
    'Share of the last interval in which the event loop was not idle, 0 to 1.',
    ({ figures }) => figures?.eventLoop?.utilization,
  ),

  one(
    'pprofql_heap_used_bytes',
    'gauge',
    'Used bytes of the heap, garbage included.',
    ({ figures }) => figures?.memory.heapUsedBytes,
  ),
  one(
    'pprofql_heap_size_bytes',
    'gauge',
    'Bytes that the runtime has committed for the heap.',
    ({ figures }) => figures?.memory.heapTotalBytes,
  ),
  one(
    'pprofql_heap_old_space_bytes',
    'gauge',
    'Used bytes of the heap without its young generation.',
    ({ figures }) => figures?.memory.oldSpaceUsedBytes,
  ),
  one(
    'pprofql_heap_limit_bytes',
    'gauge',
    'Size of the old space at which V8 gives up.',
    ({ figures }) => figures?.memory.heapLimitBytes,
  ),
  one(
    'pprofql_heap_allocated_bytes',
    'counter',
    'Bytes allocated on the heap since the start; Node tells it from version 26 on.',
    ({ figures }) => figures?.memory.totalAllocatedBytes,
  ),
  one(
    'pprofql_external_memory_bytes',
    'gauge',
    'Memory outside the heap that its objects hold, array buffers included.',
    ({ figures }) => figures?.memory.externalBytes,
  ),
  one(
    'pprofql_array_buffers_bytes',
    'gauge',
    'Memory of array buffers, such as those of Buffer.',
    ({ figures }) => figures?.memory.arrayBuffersBytes,
  ),
  one(
    'pprofql_resident_memory_bytes',
    'gauge',
    'Memory that the whole process has in RAM.',
    ({ figures }) => figures?.memory.rssBytes,
  ),
  one(
    'pprofql_gc_pauses',
    'counter',
    'Garbage collections, all kinds.',
    ({ figures }) => figures?.gc.count,
  ),
  one(
    'pprofql_gc_pause_seconds',
    'counter',
    'How long garbage collections have stopped the thread, all together.',
    (known) => seconds(known.gcPauseMs),
  ),
  one(
    'pprofql_cpu_seconds',
    'counter',
    'CPU time of the whole process, user and system together; of a worker thread its own.',
    ({ figures }) => cpuSeconds(figures?.cpu),
  ),

  several(
    'pprofql_findings',
    'gauge',
    'What health has found that lasts, by kind and severity, as last judged; a kind that is not found has no sample.',
    ({ health }) => findingsOf(health),
  ),
  one(
    'pprofql_health_status',
    'gauge',
    'The worst finding: 0 healthy, 1 notice, 2 warning, 3 critical; as last judged.',
    ({ health }) => health && HEALTH_STATUSES.indexOf(health.status),
  ),

  ...tracking('pprofql_tracking_enabled', 'gauge', '1 where async tasks are tracked.', (each) =>
    each.enabled ? 1 : 0,
  ),
  ...tracking(
    'pprofql_tracking_overhead_ratio',
    'gauge',
    'Share of one core that tracking tasks has used lately, 0 to 1.',
    (each) => share(each.overheadPercent),
  ),
  ...tracking(
    'pprofql_tracking_overhead_budget_ratio',
    'gauge',
    'Share of one core that tracking tasks may use, 0 to 1.',
    (each) => share(each.overheadBudgetPercent),
  ),
  ...tracking(
    'pprofql_tracking_sampling_ratio',
    'gauge',
    'Probability with which a new task is recorded; 1 for every task.',
    (each) => each.samplingRate,
  ),
  ...tracking(
    'pprofql_tracking_duty_cycle_ratio',
    'gauge',
    'Share of time in which new tasks are seen; 1 for always.',
    (each) => each.dutyCycle,
  ),
  ...tracking(
    'pprofql_tracking_blind_seconds',
    'counter',
    'Time in which tasks were made unseen because a burst had outrun the budget.',
    (each) => seconds(each.blindMs),
  ),
  ...tracking(
    'pprofql_tracking_records',
    'gauge',
    'Records of live tasks that are held.',
    (each) => each.records,
  ),
  ...tracking(
    'pprofql_tracking_records_limit',
    'gauge',
    'Records of live tasks that are held at most.',
    (each) => each.recordsLimit,
  ),
  ...tracking(
    'pprofql_tracking_tasks_seen',
    'counter',
    'Tasks that were seen being made.',
    (each) => each.seen,
  ),
  ...tracking(
    'pprofql_tracking_tasks_sampled_out',
    'counter',
    'Tasks that sampling left out.',
    (each) => each.sampledOut,
  ),
  ...tracking(
    'pprofql_tracking_tasks_dropped',
    'counter',
    'Records that were given up because the limit was reached.',
    (each) => each.dropped,
  ),
];

type Tracking = NonNullable<MetricsSnapshot['figures']>['instrumentation'];

/** Of what is tracked here: elsewhere nobody does, and zeros would say otherwise. */
function tracking(
  name: string,
  type: 'gauge' | 'counter',
  help: string,
  read: (instrumentation: Tracking) => Value,
): Definition[] {
  const isTracker = ({ recordsLimit }: Tracking) => recordsLimit > 0;
  return [
    one(name, type, help, ({ figures }) =>
      figures !== null && isTracker(figures.instrumentation) ? read(figures.instrumentation) : null,
    ),
  ];
}

function infoOf({ kind, snapshot }: TargetMetrics): Sample[] {
  const { process = null } = snapshot ?? {};
  const facts = {
    kind,
    title: process?.title,
    runtime: process?.nodeVersion ?? process?.goVersion,
    pid: process?.pid?.toString(),
    instance_id: process?.instanceId,
    service_instance_id: process?.serviceInstanceId,
  };
  return [{ value: 1, labels: toldLabels(facts) }];
}

/** The instance changes with each start, and so is told by `pprofql_target_info` alone. */
function ownLabels({ name, snapshot }: TargetMetrics): Labels {
  return toldLabels({ target: name, service_name: snapshot?.process?.serviceName });
}

function toldLabels(labels: Readonly<Record<string, string | null | undefined>>): Labels {
  return Object.fromEntries(
    Object.entries(labels).flatMap(([name, value]) => (value == null ? [] : [[name, value]])),
  );
}

function durationsOf({ route, count, answeredMs, p50Ms, p95Ms, p99Ms }: KnownRoute): Sample[] {
  return [
    ...sampleOf(seconds(p50Ms), { route, quantile: '0.5' }),
    ...sampleOf(seconds(p95Ms), { route, quantile: '0.95' }),
    ...sampleOf(seconds(p99Ms), { route, quantile: '0.99' }),
    { part: 'sum', labels: { route }, value: answeredMs / MS_PER_SECOND },
    { part: 'count', labels: { route }, value: count },
  ];
}

function findingsOf(health: MetricsSnapshot['health']): Sample[] {
  const counts = new Map<string, Sample>();
  for (const { kind, severity } of health?.findings ?? []) {
    const key = `${kind} ${severity}`;
    const value = (counts.get(key)?.value ?? 0) + 1;
    counts.set(key, { value, labels: { kind, severity } });
  }
  return [...counts.values()];
}

/**
 * All there are, for the documentation.
 * @internal
 */
export const METRICS: readonly Omit<MetricFamily, 'samples'>[] = DEFINITIONS;

/**
 * All families that have a sample. Each sample is labeled with its target, also where there is one
 * alone: its series would be others as soon as a worker thread starts.
 */
export function metricFamilies(targets: readonly TargetMetrics[]): MetricFamily[] {
  return DEFINITIONS.map(({ read, ...family }) => ({
    ...family,
    samples: targets.flatMap((target) =>
      read(target).map((sample) => ({
        ...sample,
        labels: { ...ownLabels(target), ...sample.labels },
      })),
    ),
  })).filter(({ samples }) => samples.length > 0);
}
