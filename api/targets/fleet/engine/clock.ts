/** All times on the engine are by its own clock: those of its instances and of its readers differ. */
import type { Engine } from './engine.ts';

/** An answer that took longer says too little: its time may be of its beginning or of its end. */
const QUICK_MS = 50;
const ATTEMPTS = 3;

/**
 * Milliseconds by which the clock of the engine is before this one, by the quickest of some answers; null where it told none.
 * @throws Error where it is away, or silent
 */
export async function clockAheadMs(engine: Pick<Engine, 'send'>): Promise<number | null> {
  let best: { tookMs: number; aheadMs: number } | null = null;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const look = await lookAtClock(engine);
    if (look === null) break;
    if (best === null || look.tookMs < best.tookMs) best = look;
    if (best.tookMs <= QUICK_MS) break;
  }
  return best?.aheadMs ?? null;
}

async function lookAtClock(engine: Pick<Engine, 'send'>) {
  const askedAtMs = Date.now();
  const startedAtMs = performance.now();
  const [time] = await engine.send([['TIME']]);
  const tookMs = performance.now() - startedAtMs;
  const [seconds, micros] = time as [string, string];
  const engineMs = Number(seconds) * 1_000 + Number(micros) / 1_000;
  return Number.isFinite(engineMs)
    ? { tookMs, aheadMs: engineMs - (askedAtMs + tookMs / 2) }
    : null;
}
