/**
 * One timer for all short recurring work of ours on a thread. Each turn of the loop that nothing else asks for takes an idle
 * process some 100 µs, which is more than the work does.
 */
import { harmless } from '../harmless.ts';
import { clearInterval, setInterval, threadClockMs } from '../own-time.ts';

export const TICK_MS = 250;

const works = new Set<() => unknown>();
let timer: NodeJS.Timeout | null = null;

/** Every `TICK_MS`, without keeping the process alive. What it throws goes nowhere. Gives what ends it. */
export function everyTick(work: () => unknown): () => void {
  const guarded = harmless(work);
  works.add(guarded);
  timer ??= setInterval(tick, TICK_MS).unref();
  return () => {
    works.delete(guarded);
    if (works.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/** Once, at the first tick after so long: for what may be late by that. Gives what cancels it. */
export function atTickAfter(delayMs: number, work: () => unknown): () => void {
  const dueAtMs = threadClockMs() + delayMs;
  const cancel = everyTick(() => {
    if (threadClockMs() < dueAtMs) return;
    cancel();
    work();
  });
  return cancel;
}

function tick(): void {
  // What one of them begins is not due in this tick, and what one ends is not any more.
  for (const work of [...works]) if (works.has(work)) work();
}
