/**
 * Lets go of the rarest stacks of a dump that has too many different ones: their goroutines are counted
 * together by what a person would look at, the line of the program and who started them.
 */
import type { Frame } from '../../profile/profile.ts';
import { creatorLineIn, isOwnPlace, outsideOfRuntime } from '../culprit.ts';
import type { QuoteAwareTally } from '../tally.ts';
import type { StackBuilder } from './builder.ts';

/** What stays of the limit, so that there is room for others. */
const KEPT_LOAD = 0.5;
/** Of stacks that are told together, by what they have in common. */
const MOST_COMMON = 5_000;
/** No frame has this number. */
const NO_FRAME = -1;

/**
 * The stacks that most goroutines are at, in a builder that takes the place of `stacks`; the tally is
 * renumbered with it. Of a stack that is met again later, the earlier goroutines stay among the others.
 */
export function condensed(stacks: StackBuilder, tally: QuoteAwareTally): StackBuilder {
  const counts = tally.counts();
  const byCount = [...counts.keys()].sort((a, b) => counts.get(b)! - counts.get(a)! || a - b);
  const successor = stacks.successor();
  const numbers = new Map<number, number>();
  let kept = 0;
  for (; kept < byCount.length && successor.load < KEPT_LOAD; kept++) {
    const stack = byCount[kept]!;
    numbers.set(stack, successor.adopt(stacks, stack));
  }
  const others = byCount.slice(kept);
  const { places, creators } = commonOf(others, stacks);
  for (const [at, stack] of others.entries()) {
    const common = [creators[at]!, places[at]!].filter((frame) => frame !== NO_FRAME);
    numbers.set(stack, successor.adoptCommon(stacks, common));
  }
  tally.renumber((stack) => numbers.get(stack)!);
  return successor;
}

/** Frames by which stacks are told together; none of either where they would be too many. */
interface Common {
  places: Int32Array;
  creators: Int32Array;
}

function commonOf(stacks: readonly number[], builder: StackBuilder): Common {
  const places = new Int32Array(stacks.length).fill(NO_FRAME);
  const creators = new Int32Array(stacks.length).fill(NO_FRAME);
  const roleOf = createRoles(builder);
  for (const [at, stack] of stacks.entries()) {
    let isOwn = false;
    // From who started it to where it is: what comes later is nearer to what it waits for.
    for (const frame of builder.framesUpwards(stack)) {
      const role = roleOf(frame);
      if (role === 'CREATOR' && creators[at] === NO_FRAME) creators[at] = frame;
      if (role !== 'OWN' && (role !== 'LIBRARY' || isOwn)) continue;
      places[at] = frame;
      isOwn = role === 'OWN';
    }
  }
  if (countOf(places, creators) > MOST_COMMON) places.fill(NO_FRAME);
  if (countOf(places, creators) > MOST_COMMON) creators.fill(NO_FRAME);
  return { places, creators };
}

type Role = 'OWN' | 'LIBRARY' | 'CREATOR' | 'RUNTIME';

function createRoles(builder: StackBuilder): (frame: number) => Role {
  const known = new Map<number, Role>();
  return (number) => {
    let role = known.get(number);
    if (role === undefined) {
      role = roleOf(builder.readFrame(number));
      known.set(number, role);
    }
    return role;
  };
}

function roleOf(frame: Frame): Role {
  if (creatorLineIn([frame]) !== null) return 'CREATOR';
  if (isOwnPlace(frame)) return 'OWN';
  return outsideOfRuntime([frame]) === null ? 'RUNTIME' : 'LIBRARY';
}

/** How many different ones there are. */
function countOf(places: Int32Array, creators: Int32Array): number {
  const SHIFT = 2 ** 24;
  const different = new Set<number>();
  for (const [at, place] of places.entries()) different.add(place * SHIFT + creators[at]!);
  return different.size;
}
