/**
 * Time as Node tells it. A host may put others in the place of the global timers and of `Date`, as
 * fake timers of tests do: those would take over our timers, and what they return may be anything.
 */
import timers from 'node:timers';
import timerPromises from 'node:timers/promises';

// Held from the start: fake timers also replace the members of these modules.
export const { clearInterval, clearTimeout, setInterval, setTimeout } = timers;
const { setTimeout: wait } = timerPromises;

/** Wall clock, milliseconds since the epoch. */
export const { now: wallClockMs } = Date;

/** The host's next turn, which does not keep the process alive. */
export const nextTurn = (): Promise<void> => wait(0, undefined, { ref: false });
