/**
 * Time as Node tells it. A host may put others in the place of the global timers, of `Date` and of
 * `performance.now`, as fake timers of tests do: those would take over our timers, and what they
 * return may be anything.
 */

import { performance } from 'node:perf_hooks';
import timers from 'node:timers';
import timerPromises from 'node:timers/promises';
import { harmless } from './harmless.ts';
import { NS_PER_MS, US_PER_MS } from './numbers/units.ts';

// Held from the start: fake timers also replace the members of these modules.
export const { clearInterval, clearTimeout } = timers;
const { setInterval: repeat, setTimeout: delay, setImmediate: soon } = timers;
const { setTimeout: wait } = timerPromises;
const { bigint: hrtimeNs } = process.hrtime;
const { nodeTiming } = performance;

/** Wall clock, milliseconds since the epoch. */
export const { now: wallClockMs } = Date;

/** Monotonic, milliseconds since this thread began. */
export const threadClockMs: () => number = performance.now.bind(performance);

/** Node 22.18 cannot tell of a thread alone; what the process used is no less. */
const usedCpu: typeof process.cpuUsage = process.threadCpuUsage ?? process.cpuUsage;

/** CPU time that this thread has used, or more than that: it stands while the machine runs something else. */
export function cpuClockMs(): number {
  const { user, system } = usedCpu();
  return (user + system) / US_PER_MS;
}

export interface LoopTimes {
  idleMs: number;
  activeMs: number;
}

/**
 * What this thread's loop has done since it began: the figures of `performance.eventLoopUtilization`,
 * which itself calls `process.hrtime` and so believes a fake one.
 */
export function loopTimes(): LoopTimes {
  const { loopStart, idleTime: idleMs } = nodeTiming;
  if (loopStart <= 0) return { idleMs: 0, activeMs: 0 };
  return { idleMs, activeMs: threadClockMs() - loopStart - idleMs };
}

/** Monotonic, and the same for every thread of the process. */
export const monotonicNs: () => bigint = hrtimeNs;

export const monotonicMs = (): number => Number(hrtimeNs()) / NS_PER_MS;

/** Where the program has replaced what a time is computed with: by then it may be back. */
const UNKNOWN_WAIT_MS = 1_000;

/** Of one that is no number Node would make a millisecond, and warn on the program's stderr. */
const orUnknown = (ms: number) => (ms >= 0 ? ms : UNKNOWN_WAIT_MS);

let isMaking = false;

/** For hooks that see each timer as it is made: whether this one is ours. */
export const isMakingOwnTimer = (): boolean => isMaking;

/** What a callback throws goes nowhere, here and below. */
export const setTimeout = (callback: () => unknown, delayMs: number): NodeJS.Timeout =>
  make(delay, callback, delayMs);

export const setInterval = (callback: () => unknown, periodMs: number): NodeJS.Timeout =>
  make(repeat, callback, periodMs);

type MakeTimer = (callback: () => void, ms: number) => NodeJS.Timeout;

function make(makeTimer: MakeTimer, callback: () => unknown, ms: number): NodeJS.Timeout {
  isMaking = true;
  try {
    return makeTimer(harmless(callback), orUnknown(ms));
  } finally {
    isMaking = false;
  }
}

export const setImmediate = (callback: () => unknown): NodeJS.Immediate => soon(harmless(callback));

/** The host's next turn, which does not keep the process alive. */
export const nextTurn = (): Promise<void> => wait(0, undefined, { ref: false });
