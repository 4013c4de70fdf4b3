/** How much longer a large input takes than a small one, measured so that other work on the machine does not count. */
import { US_PER_MS } from '../../base/numbers/units.ts';

const LEAST_MEASURABLE_MS = 1;
const MOST_ROUNDS = 30;

/**
 * Times both in turns, each by the cheapest run so far: other work can only add to one. Goes on until
 * the growth is below `enough`, or does not get there.
 */
export function growthInTime(small: () => void, large: () => void, enough: number): number {
  small();
  let [smallMs, largeMs] = [Infinity, Infinity];
  let growth = Infinity;
  for (let round = 0; round < MOST_ROUNDS && growth >= enough; round++) {
    smallMs = Math.min(smallMs, cpuMs(small));
    largeMs = Math.min(largeMs, cpuMs(large));
    growth = largeMs / Math.max(LEAST_MEASURABLE_MS, smallMs);
  }
  return growth;
}

function cpuMs(work: () => void): number {
  const startedAt = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(startedAt);
  return (user + system) / US_PER_MS;
}
