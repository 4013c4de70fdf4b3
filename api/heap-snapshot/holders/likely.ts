/** Which objects may be of the stack that is asked for, by what their paths have to do with it and with others. */
import type { Held } from './held.ts';
import type { SampledStack } from './types.ts';

/** What has so many times more to do with another stack is that one's. */
const CLEARLY_OF_ANOTHER = 4;
/** As far as it has samples for them: V8 tells no function that it has put into its caller. */
const LEAST_SAMPLES_SHARE = 0.5;

/**
 * Leaves out what is clearly of other stacks.
 *
 *   119 objects in a list that `remember` fills, 2 samples below `remember`, 122 below its caller → of the caller
 *
 * @param stacks first the one that is asked for, then the others
 * @param evidenceOf how much each of them has for an object, in their order
 * @returns all of them where none is left
 */
export function likelyObjects(
  objects: readonly Held[],
  stacks: readonly SampledStack[],
  evidenceOf: (object: Held) => readonly number[],
): readonly Held[] {
  const groups = Map.groupBy(objects, (object) =>
    JSON.stringify([object.size, evidenceOf(object)]),
  );
  const likely = [...groups.values()].filter((group) => {
    const [{ size } = { size: 0 }] = group;
    const [asked = 0, ...others] = evidenceOf(group[0]!);
    const samples = others.reduce((sum, evidence, at) => {
      const isClear = evidence > CLEARLY_OF_ANOTHER * asked;
      return isClear ? sum + (stacks[at + 1]!.sizes.get(size) ?? 0) : sum;
    }, 0);
    return samples < LEAST_SAMPLES_SHARE * group.length;
  });
  return likely.length > 0 ? likely.flat() : objects;
}
