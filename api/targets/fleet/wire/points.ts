/**
 * Points of a history as they stand in a stream: figures with commas between them, nothing where one is not known. Which
 * column is which metric, whoever wrote them tells in its `about`: it may be of another version.
 */
import {
  METRIC_ENTRIES,
  type MetricName,
  type MetricValues,
} from '../../../analyzers/metrics/metrics.ts';
import type { HistoryPoint } from '../../../diagnostics/history/point.ts';

/** As it stands in the stream; its time is by the clock of the engine. */
export type StreamPoint = Omit<HistoryPoint, 'sequence' | 'instanceId'>;

/** Name of the field in the entries of a stream. */
export const POINT_FIELD = 'p';
/** Of this version, behind the time, the flags and how long the loop had been blocked. */
export const COLUMNS: readonly string[] = METRIC_ENTRIES.map(([name]) => name);

const MOST_CHARACTERS = 1_024;
const RESPONDING = 1;
const PROFILED = 2;
/** Four digits are more than a chart shows; bytes are whole. */
const DIGITS = 4;

export function writePoint(point: StreamPoint): string {
  const flags = (point.isResponding ? RESPONDING : 0) + (point.isProfiled ? PROFILED : 0);
  return [
    Math.round(point.timestampMs),
    flags,
    numberText(point.blockedForMs),
    ...METRIC_ENTRIES.map(([name]) => numberText(point[name])),
  ].join(',');
}

function numberText(value: number | null): string {
  if (value === null || !Number.isFinite(value)) return '';
  return Math.abs(value) >= 10 ** DIGITS
    ? String(Math.round(value))
    : String(Number(value.toPrecision(DIGITS)));
}

/** Null for what is no point. */
export function readPoint(text: unknown, columns: readonly string[]): StreamPoint | null {
  if (typeof text !== 'string' || text.length > MOST_CHARACTERS) return null;
  const [timestampMs, flags, blockedForMs, ...values] = text.split(',').map(numberOf);
  if (timestampMs == null || flags == null || blockedForMs === undefined) return null;
  const metrics = METRIC_ENTRIES.map(([name]) => [name, values[columns.indexOf(name)] ?? null]);
  return {
    ...(Object.fromEntries(metrics) as MetricValues),
    timestampMs,
    blockedForMs,
    isResponding: (flags & RESPONDING) !== 0,
    isProfiled: (flags & PROFILED) !== 0,
  };
}

function numberOf(text: string): number | null {
  const value = text === '' ? Number.NaN : Number(text);
  return Number.isFinite(value) ? value : null;
}

/** The last of many says little of what went on between them. */
const AVERAGED: ReadonlySet<MetricName> = new Set(['usagePercent', 'eventLoopUtilization']);

/** One point for the time of all: what happened in it, and how things stood at its end. Null for none. */
export function joinPoints(points: readonly StreamPoint[]): StreamPoint | null {
  const last = points.at(-1);
  if (last === undefined) return null;
  const joined = METRIC_ENTRIES.map(([name, metric]): [MetricName, number | null] => {
    const known = points.flatMap((point) => point[name] ?? []);
    if (known.length === 0) return [name, null];
    if (AVERAGED.has(name)) return [name, known.reduce((a, b) => a + b) / known.length];
    const isOfInterval = metric.from === 'THREAD' && !metric.isRepeated;
    return [name, isOfInterval ? known.reduce((a, b) => metric.merge(a, b)) : last[name]];
  });
  return {
    ...last,
    ...(Object.fromEntries(joined) as MetricValues),
    isResponding: points.every(({ isResponding }) => isResponding),
    isProfiled: points.some(({ isProfiled }) => isProfiled),
  };
}
