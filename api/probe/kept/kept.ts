/**
 * What is made and never let go of: looked at in short windows, while somebody asks for it: again and
 * again where the heap grows, else a few times in ten minutes. In between there is nothing of it in the program.
 */

import { getActiveResourcesInfo } from '../../base/builtins.ts';
import { math } from '../../base/numbers/math.ts';
import { clearTimeout, setTimeout, threadClockMs, wallClockMs } from '../../base/own-time.ts';
import type { KeptQuestion, KeptReading } from '../readings/memory/kept.ts';
import type { StackFrame } from '../readings/tasks.ts';
import { createStackStore, type TakenStack } from '../tasks/stack-store.ts';
import { createListenerWatch } from './listeners.ts';
import { createPromiseWatch } from './promises.ts';

const STACK_DEPTH = 16;
/** However long somebody wants to look at promises, one window ends by then. */
const LONGEST_WINDOW_MS = 10_000;
/** Of the listeners that were seen being added, so many have to be the program's to be told by themselves. */
const LEAST_OF_PROGRAM = 0.2;
/** Whoever does not ask again for so long has lost interest. */
const FORGOTTEN_AFTER_MS = 5 * 60_000;

export interface KeptObserver {
  read(question: KeptQuestion): KeptReading;
  stop(): void;
}

/** So long it counts how old requests have become: what was made in them may have ended since the last collection. */
const LATELY_MS = 60_000;

/**
 * @param collectedAtMs when the heap was last collected throughout, on the clock of the thread
 * @param oldestRequestMs the age of the oldest request in flight; 0 for none
 */
export function createKeptObserver(
  collectedAtMs: () => number,
  oldestRequestMs: () => number = () => 0,
): KeptObserver {
  const stacks = createStackStore(STACK_DEPTH);
  const watches = [createListenerWatch(stacks), createPromiseWatch(stacks)] as const;
  const [listeners, promises] = watches;
  const windows = {
    listeners: createWindow(listeners),
    promises: createWindow(promises),
  };
  let forgetting: NodeJS.Timeout | undefined;
  let oldest: { atMs: number; ageMs: number }[] = [];

  function oldestLatelyMs(): number {
    const nowMs = threadClockMs();
    oldest = oldest.filter(({ atMs }) => atMs > nowMs - LATELY_MS);
    oldest.push({ atMs: nowMs, ageMs: oldestRequestMs() });
    return math.max(...oldest.map(({ ageMs }) => ageMs));
  }

  function forget(): void {
    windows.listeners.close();
    windows.promises.close();
    clearTimeout(forgetting);
    for (const watch of watches) watch.forget();
  }

  function reading(): KeptReading {
    const found: StackFrame[][] = [];
    const indexes = new Map<TakenStack, number>();
    const indexOf = (stack: TakenStack): number => {
      const known = indexes.get(stack);
      if (known !== undefined) return known;
      const index = found.push([...stack.frames]) - 1;
      indexes.set(stack, index);
      return index;
    };
    return {
      takenAtMs: wallClockMs(),
      listeners: listeners.read().map(({ id, emitter, event, count, added }) => {
        const byCount = ofProgram([...added].sort(([, a], [, b]) => b - a));
        const [most, addedMost] = byCount[0]!;
        const sum = sumOf(byCount);
        return { id, emitter, event, count, added: sum, addedMost, stack: indexOf(most) };
      }),
      promises: promises
        .read(collectedAtMs(), oldestLatelyMs())
        .map(({ stack, ...figures }) => ({ ...figures, stack: indexOf(stack) })),
      stacks: found,
      sockets: getActiveResourcesInfo().filter((type) => SOCKETS.has(type)).length,
    };
  }

  return {
    read({ windowMs, listenersMs = windowMs }) {
      const found = reading();
      clearTimeout(forgetting);
      forgetting = setTimeout(forget, FORGOTTEN_AFTER_MS).unref();
      if (listenersMs > 0) windows.listeners.openFor(listenersMs);
      if (windowMs > 0) windows.promises.openFor(math.min(windowMs, LONGEST_WINDOW_MS));
      return found;
    },
    stop: forget,
  };
}

interface Watch {
  open(): void;
  close(): void;
}

/** Open until the last of those who wanted it so; each begins it anew. */
function createWindow(watch: Watch): { openFor(ms: number): void; close(): void } {
  let end: NodeJS.Timeout | undefined;
  let untilMs = Number.NEGATIVE_INFINITY;

  function close(): void {
    clearTimeout(end);
    untilMs = Number.NEGATIVE_INFINITY;
    watch.close();
  }

  return {
    openFor(ms) {
      const nowMs = threadClockMs();
      untilMs = math.max(untilMs, nowMs + ms);
      clearTimeout(end);
      watch.open();
      end = setTimeout(close, untilMs - nowMs).unref();
    },
    close,
  };
}

const SOCKETS: ReadonlySet<string> = new Set(['TCPSocketWrap', 'PipeWrap']);

type Added = [stack: TakenStack, count: number];

/** Node takes its own away again, such as those that it has on a socket during each request: they only hide the others. */
function ofProgram(added: readonly Added[]): readonly Added[] {
  const found = added.filter(([{ hasProgramFrame }]) => hasProgramFrame);
  return sumOf(found) >= LEAST_OF_PROGRAM * sumOf(added) ? found : added;
}

function sumOf(added: readonly Added[]): number {
  return added.reduce((all, [, each]) => all + each, 0);
}
