/** The readings of the observed thread, each with what is told where that thread is silent. */
import { withDeadline } from '../../base/waiting/deadline.ts';
import type { ProbeLink } from '../../link/probe-link.ts';
import type { FiguresReading } from '../../probe/readings/figures.ts';
import type { ExternalReading } from '../../probe/readings/memory/external.ts';
import type { HeapReading } from '../../probe/readings/memory/heap.ts';
import type { TasksReading } from '../../probe/readings/tasks.ts';
import type { FrameLocator } from '../../source-maps/frame-locator.ts';
import { ownPause } from '../stalls/own-pause.ts';
import type { StallWatch } from '../stalls/watch.ts';
import { type Answered, type LastAnswerOptions, lastAnswer } from './last-answer.ts';
import { silentThread } from './silent-thread.ts';
import type { StuckLoop } from './stuck-loop.ts';

/** Reading figures takes well under a millisecond: later than this, the thread is busy. */
const FIGURES_DEADLINE_MS = 1_000;
/** Tasks are read in slices between which the program runs. */
const TASKS_DEADLINE_MS = 10_000;
/** Everyone who waits is asked for, after a look through all of the heap. */
const EXACT_TASKS_DEADLINE_MS = 60_000;
const EXACT_TASKS_NEED = ', and tasks are read exactly by that thread alone';
/** A forced collection of a large heap takes seconds. */
const HEAP_DEADLINE_MS = 30_000;

export interface ReadingsOptions {
  link: Pick<ProbeLink, 'probe' | 'via'>;
  stuckLoop: StuckLoop;
  watch: Pick<StallWatch, 'onBegin' | 'onEnd' | 'duringOwnRead' | 'isInOwnRead' | 'isReading'>;
  locator: FrameLocator;
  /** As the collector last got them; null before. */
  lastFigures: () => FiguresReading | null;
}

/** Frames are where their code was written. */
export interface Readings {
  figures(): Promise<Answered<FiguresReading>>;
  tasks(): Promise<Answered<TasksReading>>;
  /** Nothing else would do: where the thread does not answer, there is none. */
  tasksExactly(): Promise<Answered<TasksReading>>;
  heap(): Promise<Answered<HeapReading>>;
  external(question: { collect: boolean }): Promise<Answered<ExternalReading>>;
  /** How quick answers come, and what is known of the loop. */
  readonly way: Pick<
    LastAnswerOptions<unknown>,
    'via' | 'deadlineMs' | 'isBlocked' | 'onBlocked' | 'onFree' | 'isInOwnRead' | 'isReading'
  >;
}

export function createReadings(options: ReadingsOptions): Readings {
  const { stuckLoop, watch, locator } = options;
  const { probe, via } = options.link;
  const way = {
    via,
    deadlineMs: FIGURES_DEADLINE_MS,
    isBlocked: stuckLoop.isBlocked,
    onBlocked: watch.onBegin,
    onFree: watch.onEnd,
    isInOwnRead: watch.isInOwnRead,
    isReading: watch.isReading,
  };

  const figures = lastAnswer({
    ...way,
    read: () => probe.readFigures({ closeInterval: false }),
    takenAtMs: (reading) => reading.takenAtMs,
    readBlocked: () => stuckLoop.call('readFigures', { closeInterval: false }),
    lastKnown: options.lastFigures,
  });
  const tasks = lastAnswer({
    ...way,
    read: async () => locator.locateStacks(await probe.readTasks()),
    takenAtMs: (reading) => reading.takenAtMs,
    deadlineMs: TASKS_DEADLINE_MS,
    readBlocked: () => {
      const known = stuckLoop.call('lastTasks', null);
      return known?.then((reading) => reading && locator.locateStacks(reading)) ?? null;
    },
  });
  const locateHeap = oncePerRead(locator.locateTree<HeapReading>);
  const heap = lastAnswer({
    ...way,
    read: async () => locateHeap(await watch.duringOwnRead(probe.readHeap(), ownPause)),
    takenAtMs: (reading) => reading.collectedAtMs,
    deadlineMs: HEAP_DEADLINE_MS,
  });
  const externalReader = (collect: boolean) =>
    lastAnswer({
      ...way,
      read: async () =>
        locator.locateStacks(
          await watch.duringOwnRead(probe.readExternal({ collect }), ({ takenAtMs, pauseMs }) => ({
            endedAtMs: takenAtMs,
            pauseMs,
          })),
        ),
      takenAtMs: (reading) => reading.takenAtMs,
      deadlineMs: HEAP_DEADLINE_MS,
    });
  const external = externalReader(false);
  const externalCollected = externalReader(true);

  return {
    figures,
    tasks,
    async tasksExactly() {
      await stuckLoop.untilFree(EXACT_TASKS_NEED);
      const read = watch.duringOwnRead(probe.readTasksExactly(), (reading) => ({
        endedAtMs: reading.takenAtMs,
        pauseMs: reading.longestSliceMs,
      }));
      const value = await locator.locateStacks(
        await withDeadline(read, EXACT_TASKS_DEADLINE_MS, () =>
          Promise.reject(silentThread(EXACT_TASKS_NEED)),
        ),
      );
      return { value, observation: { via, measuredAtMs: value.takenAtMs } };
    },
    heap,
    external: ({ collect }) => (collect ? externalCollected() : external()),
    way,
  };
}

/** While the pause budget holds reads back, the same one comes again and again. */
function oncePerRead(
  locate: (reading: HeapReading) => Promise<HeapReading>,
): (reading: HeapReading) => Promise<HeapReading> {
  let last: HeapReading | null = null;
  return async (reading) => {
    if (last?.collectedAtMs !== reading.collectedAtMs) last = await locate(reading);
    return { ...last, nextReadAtMs: reading.nextReadAtMs };
  };
}
