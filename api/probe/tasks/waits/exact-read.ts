/** The read of every pending promise of the process, those from before the tracker included. */

import { DiagnosticsError } from '../../../base/errors.ts';
import { math } from '../../../base/numbers/math.ts';
import { wallClockMs } from '../../../base/own-time.ts';
import { singleFlight } from '../../../base/waiting/single-flight.ts';
import type { HeapWalk } from '../../overhead/pauses/heap-walk.ts';
import type { ExcludeFromHere } from '../../process/memory.ts';
import type { TasksReading } from '../../readings/tasks.ts';
import type { RequestContext } from '../../requests/context/types.ts';
import { startTimeSlices, type TimeSlices } from '../pace/time-slices.ts';
import type { PromiseIds } from '../promises/promise-ids.ts';
import { readExactTasks } from '../reading.ts';
import { livenessOf } from '../records/liveness.ts';
import type { TaskRecords } from '../records/records.ts';
import type { SweepResult } from '../sweep-result.ts';
import type { AwaitLines } from './await-lines.ts';
import { describePromises } from './exact-tasks.ts';
import { allPromises } from './pending-promises.ts';

export interface ExactReadOptions {
  /** Null where there is no exact read. */
  heapWalk: HeapWalk | null;
  /** Made by pprofql's own requests. */
  leftOut: Pick<WeakSet<object>, 'has'>;
  records: TaskRecords;
  awaitLines: AwaitLines;
  promiseIds: PromiseIds;
  requestContext: RequestContext;
  excludeFromHere: ExcludeFromHere | undefined;
  /** Finds out which records still live. */
  sweep: () => Promise<unknown>;
  /** Told of the CPU time that it took. */
  charge: (ms: number) => void;
  tell: (result: SweepResult) => TasksReading;
}

/** Asked one by one who waits, and told one by one. */
const MOST_EXACT_PROMISES = 200_000;

function tooManyPromises(count: number): DiagnosticsError {
  return new DiagnosticsError(
    'LIMIT_EXCEEDED',
    `${count} promises are pending, more than the ${MOST_EXACT_PROMISES} that are read exactly; read them without exact`,
  );
}

/** Callers at the same time share one. */
export function createExactRead({
  heapWalk,
  leftOut,
  records,
  awaitLines,
  promiseIds,
  requestContext,
  excludeFromHere,
  sweep,
  charge,
  tell,
}: ExactReadOptions): () => Promise<TasksReading> {
  /** Those of the program, that still are. */
  async function pendingOf(promises: readonly object[], slices: TimeSlices): Promise<object[]> {
    const pending: object[] = [];
    await slices.forEach(promises, (promise) => {
      if (leftOut.has(promise) || records.isOwn(promise)) return;
      if (livenessOf(0, 'PROMISE', promise).isAlive) pending.push(promise);
    });
    return pending;
  }

  return singleFlight(async () => {
    if (heapWalk === null) throw new DiagnosticsError('UNAVAILABLE', 'there is no exact read');
    // At once, before anything of our own waits.
    const { found: promises, pauseMs } = heapWalk.run(allPromises);
    const takenAtMs = wallClockMs();
    await sweep();
    const slices = startTimeSlices(undefined, excludeFromHere);
    try {
      const live = [...records.live()];
      const pending = await pendingOf(promises, slices);
      if (pending.length > MOST_EXACT_PROMISES) throw tooManyPromises(pending.length);
      const waits = (await awaitLines.isAble()) ? await awaitLines.whoWait(pending, slices) : null;
      const described = await describePromises(pending, waits, live, promiseIds, slices);
      const found = await readExactTasks(described, live, requestContext, slices);
      charge(slices.workMs());
      return tell({ takenAtMs, found, longestSliceMs: math.max(pauseMs, slices.longestMs()) });
    } finally {
      slices.end();
    }
  });
}
