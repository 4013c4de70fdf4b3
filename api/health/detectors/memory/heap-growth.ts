import { bytesText } from '../../../base/text/bytes.ts';
import { durationText } from '../../../base/text/duration.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { GrowthEvidence } from '../../evidence.ts';
import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { floorGrowth } from '../../floor-growth.ts';
import { culpritOf, frameWords, shareWords } from '../../words.ts';

interface HeapGrowth extends Detection {
  bytes: number;
  lastedMs: number;
  /** Who grew most between two reads of the heap; null where it was not read twice. */
  grower: { named: Frame; share: number } | null;
}

const GROWN_BYTES = 20e6;
const GROWN_SHARE = 0.15;

/** Even what remains after collections keeps growing. */
export const heapGrowth: Detector<HeapGrowth> = {
  name: 'heap-growth',
  kind: 'HEAP_GROWTH',
  question: 'the heap grows',
  check({ kind, points, growth: growers }) {
    if (kind === 'FILE') return null;
    const told = points.filter(({ alloc }) => alloc !== null);
    const growth = floorGrowth(told, ({ alloc }) => alloc ?? 0);
    if (growth === null) return TOO_EARLY;
    const { before: beforeBytes, grown: grownBytes, lastedMs } = growth;
    if (grownBytes < GROWN_BYTES || grownBytes < beforeBytes * GROWN_SHARE) return null;
    const [largest] = growers;
    const culprit = culpritOf(largest?.frames ?? []);
    return {
      severity: 'WARNING',
      culprit,
      stack: largest?.frames ?? [],
      bytes: grownBytes,
      grownShare: grownBytes / Math.max(1, beforeBytes),
      lastedMs,
      grower: growerOf(growers, culprit),
    };
  },
  sentence({ bytes, lastedMs, grower }) {
    const from =
      grower === null
        ? ''
        : `, ${shareWords(grower.share)} of what grew is from ${frameWords(grower.named)}`;
    return `Heap grew ${bytesText(bytes)} in ${durationText(lastedMs)}${from}.`;
  },
  nextStep: ({ grower }) =>
    grower === null
      ? 'Read `inuseAllocations` now and in a minute: the stack that grew holds what is kept.'
      : 'Look at this line for what it puts into a collection that nothing is ever taken out of.',
};

function growerOf(growers: readonly GrowthEvidence[], culprit: Frame | null): HeapGrowth['grower'] {
  const [largest] = growers;
  const named = culprit ?? largest?.frames[0];
  if (largest === undefined || named === undefined || largest.grownBytes <= 0) return null;
  const togetherBytes = growers.reduce((sum, { grownBytes }) => sum + Math.max(0, grownBytes), 0);
  return { named, share: largest.grownBytes / togetherBytes };
}
