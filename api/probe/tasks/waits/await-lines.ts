/**
 * Who waits on a pending promise: V8 knows it, and tells whoever takes a stack in a callback that
 * the promise hangs on. So that the program's promise gets no such callback, one of ours pretends to be
 * what it derives from:
 *
 *   OURS ──then──▶ derived ──then, as a species that gives out the promise in question──▶ PROMISE
 *
 * While `derived`'s callback runs, V8 follows it to PROMISE and from there to the functions that await
 * it, and to those that await them: `reserveStock (shop.js:7) ← checkout (:10) ← handler (:12)`.
 *
 * PROMISE is only pointed at: it gets no reaction, its value arrives and its rejection is reported as
 * ever. Where several wait on it, V8 does not choose one. No API promises any of this: a trial at the
 * start shows whether this Node does it.
 */

import type { TimeSlices } from '../pace/time-slices.ts';
import type { StackHolder, StackStore } from '../stack-store.ts';
import { EMPTY_STACK, type TakenStack } from '../stack-store.ts';

export interface AwaitLines {
  /** Whether this Node tells who waits; settles within a few turns of the microtask queue. */
  isAble(): Promise<boolean>;
  /** For each promise the stack of who waits on it, innermost first; empty for none, or for several. */
  whoWait(promises: readonly object[], slices: TimeSlices): Promise<TakenStack[]>;
}

export interface AwaitLinesOptions {
  stacks: StackStore;
  /** Called with true before our own promises are made, and with false after. */
  setQuiet: (isQuiet: boolean) => void;
}

/** Taken before the program gets a turn: some 10 µs each. */
const BATCH = 100;

// As they were when pprofql was loaded; a program may replace or freeze them.
const { then } = Promise.prototype;
const { apply, defineProperty } = Reflect;
const { species } = Symbol;
const OwnPromise = Promise;
const nothing = () => {};
/** Keeps `derived` from settling, which would look to hooks of the program as if PROMISE did something. */
// biome-ignore lint/suspicious/noThenProperty: it is what a promise may follow, and never arrive
const NEVER = { then: nothing };

export function createAwaitLines({ stacks, setQuiet }: AwaitLinesOptions): AwaitLines {
  /** The promise that the next derived one pretends to lead to. */
  let pointedAt: object | null = null;
  const speciesOfOurs = {
    [species]: function give(executor: (resolve: () => void, reject: () => void) => void) {
      executor(nothing, nothing);
      return pointedAt;
    },
  };
  const settled = OwnPromise.resolve();

  const chain = (promise: Promise<unknown>, callback?: () => unknown): Promise<unknown> =>
    apply(then, promise, [callback]) as Promise<unknown>;

  /** All of one batch are taken in one go; the holders are filled once that is over. */
  function takeBatch(promises: readonly object[]): Promise<StackHolder[]> {
    const holders: StackHolder[] = [];
    const take = () => {
      holders.push(stacks.takeAwaits(take));
      return NEVER;
    };
    setQuiet(true);
    try {
      chain(settled, () => setQuiet(true));
      for (const promise of promises) {
        const derived = chain(settled, take);
        defineProperty(derived, 'constructor', { value: speciesOfOurs });
        pointedAt = promise;
        chain(derived);
      }
      return chain(settled, () => {
        setQuiet(false);
        return holders;
      }) as Promise<StackHolder[]>;
    } finally {
      pointedAt = null;
      setQuiet(false);
    }
  }

  async function whoWait(promises: readonly object[], slices: TimeSlices) {
    const found: TakenStack[] = [];
    for (let at = 0; at < promises.length; at += BATCH) {
      let taken: Promise<StackHolder[]> | undefined;
      await slices.forEach([promises.slice(at, at + BATCH)], (batch) => {
        taken = takeBatch(batch);
      });
      const holders = await taken!;
      await slices.forEach(holders, (holder) => found.push(stacks.formatAwaits(holder)));
    }
    return found;
  }

  async function tryOut(): Promise<boolean> {
    try {
      const pending = new OwnPromise(nothing);
      async function awaitsForTrial(): Promise<void> {
        await pending;
      }
      const outcome = awaitsForTrial();
      const [inner, outer] = (await takeBatch([pending, outcome])).map(stacks.formatAwaits);
      const [waits] = inner!.frames;
      return waits?.function === awaitsForTrial.name && outer === EMPTY_STACK;
    } catch {
      return false;
    }
  }

  setQuiet(true);
  const trial = tryOut();
  setQuiet(false);
  return { isAble: () => trial, whoWait };
}
