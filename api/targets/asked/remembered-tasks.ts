/** The tasks that a target has told last, with their dump and without it. */
import type { GoroutineSnapshot, TasksRequest } from '../../diagnostics/tasks.ts';
import { freshOrLast, type Remembered } from './remembered.ts';

type ReadTasks = (request: TasksRequest) => Promise<GoroutineSnapshot>;

export interface RememberedTasks {
  /** @throws where the target is silent */
  fresh: ReadTasks;
  /** @param read what reads them anew, by way of `fresh` */
  freshOrLast(request: TasksRequest, read: ReadTasks): Promise<GoroutineSnapshot>;
}

/** @param readExactly an enumeration of the heap, which is asked for once and may take its time */
export function createRememberedTasks(
  remembered: (request: TasksRequest) => Remembered<GoroutineSnapshot>,
  readExactly: ReadTasks,
): RememberedTasks {
  const plain = remembered({ raw: false });
  const withDump = remembered({ raw: true });

  /** The newer one, unless only the other has the dump that is asked for. */
  function last(isRaw: boolean): GoroutineSnapshot | null {
    const [some, dumped] = [plain.last(), withDump.last()];
    if (some === null || dumped === null) return some ?? dumped;
    return isRaw || dumped.timestampMs >= some.timestampMs ? dumped : some;
  }

  return {
    fresh(request) {
      if (request.exact === true) return readExactly(request);
      return (request.raw ? withDump : plain).fresh();
    },
    async freshOrLast(request, read) {
      if (request.exact === true) return read(request);
      const { value, isLast } = await freshOrLast(read(request), () => last(request.raw));
      if (!isLast) return value;
      const { measuredAtMs } = value.observation;
      return {
        ...value,
        raw: request.raw ? value.raw : null,
        observation: { via: 'LAST_KNOWN', measuredAtMs },
      };
    },
  };
}
