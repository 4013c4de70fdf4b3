import { bytesText } from '../../../base/text/bytes.ts';
import { durationText } from '../../../base/text/duration.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { OutsideEvidence } from '../../evidence/outside.ts';
import { type Detection, type Detector, findsAny, TOO_EARLY } from '../../finding.ts';
import type { MadeBy } from '../../growth/made-by.ts';
import { type OutsideGrowth, outsideGrowth } from '../../growth/outside-growth.ts';
import { frameWords, shareWords } from '../../words.ts';
import {
  arrayBufferBytes,
  type BytesOf,
  externalBytes,
  makersOf,
  readerOf,
} from './buffer-makers.ts';
import { handleGrowth } from './handle-growth.ts';

interface ExternalMemoryGrowth extends Detection {
  bytes: number;
  lastedMs: number;
  /** Whose buffers they are, by a sample; null where nobody knows. */
  maker: { named: Frame; share: number } | null;
  /** Who read about as much of answers to `fetch` as buffers grew meanwhile; null for nobody. */
  reader: MadeBy | null;
}

const GROWN_BYTES = 20e6;
/** So little is told, as a notice, where a line makes it. */
const GROWN_BY_LINE_BYTES = 8e6;
const GROWN_SHARE = 0.15;
const NOBODY_KNOWN =
  'Look for what keeps typed arrays, or the bodies of requests and answers: what Node itself or `new Uint8Array` makes is not told by stack.';

/** Ever more memory in buffers: the heap stays flat while the process grows. */
export const externalMemoryGrowth: Detector<ExternalMemoryGrowth> = {
  name: 'external-memory-growth',
  kind: 'EXTERNAL_MEMORY_GROWTH',
  question: 'memory outside the heap grows',
  check(evidence) {
    const { outside } = evidence;
    if (outside === null) return null;
    const growths = [growthOf(outside, arrayBufferBytes), growthOf(outside, externalBytes)];
    if (growths.includes(TOO_EARLY)) return TOO_EARLY;
    const grown = growths.filter((growth) => growth !== null && growth !== TOO_EARLY);
    const [told] =
      grown.map((growth) => byMaker(outside, growth)).filter((found) => found !== null) ?? [];
    if (told !== undefined) return told;
    // What sockets that stay have read is theirs: that finding says whose they are.
    if (findsAny([handleGrowth], evidence)) return null;
    const large = grown.filter((growth) => growth.grown >= GROWN_BYTES);
    const [read] = large
      .map((growth) => byReader(outside, growth))
      .filter((found) => found !== null);
    if (read !== undefined) return read;
    const buffers = large.find(({ bytesOf }) => bytesOf === arrayBufferBytes);
    return buffers === undefined ? null : withoutLine(buffers);
  },
  sentence({ bytes, lastedMs, maker, reader }) {
    const read =
      reader === null
        ? ''
        : `, about as much as ${frameWords(reader.culprit ?? reader.frames[0]!)} read of answers to fetch`;
    const by =
      maker === null
        ? read
        : `; ≈${shareWords(maker.share)} of what was added was made in ${frameWords(maker.named)}`;
    return `Buffers outside the heap grew ${bytesText(bytes)} in ${durationText(lastedMs)}${by}.`;
  },
  nextStep({ maker, reader }) {
    if (maker === null && reader === null) return NOBODY_KNOWN;
    const what = maker === null ? 'bodies that this line reads' : 'buffers that this line makes';
    return `Look at what keeps the ${what}: give that collection a bound, or let go of them once they are used.`;
  },
};

interface BufferGrowth extends OutsideGrowth {
  bytesOf: BytesOf;
}

/** Node counts some buffers, such as those of files that were read, as external memory alone. */
function growthOf(
  { levels }: OutsideEvidence,
  bytesOf: BytesOf,
): BufferGrowth | 'TOO_EARLY' | null {
  const growth = outsideGrowth(levels, bytesOf);
  if (growth === null || growth === TOO_EARLY) return growth;
  const { grown, before } = growth;
  const isLarge = grown >= GROWN_BY_LINE_BYTES && grown >= before * GROWN_SHARE;
  return isLarge ? { ...growth, bytesOf } : null;
}

function byMaker(outside: OutsideEvidence, growth: BufferGrowth): ExternalMemoryGrowth | null {
  const { lines, ofBytes } = makersOf(outside, growth.bytesOf);
  const [largest] = lines;
  if (largest === undefined) return null;
  if (largest.culprit === null && growth.grown < GROWN_BYTES) return null;
  const { culprit, frames, keptBytes } = largest;
  const named = culprit ?? frames[0] ?? null;
  return {
    ...withoutLine(growth),
    severity: culprit === null || growth.grown < GROWN_BYTES ? 'NOTICE' : 'WARNING',
    culprit,
    stack: frames,
    maker: named && { named, share: keptBytes / ofBytes },
  };
}

function byReader(outside: OutsideEvidence, growth: BufferGrowth): ExternalMemoryGrowth | null {
  const reader = readerOf(outside, growth.bytesOf);
  if (reader === null) return null;
  const { culprit, frames } = reader;
  return { ...withoutLine(growth), severity: 'WARNING', culprit, stack: frames, reader };
}

function withoutLine({ before, grown, lastedMs, sinceMs }: OutsideGrowth): ExternalMemoryGrowth {
  return {
    severity: 'NOTICE',
    sinceMs,
    bytes: grown,
    grownShare: grown / Math.max(1, before),
    lastedMs,
    maker: null,
    reader: null,
  };
}
