/** Figures of a group of tasks, in which each counts as often as its weight says. */
import { compareText } from '../frame-order.ts';
import type { SpanCount, Task, TaskGroup } from './types.ts';

const MOST_SPANS = 100;

/** How many tasks the records stand for, or those that `isCounted`. */
export function estimate(
  members: readonly Task[],
  isCounted: (task: Task) => boolean = isAny,
): number {
  let total = 0;
  for (const task of members) if (isCounted(task)) total += task.weight;
  return Math.round(total);
}

const isAny = () => true;

/** The median is weighted: half of the tasks that the records stand for have waited at most that long. */
export function waits(
  members: readonly Task[],
): Pick<TaskGroup, 'oldestWaitMs' | 'medianWaitMs' | 'newestWaitMs'> {
  let oldestWaitMs: number | null = null;
  let newestWaitMs: number | null = null;
  for (const { waitMs } of members) {
    if (waitMs === null) continue;
    if (oldestWaitMs === null || waitMs > oldestWaitMs) oldestWaitMs = waitMs;
    if (newestWaitMs === null || waitMs < newestWaitMs) newestWaitMs = waitMs;
  }
  const areEqual = oldestWaitMs === newestWaitMs;
  return {
    oldestWaitMs,
    medianWaitMs: areEqual ? oldestWaitMs : medianWait(members),
    newestWaitMs,
  };
}

function medianWait(members: readonly Task[]): number | null {
  const known = members
    .filter((task): task is Task & { waitMs: number } => task.waitMs !== null)
    .sort((a, b) => a.waitMs - b.waitMs);
  const half = sum(known, (task) => task.weight) / 2;
  let passed = 0;
  const median = known.find((task) => {
    passed += task.weight;
    return passed >= half;
  });
  return median?.waitMs ?? null;
}

export function routes(members: readonly Task[]): TaskGroup['routes'] {
  const weights = new Map<string, number>();
  for (const { request, weight } of members) {
    if (request !== null) weights.set(request.route, (weights.get(request.route) ?? 0) + weight);
  }
  return [...weights]
    .map(([route, weight]) => ({ route, count: Math.round(weight) }))
    .sort(byCountAndRoute);
}

/** Those of the same tasks in several programs. */
export function joinedRoutes(...lists: TaskGroup['routes'][]): TaskGroup['routes'] {
  const [only = [], ...others] = lists.filter((list) => list.length > 0);
  if (others.length === 0) return only;
  return [...Map.groupBy(lists.flat(), ({ route }) => route)]
    .map(([route, same]) => ({ route, count: sum(same, ({ count }) => count) }))
    .sort(byCountAndRoute);
}

function byCountAndRoute(a: TaskGroup['routes'][number], b: TaskGroup['routes'][number]): number {
  return b.count - a.count || compareText(a.route, b.route);
}

/** Null where no task was made in a span. */
export function spans(members: readonly Task[]): SpanCount[] | null {
  if (members.every(({ span }) => span === undefined)) return null;
  const counts = new Map<string, SpanCount>();
  for (const { span, weight } of members) {
    if (span === undefined) continue;
    const { traceId, spanId } = span;
    const key = `${traceId} ${spanId}`;
    counts.set(key, { traceId, spanId, count: (counts.get(key)?.count ?? 0) + weight });
  }
  return [...counts.values()]
    .map(({ count, ...ids }) => ({ ...ids, count: Math.round(count) }))
    .sort(byCountAndTrace)
    .slice(0, MOST_SPANS);
}

/** Those of the same tasks in several programs; no two of them have the same span. */
export function joinedSpans(...lists: (SpanCount[] | undefined)[]): SpanCount[] | undefined {
  const known = lists.filter((list) => list !== undefined);
  return known.length === 0 ? undefined : known.flat().sort(byCountAndTrace).slice(0, MOST_SPANS);
}

function byCountAndTrace(a: SpanCount, b: SpanCount): number {
  return b.count - a.count || compareText(a.traceId, b.traceId);
}

export function oldestRequestMs(members: readonly Task[], nowMs: number): number | null {
  let oldest: number | null = null;
  for (const { request } of members) {
    if (request !== null) oldest = Math.max(oldest ?? 0, nowMs - request.startedAtMs);
  }
  return oldest;
}

export function sum<T>(items: readonly T[], value: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += value(item);
  return total;
}
