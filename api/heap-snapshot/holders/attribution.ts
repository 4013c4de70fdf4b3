/**
 * Which groups of objects come from a stack, where only their numbers are known. Of 370 sampled objects of
 * one size the stack has 20: then it is rather the group of 20 than 20 of the group of 350.
 */

export interface Group {
  /** Sampled objects in it. */
  count: number;
  /** How likely one is of the stack by all else that is known, above 0 and up to 1. */
  prior: number;
}

/** Numbers of samples are not wrong by more: handles of others among them, and objects without a path. */
const LEAST_DEVIATION = 0.7;
const DEVIATION_SHARE = 0.03;
/** Below it the groups do not add up to the stack: it shares them with other stacks. */
const LEAST_FIT = 1e-3;
/** More groups of one size, and more objects, are not told apart by number. */
const MAX_GROUPS = 100;
const MAX_OBJECTS = 5_000;

/**
 * The probability that each group is of the stack, if together they are as many as its samples: each group
 * as a whole is or is not.
 * @example groups of 350 and 20, wanted 20 → 0, 1
 */
export function memberships(groups: readonly Group[], wanted: number): number[] {
  const total = groups.reduce((sum, { count }) => sum + count, 0);
  const priors = groups.map(({ prior }) => prior);
  if (groups.length > MAX_GROUPS || total > MAX_OBJECTS) return priors;
  const deviation = LEAST_DEVIATION + DEVIATION_SHARE * wanted;
  const closeness = (sum: number) => Math.exp(-(((sum - wanted) / deviation) ** 2) / 2);

  /** By how many groups are decided: of each sum, how likely it is, and how well it can end. */
  const before = [sums(total)];
  before[0]![0] = 1;
  groups.forEach(({ count, prior }, at) => {
    const next = sums(total);
    before[at]!.forEach((chance, sum) => {
      if (chance === 0) return;
      next[sum]! += chance * (1 - prior);
      next[sum + count]! += chance * prior;
    });
    before.push(next);
  });
  let after = sums(total).map((_, sum) => closeness(sum));
  const all = before[groups.length]!.reduce((sum, chance, at) => sum + chance * after[at]!, 0);
  if (all < LEAST_FIT) return priors;
  const found = new Array<number>(groups.length);
  for (let at = groups.length - 1; at >= 0; at--) {
    const { count, prior } = groups[at]!;
    let chance = 0;
    const earlier = sums(total);
    for (let sum = 0; sum <= total; sum++) {
      const withIt = prior * (after[sum + count] ?? 0);
      chance += before[at]![sum]! * withIt;
      earlier[sum] = (1 - prior) * after[sum]! + withIt;
    }
    found[at] = chance / all;
    after = earlier;
  }
  return found;
}

function sums(total: number): Float64Array<ArrayBuffer> {
  return new Float64Array(total + 1);
}
