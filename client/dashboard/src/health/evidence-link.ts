import type { FindingKind } from '../../generated/graphql.ts';

const DELAYS = { view: 'overview', 'overview.chart': 'delay' };
const REQUESTS = { view: 'requests' };
const STUCK = { view: 'tasks', 'tasks.only': 'stuck' };

const GROWING_MEMORY = { view: 'memory', 'memory.sort': 'growth' };
const GROWING_TASKS = { view: 'tasks', 'tasks.order': 'growth' };

const PARAMS: Partial<Record<FindingKind, Record<string, string>>> = {
  BLOCKED_LOOP: DELAYS,
  SLOW_LOOP: DELAYS,
  CPU_STARVED: { view: 'overview', 'overview.chart': 'cpu' },
  BUSY_THREAD: { view: 'cpu' },
  THREAD_POOL_SATURATED: { view: 'tasks' },
  KEEPS_ALIVE: { view: 'tasks' },
  STUCK_REQUESTS: REQUESTS,
  POOL_EXHAUSTED: REQUESTS,
  DEADLOCK: REQUESTS,
  LOCK_CONTENTION: REQUESTS,
  SLOW_ROUTE: REQUESTS,
  LEFT_BEHIND: STUCK,
  TASK_GROWTH: GROWING_TASKS,
  HEAP_GROWTH: GROWING_MEMORY,
  LISTENER_GROWTH: GROWING_MEMORY,
  NEAR_HEAP_LIMIT: { view: 'memory' },
  EXTERNAL_MEMORY_GROWTH: { view: 'overview', 'overview.chart': 'external' },
  NATIVE_MEMORY_GROWTH: { view: 'overview', 'overview.chart': 'memory' },
  HANDLE_GROWTH: GROWING_TASKS,
  PREVIOUS_RUN_DIED: { view: 'overview', 'overview.run': 'previous' },
  THREAD_GROWTH: GROWING_TASKS,
};

/** Goroutines have no requests of their own: what they wait for is among them. */
const GOROUTINES: Partial<Record<FindingKind, Record<string, string>>> = {
  POOL_EXHAUSTED: { view: 'tasks' },
  DEADLOCK: { view: 'tasks' },
  LOCK_CONTENTION: STUCK,
  LEFT_BEHIND: { view: 'tasks' },
  PREVIOUS_RUN_DIED: { view: 'tasks' },
  RECOVERED_PANIC: { view: 'tasks' },
};

/** Stands for the id of the newest stall, where the page does not know it yet. */
export const LATEST_STALL = 'latest';

/**
 * Where the page shows why: its query parameters, such as `view=tasks`. Null where it shows nothing
 * about such a finding.
 * @param stall id of the stall that lasts; null where stalls are not watched
 * @param isGo what it shows are goroutines
 */
export function evidenceOf(
  kind: FindingKind,
  stall: string | null,
  isGo = false,
): Record<string, string> | null {
  if (kind === 'BLOCKED_LOOP' && stall !== null) {
    return { view: 'overview', 'overview.stall': stall };
  }
  return (isGo ? GOROUTINES[kind] : undefined) ?? PARAMS[kind] ?? null;
}
