/** All times on the engine are by its own clock: those of its instances and of its readers differ. */
import type { Engine } from './engine.ts';

/**
 * Milliseconds by which the clock of the engine is before this one; null where it told none.
 * @throws Error where it is away, or silent
 */
export async function clockAheadMs(engine: Pick<Engine, 'send'>): Promise<number | null> {
  const askedAtMs = Date.now();
  const [time] = await engine.send([['TIME']]);
  const [seconds, micros] = time as [string, string];
  const engineMs = Number(seconds) * 1_000 + Number(micros) / 1_000;
  return Number.isFinite(engineMs) ? engineMs - (askedAtMs + Date.now()) / 2 : null;
}
