/** Observers of what a test makes outside the heap, and what they tell of it. */
import { onTestFinished } from 'vitest';
import { type OutsideObserver, startOutsideObserver } from '../outside/outside.ts';
import { createHeapWalk } from '../overhead/pauses/heap-walk.ts';
import { createPauseBudget } from '../overhead/pauses/pause-budget.ts';
import type { MadeReading, OutsideReading } from '../readings/memory/outside.ts';

/** All that is there after a collection counts as kept, however new. */
export function observe({
  seesBuffers = false,
  lastMajorMs = () => Number.POSITIVE_INFINITY,
} = {}): OutsideObserver {
  const nowMs = () => performance.now();
  const heapWalk = createHeapWalk({
    budget: createPauseBudget(100, nowMs),
    pauseBudgetPercent: 100,
    heapUsedBytes: () => 0,
  });
  const observer = startOutsideObserver({
    heapWalk,
    collections: heapWalk,
    lastMajorMs,
    seesBuffers,
  });
  onTestFinished(observer.stop);
  return observer;
}

export function watched(): OutsideObserver {
  const observer = observe();
  observer.watch({ buffers: true, resources: true, forMs: 60_000 });
  return observer;
}

/** What the named function made, from whichever place it was called. */
export function madeBy(name: string, { made, stacks }: OutsideReading, kind?: string) {
  const found = made.filter(
    (each) =>
      (kind === undefined || each.kind === kind) &&
      stacks[each.stack]!.some((frame) => frame.function === name),
  );
  const sum = (of: (each: MadeReading) => number) => found.reduce((all, each) => all + of(each), 0);
  return {
    kinds: [...new Set(found.map((each) => each.kind))],
    settled: sum(({ settled }) => settled),
    kept: sum(({ kept }) => kept),
    keptBytes: sum(({ keptBytes }) => keptBytes),
    idle: sum(({ idle }) => idle ?? 0),
    toItself: sum(({ toItself }) => toItself),
    isRepeating: found.some(({ isRepeating }) => isRepeating),
  };
}

/** What a turn of the loop has made is held until it ends. */
export async function collected(observer: OutsideObserver): Promise<void> {
  await new Promise(setImmediate);
  observer.collect();
}

export const readNow = (observer: OutsideObserver) => observer.read({ settledMs: 0 });
