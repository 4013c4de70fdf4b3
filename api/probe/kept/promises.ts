/**
 * Which promises are held long after they were made, by the place where they are made. While a window
 * is open some of the new ones are held weakly; whoever of those is still there after a collection of
 * the whole heap is held by the program.
 */

import { promiseHooks } from 'node:v8';
import { OwnWeakRef } from '../../base/builtins.ts';
import { chance } from '../../base/numbers/chance.ts';
import { math } from '../../base/numbers/math.ts';
import { threadClockMs } from '../../base/own-time.ts';
import { livenessOf } from '../tasks/records/liveness.ts';
import type { StackHolder, StackStore, TakenStack } from '../tasks/stack-store.ts';

const MOST_SAMPLES = 2_000;
const MOST_SAMPLES_A_WINDOW = 150;
/** Of the new promises; so many that what one request makes is not all there is. */
const PROBABILITY = 0.5;
/** What is used briefly is settled and forgotten by then, also where somebody caches it for some seconds. */
const AGE_MS = 10_000;
/** What belongs to a request that is still in flight is in use: it counts once it is older than those have become. */
const AGE_BEYOND_REQUESTS_MS = 5_000;
/** Those that hang for ever must not hide all that stays. */
const OLDEST_REQUEST_MS = 55_000;

export interface KeptPromises {
  stack: TakenStack;
  sampled: number;
  kept: number;
  settled: number;
  keptPerSecond: number;
}

export interface PromiseWatch {
  open(): void;
  close(): void;
  /**
   * @param collectedAtMs when the heap was last collected throughout, on the clock of the thread
   * @param oldestRequestMs how old requests in flight have become lately
   */
  read(collectedAtMs: number, oldestRequestMs?: number): KeptPromises[];
  forget(): void;
}

interface Taken {
  promise: WeakRef<object>;
  holder: StackHolder;
  madeAtMs: number;
}

interface Sampled extends Omit<Taken, 'holder'> {
  stack: TakenStack;
  /** Index into the windows. */
  window: number;
}

export function createPromiseWatch(stacks: StackStore): PromiseWatch {
  let samples: Sampled[] = [];
  /** How long each window was open, by its number. */
  const windowMs: number[] = [];
  let openedAtMs = 0;
  /** Of the window that is open; their stacks are put into words when it is over. */
  let taken: Taken[] = [];
  let stopHook: (() => void) | null = null;

  function onInit(promise: object): void {
    try {
      if (taken.length >= MOST_SAMPLES_A_WINDOW) stopLooking();
      else if (chance() < PROBABILITY) take(promise);
    } catch {
      // The program goes on as if nothing had been looked at.
    }
  }

  function take(promise: object): void {
    const holder = stacks.take(onInit);
    taken.push({ promise: new OwnWeakRef(promise), holder, madeAtMs: threadClockMs() });
  }

  function stopLooking(): void {
    if (stopHook === null) return;
    stopHook();
    stopHook = null;
    windowMs.push(math.max(1, threadClockMs() - openedAtMs));
  }

  function close(): void {
    stopLooking();
    const window = windowMs.length - 1;
    for (const { holder, ...sample } of taken) {
      const stack = stacks.format(holder);
      if (!stack.isOwn && stack.hasProgramFrame) samples.push({ ...sample, stack, window });
    }
    taken = [];
    samples = samples.slice(-MOST_SAMPLES);
  }

  return {
    open() {
      close();
      openedAtMs = threadClockMs();
      stopHook = promiseHooks.onInit(onInit) as () => void;
    },
    close,
    read(collectedAtMs, oldestRequestMs = 0) {
      const ageMs = math.max(
        AGE_MS,
        math.min(OLDEST_REQUEST_MS, oldestRequestMs) + AGE_BEYOND_REQUESTS_MS,
      );
      // Younger ones may be in use, or have had no collection yet.
      const isTelling = ({ madeAtMs }: Sampled) => madeAtMs + ageMs < collectedAtMs;
      const places = new Map<TakenStack, KeptPromises>();
      const windows = new Set<number>();
      for (const sample of samples) {
        if (!isTelling(sample)) continue;
        windows.add(sample.window);
        const { stack } = sample;
        const place = places.get(stack) ?? {
          stack,
          sampled: 0,
          kept: 0,
          settled: 0,
          keptPerSecond: 0,
        };
        places.set(stack, place);
        place.sampled += 1;
        const promise = sample.promise.deref();
        if (promise === undefined) continue;
        place.kept += 1;
        place.keptPerSecond += 1 / PROBABILITY;
        if (!livenessOf(0, 'PROMISE', promise).isAlive) place.settled += 1;
      }
      const lookedMs = [...windows].reduce((sum, window) => sum + windowMs[window]!, 0);
      for (const place of places.values()) place.keptPerSecond *= 1_000 / math.max(1, lookedMs);
      return [...places.values()].filter(({ kept }) => kept > 0);
    },
    forget() {
      samples = [];
      windowMs.length = 0;
    },
  };
}
