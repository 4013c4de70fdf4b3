/** Node counts the timers and handles that keep the process alive: an estimate beyond that is chance. */
import { math } from '../../base/numbers/math.ts';
import type { TimeSlices } from './pace/time-slices.ts';
import type { Representative } from './promises/promise-kinds.ts';

type Counted = Representative<{ type: string; isRefed: boolean | null }>;

/** Makes what stands for others stand for fewer, where all of a type would be more than there are. */
export async function limitToActive(
  shown: readonly Counted[],
  activeByType: ReadonlyMap<string, number>,
  slices: TimeSlices,
): Promise<void> {
  const ofType = new Map<string, { exact: number; estimated: number; sampled: Counted[] }>();
  await slices.forEach(shown, (each) => {
    const { type, isRefed } = each.task;
    if (isRefed !== true || !activeByType.has(type)) return;
    const sums = ofType.get(type) ?? { exact: 0, estimated: 0, sampled: [] };
    ofType.set(type, sums);
    if (each.weight > 1) {
      sums.estimated += each.weight;
      sums.sampled.push(each);
    } else sums.exact += each.weight;
  });
  for (const [type, { exact, estimated, sampled }] of ofType) {
    const rest = math.max(0, activeByType.get(type)! - exact);
    if (estimated > rest) for (const each of sampled) each.weight *= rest / estimated;
  }
}
