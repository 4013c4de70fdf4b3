/** What came by in a cycle of the overhead controller, and the rates that this makes one expect. */
import { math } from '../../base/numbers/math.ts';

/** A rate is believed at once when it rises, and forgotten over this time when it falls. */
const RATE_MEMORY_MS = 30_000;
/** And what is left of it with each window that shows a lower one: what was busy for an hour may be calm now. */
const KEPT_BY_WINDOW = 0.7;
/**
 * And over this time of a hook that was on: where all of it is seen, what is over is known to be over.
 * A program that loads its modules is a storm, and what it serves right after must not be sampled for that.
 */
const SEEN_RATE_MEMORY_MS = 1_000;

/** In events a millisecond. */
export interface Rates {
  calls: number;
  tasks: number;
  requests: number;
}

export interface Traffic {
  /** Of the hook, whether for a task or for something that is none. */
  countCall(): void;
  calls(): number;
  countTask(): void;
  countRequest(): void;
  requests(): number;
  /** A request was given a context. */
  countContext(): void;
  contexts(): number;
  rates(): Rates;
  /** @param onMs for which the hook was on; what it saw is a rate of that time */
  noteRates(cycle: { elapsedMs: number; onMs: number; isOfWindow: boolean }): void;
  /** Counts from 0 on. */
  startCycle(): void;
}

export function countTraffic(): Traffic {
  let calls = 0;
  let tasks = 0;
  let requests = 0;
  let contexts = 0;
  let rates: Rates = { calls: 0, tasks: 0, requests: 0 };
  return {
    countCall() {
      calls += 1;
    },
    calls: () => calls,
    countTask() {
      tasks += 1;
    },
    countRequest() {
      requests += 1;
    },
    requests: () => requests,
    countContext() {
      contexts += 1;
    },
    contexts: () => contexts,
    rates: () => rates,
    noteRates({ elapsedMs, onMs, isOfWindow }) {
      const keptByWindow = isOfWindow ? KEPT_BY_WINDOW : 1;
      const kept =
        keptByWindow * math.exp(-elapsedMs / RATE_MEMORY_MS - onMs / SEEN_RATE_MEMORY_MS);
      rates = {
        calls: math.max(calls / onMs, rates.calls * kept),
        tasks: math.max(tasks / onMs, rates.tasks * kept),
        requests: math.max(requests / elapsedMs, rates.requests * kept),
      };
    },
    startCycle() {
      calls = 0;
      tasks = 0;
      requests = 0;
      contexts = 0;
    },
  };
}
