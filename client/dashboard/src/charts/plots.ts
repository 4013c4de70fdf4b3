/** What each chart shows: its lines, how a value reads, and what it means. One entry a chart. */
import type { TargetKind } from '../../generated/graphql.ts';
import { isOfGo } from '../live/kind.ts';
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
  /** Name of the CSS custom property that holds its colour. */
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

const whenAnswering = (read: (point: Point) => number | null) => (point: Point) =>
  point.responding ? read(point) : null;

/** Where Go has another word for it. */
const GO_WORDS: Record<string, Partial<Plot>> = {
  tasks: {
    title: 'Goroutines',
    meaning: 'All goroutines of the process.',
    lines: [
      {
        label: 'goroutines',
        color: '--line-1',
        read: whenAnswering((point) => point.goroutines),
        isFilled: true,
      },
    ],
  },
  memory: {
    meaning:
      'Resident: all memory of the process; where it does not tell, what Go has from the system. Heap used: live and not yet collected objects. Heap size: spans in use.',
  },
};

const PLOTS: readonly Plot[] = [
  {
    id: 'memory',
    title: 'Memory',
    meaning:
      'Resident set: all memory of the process. Heap used: live and not yet collected objects. Heap size: what V8 has committed.',
    lines: [
      { label: 'resident', color: '--line-3', read: (point) => point.rss },
      { label: 'heap size', color: '--line-2', read: whenAnswering((point) => point.heapInuse) },
      {
        label: 'heap used',
        color: '--line-1',
        read: whenAnswering((point) => point.alloc),
        isFilled: true,
      },
    ],
    format: formatBytes,
    smallestMax: 16e6,
  },
  {
    id: 'cpu',
    title: 'CPU',
    field: 'history.cpuPercent',
    meaning: 'Of one core, all threads of the process: 100 % is one core in full use.',
    lines: [
      {
        label: 'of one core',
        color: '--line-1',
        read: (point) => point.cpuPercent,
        isFilled: true,
      },
    ],
    format: formatPercent,
    smallestMax: 10,
  },
  {
    id: 'delay',
    title: 'Event-loop delay',
    field: 'eventLoop',
    meaning: 'How late the event loop runs. Callbacks and responses wait at least this long.',
    lines: [
      {
        label: 'max',
        color: '--line-3',
        read: whenAnswering((point) => point.eventLoopDelayMaxMs),
      },
      {
        label: 'p99',
        color: '--line-1',
        read: whenAnswering((point) => point.eventLoopDelayP99Ms),
        isFilled: true,
      },
      {
        label: 'p50',
        color: '--line-2',
        read: whenAnswering((point) => point.eventLoopDelayP50Ms),
      },
    ],
    format: formatDuration,
    smallestMax: 10,
  },
  {
    id: 'utilization',
    title: 'Event-loop utilisation',
    field: 'eventLoop',
    meaning: 'Share of time in which the event loop was busy. Near 100 %, requests queue up.',
    lines: [
      {
        label: 'busy',
        color: '--line-1',
        read: whenAnswering((point) => point.eventLoopUtilization),
        isFilled: true,
      },
    ],
    format: formatShare,
    smallestMax: 0.1,
  },
  {
    id: 'gc',
    title: 'Garbage-collection pauses',
    meaning: 'Time in which collecting garbage stopped the program, per interval.',
    lines: [
      {
        label: 'total',
        color: '--line-2',
        read: whenAnswering((point) => point.gcPauseTotalMs),
        isFilled: true,
      },
      {
        label: 'longest',
        color: '--line-1',
        read: whenAnswering((point) => point.gcPauseMaxMs),
      },
    ],
    format: formatDuration,
    smallestMax: 5,
  },
  {
    id: 'tasks',
    title: 'Live async tasks',
    meaning:
      'Pending promises, timers, sockets and other requests to the system; and HTTP requests being served.',
    lines: [
      {
        label: 'tasks',
        color: '--line-1',
        read: whenAnswering((point) => point.goroutines),
        isFilled: true,
      },
      {
        label: 'HTTP requests',
        color: '--line-2',
        read: whenAnswering((point) => point.requestsInFlight),
        field: 'runtime.requestsInFlight',
      },
    ],
    format: formatCount,
    smallestMax: 10,
    isCount: true,
  },
];

/** The charts that a target tells nothing for, and why. @param unavailable `pprof.unavailable` */
export function missingPlots(
  unavailable: readonly UnavailableField[],
  kind: TargetKind | null,
): { title: string; reason: string }[] {
  return PLOTS.flatMap(({ title, field }) => {
    const entry = unavailable.find((each) => each.field === field);
    // Nobody looks for the event loop of a Go process.
    return entry === undefined || (isOfGo(kind) && field === 'eventLoop')
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
    .map((plot) => ({
      ...plot,
      lines: plot.lines.filter(isTold),
      ...(isOfGo(kind) && GO_WORDS[plot.id]),
    }))
    .map((plot) => (kind === 'NODE' ? plot : withGaps(plot)));
}

/** Of another process nothing is known while it does not answer. */
function withGaps(plot: Plot): Plot {
  const lines = plot.lines.map((line) => ({ ...line, read: whenAnswering(line.read) }));
  return { ...plot, lines };
}
