/** What each chart shows: its lines, how a value reads, and what it means. One entry a chart. */
import type { TargetKind } from '../../generated/graphql.ts';
import { hasGoroutines } from '../live/kind.ts';
import type { Point } from '../live/series.ts';
import {
  formatBytes,
  formatCount,
  formatDuration,
  formatPercent,
  formatShare,
} from '../shared/format.ts';

export interface UnavailableField {
  field: string;
  reason: string;
}

export interface Line {
  label: string;
  /** What Go calls it, where that is something else. */
  goLabel?: string;
  /** Name of the CSS custom property that holds its color. */
  color: string;
  /** Null where it was not measured: the line has a gap there. */
  read: (point: Point) => number | null;
  isFilled?: boolean;
  /** In `pprof.unavailable` where the target does not tell it. */
  field?: string;
}

export interface Plot {
  id: string;
  title: string;
  /** What the figures mean, for the tooltip of the title and for screen readers. */
  meaning: string;
  lines: readonly Line[];
  /** In `pprof.unavailable` where the target tells nothing of it. */
  field?: string;
  format: (value: number) => string;
  /** The scale reaches at least this far up, so that noise does not look like a mountain. */
  smallestMax: number;
  /** True where only whole numbers make sense. */
  isCount?: boolean;
}

const whenAnswering =
  (read: Line['read']): Line['read'] =>
  (point) =>
    point.responding ? read(point) : null;

/** The charts, without their lines. */
const CHARTS = {
  memory: {
    title: 'Memory',
    meaning:
      'Resident set: all memory of the process. Heap used: live and not yet collected objects. Heap size: what V8 has committed.',
    format: formatBytes,
    smallestMax: 16e6,
  },
  external: {
    title: 'Memory outside of the heap',
    field: 'memory.external',
    meaning:
      'Held by JavaScript objects, and by no limit of the heap. Buffers: ArrayBuffers and Buffers. All: with what native code keeps for objects.',
    format: formatBytes,
    smallestMax: 16e6,
  },
  cpu: {
    title: 'CPU',
    field: 'history.usagePercent',
    meaning: 'Of one core, all threads of the process: 100 % is one core in full use.',
    format: formatPercent,
    smallestMax: 10,
  },
  delay: {
    title: 'Event-loop delay',
    field: 'eventLoop',
    meaning: 'How late the event loop runs. Callbacks and responses wait at least this long.',
    format: formatDuration,
    smallestMax: 10,
  },
  utilization: {
    title: 'Event-loop utilization',
    field: 'eventLoop',
    meaning: 'Share of time in which the event loop was busy. Near 100 %, requests queue up.',
    format: formatShare,
    smallestMax: 0.1,
  },
  gc: {
    title: 'Garbage-collection pauses',
    meaning: 'Time in which collecting garbage stopped the program, per interval.',
    format: formatDuration,
    smallestMax: 5,
  },
  tasks: {
    title: 'Live async tasks',
    meaning:
      'Pending promises, timers, sockets and other requests to the system; and HTTP requests being served.',
    format: formatCount,
    smallestMax: 10,
    isCount: true,
  },
} satisfies Record<string, Omit<Plot, 'id' | 'lines'>>;

type ChartId = keyof typeof CHARTS;

/** What a point says that is no metric. */
type PointFact =
  | '__typename'
  | 'sequence'
  | 'instanceId'
  | 'timeMs'
  | 'responding'
  | 'profiling'
  | 'blockedForMs'
  | 'droppedBefore';

export type PointMetric = Exclude<keyof Point, PointFact>;

interface MetricLine extends Omit<Line, 'read'> {
  chart: ChartId;
  /** Read without the observed thread: it goes on while that is blocked. @default false */
  isProcessWide?: boolean;
}

/**
 * Where each metric is drawn; lines of one chart are drawn in this order. Without its entry here a
 * metric does not compile: one that is not drawn says why.
 */
const METRICS: Record<PointMetric, MetricLine | { notDrawn: string }> = {
  sys: {
    chart: 'memory',
    label: 'resident',
    goLabel: 'from the system',
    color: '--line-3',
    isProcessWide: true,
  },
  heapInuse: { chart: 'memory', label: 'heap size', color: '--line-2' },
  alloc: { chart: 'memory', label: 'heap used', color: '--line-1', isFilled: true },
  external: {
    chart: 'external',
    label: 'all',
    color: '--line-2',
    field: 'memory.external',
  },
  arrayBuffers: {
    chart: 'external',
    label: 'buffers',
    color: '--line-1',
    isFilled: true,
    field: 'memory.arrayBuffers',
  },
  oldSpaceUsed: { notDrawn: 'the health line compares it with the limit of the heap' },
  usagePercent: {
    chart: 'cpu',
    label: 'of one core',
    color: '--line-1',
    isFilled: true,
    isProcessWide: true,
  },
  eventLoopDelayMaxMs: { chart: 'delay', label: 'max', color: '--line-3' },
  eventLoopDelayP99Ms: { chart: 'delay', label: 'p99', color: '--line-1', isFilled: true },
  eventLoopDelayP50Ms: { chart: 'delay', label: 'p50', color: '--line-2' },
  eventLoopUtilization: { chart: 'utilization', label: 'busy', color: '--line-1', isFilled: true },
  gcPauseTotalMs: { chart: 'gc', label: 'total', color: '--line-2', isFilled: true },
  gcPauseMaxMs: { chart: 'gc', label: 'longest', color: '--line-1' },
  gcPauseNs: { notDrawn: 'the longest of an interval says more than the last' },
  goroutines: {
    chart: 'tasks',
    label: 'tasks',
    goLabel: 'goroutines',
    color: '--line-1',
    isFilled: true,
  },
  requestsInFlight: {
    chart: 'tasks',
    label: 'HTTP requests',
    color: '--line-2',
    field: 'runtime.requestsInFlight',
  },
};

/** @internal */
export const POINT_METRICS = Object.keys(METRICS) as PointMetric[];

function linesOf(chart: ChartId): Line[] {
  return POINT_METRICS.flatMap((name) => {
    const line = METRICS[name];
    if ('notDrawn' in line || line.chart !== chart) return [];
    const read: Line['read'] = (point) => point[name];
    return [{ ...line, read: line.isProcessWide ? read : whenAnswering(read) }];
  });
}

const PLOTS = (Object.keys(CHARTS) as ChartId[]).map((id): Plot & { id: ChartId } => ({
  id,
  ...CHARTS[id],
  lines: linesOf(id),
}));

/** Where Go has another word for it. */
const GO_CHARTS: Partial<Record<ChartId, Pick<Plot, 'meaning'> & { title?: string }>> = {
  tasks: { title: 'Goroutines', meaning: 'All goroutines of the process.' },
  memory: {
    meaning:
      'From the system: all memory that Go has got. Heap used: live and not yet collected objects. Heap size: spans in use.',
  },
};

function inGoWords(plot: Plot & { id: ChartId }): Plot {
  const lines = plot.lines.map((line) => ({ ...line, label: line.goLabel ?? line.label }));
  return { ...plot, ...GO_CHARTS[plot.id], lines };
}

/** Nobody looks for these at a Go process. */
const NOT_OF_GO = ['eventLoop', 'memory.external'];

/** The charts that a target tells nothing for, and why. @param unavailable `pprof.unavailable` */
export function missingPlots(
  unavailable: readonly UnavailableField[],
  kind: TargetKind | null,
): { title: string; reason: string }[] {
  return PLOTS.flatMap(({ title, field }) => {
    const entry = unavailable.find((each) => each.field === field);
    return entry === undefined || (hasGoroutines(kind) && NOT_OF_GO.includes(entry.field))
      ? []
      : [{ title, reason: entry.reason }];
  });
}

/**
 * The charts of a target, without what it does not tell.
 * @param unavailable `pprof.unavailable`
 */
export function plotsFor(
  unavailable: readonly UnavailableField[],
  kind: TargetKind | null,
): Plot[] {
  const isTold = ({ field }: { field?: string }) =>
    !unavailable.some((entry) => entry.field === field);
  return PLOTS.filter(isTold)
    .map((plot) => ({ ...plot, lines: plot.lines.filter(isTold) }))
    .map((plot) => (hasGoroutines(kind) ? inGoWords(plot) : plot))
    .map((plot) => (kind === 'NODE' ? plot : withGaps(plot)));
}

/** Of another process nothing is known while it does not answer. */
function withGaps(plot: Plot): Plot {
  const lines = plot.lines.map((line) => ({ ...line, read: whenAnswering(line.read) }));
  return { ...plot, lines };
}
