/** The tasks as they were last read by anybody, and read anew only where that was long ago. */
import type { TaskEvidence } from '../../health/evidence.ts';
import type { GoroutineSnapshot, TasksRequest } from '../tasks.ts';

type ReadTasks = (request: TasksRequest) => Promise<GoroutineSnapshot>;

export interface KnownTasksOptions {
  read: ReadTasks;
  /** How long they are fresh, after a read that lasted so long. @default 5 seconds, as an open page reads them */
  freshForMs?: (lastedMs: number) => number;
}

export interface KnownTasks {
  /** Null before the first read. */
  groups(): readonly TaskEvidence[] | null;
  /** Reads them where they are not fresh. Never rejects. */
  refresh(): Promise<void>;
  /** The read, of which note is taken. */
  read: ReadTasks;
}

const FRESH_FOR_MS = 5_000;

export function createKnownTasks({
  read,
  freshForMs = () => FRESH_FOR_MS,
}: KnownTasksOptions): KnownTasks {
  let known: readonly TaskEvidence[] | null = null;
  let freshUntilMs = 0;
  let reading: Promise<void> | null = null;

  /** Whoever does not answer is not asked again at once. */
  async function readNoted(request: TasksRequest): Promise<GoroutineSnapshot> {
    const startedAtMs = Date.now();
    try {
      const tasks = await read(request);
      known = tasks.groups;
      return tasks;
    } finally {
      freshUntilMs = Date.now() + freshForMs(Date.now() - startedAtMs);
    }
  }

  return {
    groups: () => known,
    async refresh() {
      if (Date.now() < freshUntilMs) return;
      reading ??= readNoted({ raw: false })
        .then(
          () => {},
          () => {},
        )
        .finally(() => {
          reading = null;
        });
      await reading;
    },
    read: readNoted,
  };
}
