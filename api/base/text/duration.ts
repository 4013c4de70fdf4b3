/** Durations in words, for sentences that people read. */
import { MS_PER_HOUR, MS_PER_MINUTE, MS_PER_SECOND } from '../numbers/units.ts';

/** Seconds stay seconds up to here, so that `90 s` is not rounded to a minute. */
const SECONDS_UP_TO_MS = 2 * MS_PER_MINUTE;

/** Rounded down. For example 850 → `850 ms`, 61_000 → `61 s`, 300_000 → `5 min`, 3_900_000 → `1 h 5 min`. */
export function durationText(durationMs: number): string {
  if (durationMs < MS_PER_SECOND) return `${Math.floor(durationMs)} ms`;
  if (durationMs < SECONDS_UP_TO_MS) return `${Math.floor(durationMs / MS_PER_SECOND)} s`;
  if (durationMs < MS_PER_HOUR) return `${Math.floor(durationMs / MS_PER_MINUTE)} min`;
  const minutes = Math.floor((durationMs % MS_PER_HOUR) / MS_PER_MINUTE);
  const hours = `${Math.floor(durationMs / MS_PER_HOUR)} h`;
  return minutes === 0 ? hours : `${hours} ${minutes} min`;
}
