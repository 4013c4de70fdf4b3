/** Objects that are held by one thing, together. */
import type { EntryCounter } from '../../graph/entries.ts';
import type { Held } from '../held.ts';
import { type Step, TIMERS } from '../steps.ts';
import type { HolderPath } from '../types.ts';
import { LEAST_SHARE, told } from './told.ts';

const MAX_PATHS = 10;

interface Group {
  steps: Step[];
  below: Step[];
  weight: number;
  holders: Set<number>;
}

export function mergedPaths(
  weighed: readonly Held[],
  total: number,
  entriesOf: EntryCounter,
): HolderPath[] {
  const groups = new Map<string, Group>();
  for (const { steps, weight, holder, key } of weighed) {
    const group = groups.get(key) ?? {
      steps: steps.slice(0, holder + 1),
      below: steps.slice(holder + 1),
      weight: 0,
      holders: new Set(),
    };
    group.weight += weight;
    group.holders.add(steps[holder]!.node);
    groups.set(key, group);
  }
  return [...groups.values()]
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_PATHS)
    .filter(({ weight }, rank) => rank === 0 || weight / total >= LEAST_SHARE)
    .map(({ steps, below, weight, holders }) => ({
      steps: steps.map(told),
      below: below.map(told),
      entries: TIMERS.has(steps.at(-1)!.className) ? null : sumOf([...holders].map(entriesOf)),
      holders: holders.size,
      share: weight / total,
      samples: weight,
    }));
}

function sumOf(counts: readonly (number | null)[]): number | null {
  if (counts.every((count) => count === null)) return null;
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}
