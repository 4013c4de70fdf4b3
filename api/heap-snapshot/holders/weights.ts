/** How likely each object is of the stack: by the numbers of its samples, and by what its path has to do with it. */
import { memberships } from './attribution.ts';
import { type Held, keyOf } from './held.ts';
import type { SizeCounts } from './sampled.ts';
import type { HoldersQuestion } from './types.ts';

/** Of the samples of a size: so many objects may have that size and be no sample, as Node's own handles. */
const NO_SAMPLES_SHARE = 0.02;
const LEAST_UNLIKE = 0.05;
/** Each time the holders that were likely count for more: what grows in one place is of one stack. */
const ROUNDS = 3;

/** Of a holder of which nothing is known yet. */
const LEAST_SHARE = 0.005;

/**
 * Gives each object its weight.
 * @param evidenceOf how much each stack has for an object: first the one that is asked for, then the others
 */
export function attribute(
  objects: readonly Held[],
  { sizes, others }: HoldersQuestion,
  evidenceOf: (object: Held) => readonly number[],
): void {
  const stacks = [sizes, ...others.map((stack) => stack.sizes)];
  const fits = holderFits(objects, sizes);
  /** Of all weight, that of a holder. */
  let shares = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [size, wanted] of sizes) {
      const counts = stacks.map((counted) => counted.get(size) ?? 0);
      const groups = Map.groupBy(
        objects.filter((object) => object.size === size),
        ({ steps }) => keyOf(steps),
      );
      const members = [...groups.values()];
      const chances = memberships(
        members.map((group) => ({
          count: group.length,
          prior: withOdds(
            priorOf(counts, evidenceOf(group[0]!)),
            fits.get(group[0]!.key)! * holderOdds(shares, group[0]!.key),
          ),
        })),
        Math.round(wanted),
      );
      members.forEach((group, at) => {
        for (const object of group) object.weight = chances[at]!;
      });
    }
    shares = sharesOf(objects);
  }
}

/** Of the first stack rather than of another, or of none. */
function priorOf(counts: readonly number[], evidence: readonly number[]): number {
  let all = 0;
  let likely = 0;
  counts.forEach((count, at) => {
    all += count;
    likely += count * evidence[at]!;
  });
  return (counts[0]! * evidence[0]!) / (likely + NO_SAMPLES_SHARE * all);
}

/**
 * How well the objects of each holder are, size by size, as many as the samples of the stack: they are the
 * same, if it holds all of the stack and nothing of others.
 */
function holderFits(objects: readonly Held[], sizes: SizeCounts): Map<string, number> {
  let wanted = 0;
  for (const count of sizes.values()) wanted += count;
  const fits = new Map<string, number>();
  for (const [key, held] of Map.groupBy(objects, (object) => object.key)) {
    let difference = 0;
    for (const [size, count] of sizes) {
      difference += Math.abs(held.filter((object) => object.size === size).length - count);
    }
    const unlike = difference / (held.length + wanted);
    fits.set(key, (1 - unlike) / (unlike + LEAST_UNLIKE));
  }
  return fits;
}

function sharesOf(objects: readonly Held[]): Map<string, number> {
  const shares = new Map<string, number>();
  let total = 0;
  for (const { key, weight } of objects) {
    shares.set(key, (shares.get(key) ?? 0) + weight);
    total += weight;
  }
  if (total > 0) for (const [key, weight] of shares) shares.set(key, weight / total);
  return shares;
}

/** As likely as others before anything is known. */
function holderOdds(shares: ReadonlyMap<string, number>, key: string): number {
  if (shares.size === 0) return 1;
  return ((shares.get(key) ?? 0) + LEAST_SHARE) * shares.size;
}

function withOdds(prior: number, odds: number): number {
  const all = (prior / (1 - prior)) * odds;
  return all / (1 + all);
}
