/** The tasks of a worker thread: its handles by type, and what waits on promises where that is asked for. */
import type { CategoryRule } from '../../base/category-rule.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import { monotonicMs } from '../../base/own-time.ts';
import { singleFlight } from '../../base/waiting/single-flight.ts';
import {
  type GoroutineSnapshot,
  goroutinesOf,
  type TasksRequest,
} from '../../diagnostics/tasks.ts';
import type { InspectedThread } from '../../link/threads.ts';
import { createHeapWalk } from '../../probe/overhead/pauses/heap-walk.ts';
import { createPauseBudget } from '../../probe/overhead/pauses/pause-budget.ts';
import type { InstrumentationReading } from '../../probe/readings/instrumentation.ts';
import { readToldTasks } from '../../probe/tasks/reading.ts';
import { createStackStore } from '../../probe/tasks/stack-store.ts';
import type { PendingPromise } from '../../probe/tasks/waits/exact-tasks.ts';
import { UNTRACKED } from '../asked/untracked.ts';
import { callReturned, evaluate } from './evaluate.ts';
import { RESOURCES } from './expressions.ts';
import { readPromises } from './promises.ts';

export interface ThreadTasksOptions {
  categoryRules: readonly CategoryRule[];
  pauseBudgetPercent: number;
  /** As it was told last. */
  heapUsedBytes: () => number;
}

export interface ThreadTasks {
  instrumentation(): InstrumentationReading;
  read(request: TasksRequest): Promise<GoroutineSnapshot>;
}

/** As deep as those of the main thread that are waited for are kept. */
const STACK_DEPTH = 32;
/** Before the heap is enumerated: nothing is stopped in vain. */
const TURNS_WITHIN_MS = 1_000;

const DISABLED_REASON =
  'nothing of pprofql runs in a worker thread: its handles are counted by type, and its promises are read with exact: true';

export function createThreadTasks(
  thread: InspectedThread,
  { categoryRules, pauseBudgetPercent, heapUsedBytes }: ThreadTasksOptions,
): ThreadTasks {
  // What the kernel gave that thread meanwhile is not known here.
  const budget = createPauseBudget(pauseBudgetPercent, monotonicMs, () => null);
  const walk = createHeapWalk({ budget, pauseBudgetPercent, heapUsedBytes });

  const instrumentation = (): InstrumentationReading => ({
    ...UNTRACKED,
    disabledReason: DISABLED_REASON,
    exactReadPauseMs: walk.estimatedPauseMs(),
  });

  async function handles(): Promise<Record<string, number>> {
    const names = await evaluate<string[]>(thread, RESOURCES);
    const counts: Record<string, number> = {};
    for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
    return counts;
  }

  const readAll = singleFlight(async (): Promise<PendingPromise[]> => {
    if ((await callReturned(thread, TURNS_WITHIN_MS)) === null) {
      throw new DiagnosticsError(
        'PROCESS_NOT_RESPONDING',
        `its event loop has not turned within ${TURNS_WITHIN_MS / MS_PER_SECOND} s, which an exact read needs: it runs something long, or waits for its next job in Atomics.wait, as a pool has it do`,
      );
    }
    let promises: PendingPromise[] = [];
    await walk.runSoon(async () => {
      promises = await readPromises(thread, createStackStore(STACK_DEPTH));
      return null;
    });
    return promises;
  });

  return {
    instrumentation,
    async read({ raw, exact = false }) {
      const promises = exact ? await readAll() : [];
      const untracked = await handles();
      const takenAtMs = Date.now();
      const reading = await readToldTasks(promises, untracked);
      return goroutinesOf(
        {
          ...reading,
          takenAtMs,
          isExact: exact,
          longestSliceMs: 0,
          instrumentation: instrumentation(),
        },
        { raw, categoryRules, observation: { via: 'INSPECTOR', measuredAtMs: takenAtMs } },
      );
    },
  };
}
