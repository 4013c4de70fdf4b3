/** Who grew, by line: several stacks may lead to the same one, which is shown with the stack that grew most. */
import type { GrowthEvidence } from '../../../health/evidence/heap.ts';
import { nearestOf } from '../../../health/words.ts';
import { lineKey } from '../../../profile/line-key.ts';

/** Most bytes first; who shrank is left out. */
export function grownLines(stacks: readonly GrowthEvidence[]): GrowthEvidence[] {
  const lines = new Map<string, GrowthEvidence>();
  const grown = stacks.filter(({ grownBytes }) => grownBytes > 0).sort(byBytes);
  for (const stack of grown) {
    const key = lineKey(nearestOf(stack.frames) ?? stack.frames[0]);
    const known = lines.get(key);
    lines.set(key, known === undefined ? stack : together(known, stack));
  }
  return [...lines.values()].sort(byBytes);
}

/** What is off by chance in two stacks is seldom off in the same direction. */
function together(known: GrowthEvidence, more: GrowthEvidence): GrowthEvidence {
  const isKnown = known.marginBytes !== null && more.marginBytes !== null;
  return {
    frames: known.frames,
    grownBytes: known.grownBytes + more.grownBytes,
    marginBytes: isKnown ? Math.hypot(known.marginBytes ?? 0, more.marginBytes ?? 0) : null,
  };
}

function byBytes(a: GrowthEvidence, b: GrowthEvidence): number {
  return b.grownBytes - a.grownBytes;
}
