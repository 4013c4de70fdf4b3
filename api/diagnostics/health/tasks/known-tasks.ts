/** The tasks as they were last read by anybody, and read anew only where that was long ago. */
import { singleFlight } from '../../../base/waiting/single-flight.ts';
import type { Evidence } from '../../../health/evidence/evidence.ts';
import type { GrowingTasks, TaskEvidence } from '../../../health/evidence/tasks.ts';
import { floorOfThirds } from '../../../health/growth/floor-of-thirds.ts';
import type { KnownTaskTotals } from '../../metrics/snapshot.ts';
import type { GoroutineSnapshot, TasksRequest } from '../../tasks.ts';
import { createTaskCounts } from './task-counts.ts';

type ReadTasks = (request: TasksRequest) => Promise<GoroutineSnapshot>;

export interface KnownTasksOptions {
  read: ReadTasks;
  /** How long they are fresh, after a read that lasted so long. @default 5 seconds, as an open page reads them */
  freshForMs?: (lastedMs: number) => number;
}

export interface KnownTasks {
  /** Null before the first read. */
  groups(): readonly TaskEvidence[] | null;
  /** Null before the first read. */
  totals(): KnownTaskTotals | null;
  /** Of which there are ever more; null before there were enough reads. */
  growing(): readonly GrowingTasks[] | null;
  /** Reads them where the points show ever more of them. Never rejects. */
  suspect(evidence: Pick<Evidence, 'points'>): Promise<void>;
  /** Reads them where they are not fresh. Never rejects. */
  refresh(): Promise<void>;
  /** The read, of which note is taken. */
  read: ReadTasks;
}

const FRESH_FOR_MS = 5_000;
/** So many points in which the tasks become ever more make them worth a read. */
const POINTS_LOOKED_AT = 6;
const SUSPECT_TASKS = 10;

export function createKnownTasks({
  read,
  freshForMs = () => FRESH_FOR_MS,
}: KnownTasksOptions): KnownTasks {
  const counts = createTaskCounts();
  let known: readonly TaskEvidence[] | null = null;
  let readAtMs = 0;
  let freshUntilMs = 0;

  /** Whoever does not answer is not asked again at once. */
  async function readNoted(request: TasksRequest): Promise<GoroutineSnapshot> {
    const startedAtMs = Date.now();
    try {
      const tasks = await read(request);
      known = tasks.groups;
      readAtMs = tasks.timestampMs;
      // What sampling leaves out has not grown because it was read exactly.
      if (request.exact !== true) counts.note(tasks.groups, tasks.timestampMs);
      return tasks;
    } finally {
      freshUntilMs = Date.now() + freshForMs(Date.now() - startedAtMs);
    }
  }

  const refresh = singleFlight(async (): Promise<void> => {
    if (Date.now() < freshUntilMs) return;
    await readNoted({ raw: false }).catch(() => {});
  });

  return {
    groups: () => known,
    totals: () => known && { readAtMs, ...totalsOf(known) },
    growing: counts.growing,
    refresh,
    async suspect({ points }) {
      const counted = points.flatMap(({ goroutines }) => (goroutines === null ? [] : [goroutines]));
      const recent = counted.slice(-POINTS_LOOKED_AT);
      const grown = recent.length < POINTS_LOOKED_AT ? null : floorOfThirds(recent);
      if (grown !== null && grown >= SUSPECT_TASKS) await refresh();
    },
    read: readNoted,
  };
}

function totalsOf(groups: readonly TaskEvidence[]): Omit<KnownTaskTotals, 'readAtMs'> {
  return {
    potentiallyStuck: groups.reduce((sum, { stuckCount }) => sum + stuckCount, 0),
    outlivedRequest: groups.reduce((sum, { outlivedRequest }) => sum + (outlivedRequest ?? 0), 0),
  };
}
