/**
 * Each route with where its time goes. How long the thread worked for it was measured; the rest of the
 * time its requests waited, and is divided by where they were seen.
 *
 *   1,000 ms of requests, 100 ms of CPU, seen 3 times in `load`, once nowhere known
 *   → CPU 0.1, `load` 0.675, unknown 0.225
 */
import type { RouteReading, RoutesReading, WaitReading } from '../../probe/readings/requests.ts';
import type { StackFrame } from '../../probe/readings/tasks.ts';
import { culpritOf } from './culprit.ts';
import type { RouteRow, RouteWait } from './types.ts';

const MOST_WAITS = 20;

interface SeenWait extends WaitReading {
  frames: readonly StackFrame[];
}

/** The routes that most time went to first. */
export function routeTable({ routes, stacks }: RoutesReading): RouteRow[] {
  let at = 0;
  return routes
    .map((reading) => {
      const seen = reading.waits.map((wait) => ({ ...wait, frames: stacks[at++] ?? [] }));
      return { row: rowOf(reading, seen), totalMs: totalMsOf(reading) };
    })
    .sort((a, b) => b.totalMs - a.totalMs || (a.row.route < b.row.route ? -1 : 1))
    .map(({ row }) => row);
}

function rowOf(reading: RouteReading, seen: readonly SeenWait[]): RouteRow {
  const { route, count, inFlight, p50Ms, p95Ms, p99Ms, maxMs } = reading;
  return { route, count, inFlight, p50Ms, p95Ms, p99Ms, maxMs, waits: waitsOf(reading, seen) };
}

function totalMsOf({ answeredMs, inFlightMs }: RouteReading): number {
  return answeredMs + inFlightMs;
}

function waitsOf(reading: RouteReading, seen: readonly SeenWait[]): RouteWait[] {
  const totalMs = totalMsOf(reading);
  const seenMs = seen.reduce((sum, { ms }) => sum + ms, 0);
  if (totalMs === 0 || (reading.cpuMs === null && seenMs === 0)) return [];
  const cpuShare = Math.min(1, (reading.cpuMs ?? 0) / totalMs);
  const waits = byPlace(seen).map((wait): RouteWait & { ms: number } => ({
    ...wait,
    share: seenMs === 0 ? 0 : (1 - cpuShare) * (wait.ms / seenMs),
  }));
  if (seenMs === 0 && cpuShare < 1) waits.push({ ...NOWHERE_SEEN, share: 1 - cpuShare });
  const cpu: RouteWait[] =
    reading.cpuMs === null
      ? []
      : [{ kind: 'CPU', place: null, frames: [], share: cpuShare, samples: 0 }];
  return [...cpu, ...waits.map(({ ms: _ms, ...wait }) => wait)]
    .sort((a, b) => b.share - a.share)
    .slice(0, MOST_WAITS);
}

const NOWHERE_SEEN = {
  kind: 'UNKNOWN' as const,
  place: null,
  frames: [],
  ms: 0,
  samples: 0,
};

/** Several stacks lead to one line; the one that most time was seen in stands for them. */
function byPlace(seen: readonly SeenWait[]): Omit<RouteWait & { ms: number }, 'share'>[] {
  const places = new Map<string, Omit<RouteWait & { ms: number }, 'share'>>();
  for (const { frames, ms, samples } of seen.toSorted((a, b) => b.ms - a.ms)) {
    const place = culpritOf(frames);
    const key = place === null ? '' : `${place.function}\n${place.file}:${place.line}`;
    const known = places.get(key);
    if (known !== undefined) {
      known.ms += ms;
      known.samples += samples;
    } else {
      places.set(key, { kind: place === null ? 'UNKNOWN' : 'WAIT', place, frames, ms, samples });
    }
  }
  return [...places.values()];
}
