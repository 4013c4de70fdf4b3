import { bytesText } from '../../../base/text/bytes.ts';
import { durationText } from '../../../base/text/duration.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { OutsideEvidence } from '../../evidence.ts';
import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { type MadeBy, madeByLine } from '../../made-by.ts';
import { outsideGrowth } from '../../outside-growth.ts';
import { frameWords, shareWords } from '../../words.ts';
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
const GROWN_SHARE = 0.15;
/** Of what grew while the making was watched, which stacks have to account for. */
const EXPLAINED_SHARE = 0.4;
const FEWEST_BODIES = 10;
/** What was read against what was added. */
const LEAST_RATIO = 0.6;
const MOST_RATIO = 1.6;

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
    const growth = outsideGrowth(outside.levels, ({ arrayBuffersBytes }) => arrayBuffersBytes);
    if (growth === null || growth === TOO_EARLY) return growth;
    const { before, grown, lastedMs, sinceMs } = growth;
    if (grown < GROWN_BYTES || grown < before * GROWN_SHARE) return null;
    const found = { sinceMs, bytes: grown, lastedMs, grownShare: grown / Math.max(1, before) };
    const kept = keptBuffers(outside);
    const [largest] = kept.lines;
    if (largest === undefined) {
      // What sockets that stay have read is theirs: that finding says whose they are.
      const handles = handleGrowth.check(evidence);
      if (handles !== null && handles !== TOO_EARLY) return null;
      return withoutStack(found, readerOfBodies(outside));
    }
    const { culprit, frames, keptBytes } = largest;
    const named = culprit ?? frames[0] ?? null;
    return {
      ...found,
      severity: culprit === null ? 'NOTICE' : 'WARNING',
      culprit,
      stack: frames,
      reader: null,
      maker: named && { named, share: keptBytes / kept.ofBytes },
    };
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

function withoutStack(
  found: Pick<ExternalMemoryGrowth, 'sinceMs' | 'bytes' | 'lastedMs' | 'grownShare'>,
  reader: MadeBy | null,
): ExternalMemoryGrowth {
  return {
    ...found,
    severity: reader === null ? 'NOTICE' : 'WARNING',
    culprit: reader?.culprit ?? null,
    stack: reader?.frames ?? [],
    maker: null,
    reader,
  };
}

/** Nobody sees whether bodies are kept: one line has to have read just about what was added. */
function readerOfBodies({ made, levels }: OutsideEvidence): MadeBy | null {
  const [reader] = madeByLine(
    made.filter(({ kind, records }) => kind === 'BODY' && records >= FEWEST_BODIES),
    ({ keptBytes }) => keptBytes,
  );
  if (reader === undefined || reader.culprit === null) return null;
  const { oldestAtMs, newestAtMs, keptBytes } = reader;
  const grownBytes = bytesAt(levels, newestAtMs ?? 0) - bytesAt(levels, oldestAtMs ?? 0);
  const isAsMuch = keptBytes >= LEAST_RATIO * grownBytes && keptBytes <= MOST_RATIO * grownBytes;
  return isAsMuch ? reader : null;
}

function bytesAt(levels: OutsideEvidence['levels'], timeMs: number): number {
  return levels.findLast(({ atMs }) => atMs <= timeMs)?.arrayBuffersBytes ?? 0;
}

/** By line, most bytes first; none where they are too few to explain what was added meanwhile. */
function keptBuffers({ made, levels, buffersWatched }: OutsideEvidence): {
  lines: MadeBy[];
  ofBytes: number;
} {
  if (buffersWatched === null) return { lines: [], ofBytes: 0 };
  const { sinceMs, untilMs } = buffersWatched;
  const grownBytes = bytesAt(levels, untilMs) - bytesAt(levels, sinceMs);
  const lines = madeByLine(
    made.filter(({ kind, keptBytes }) => kind === 'BUFFER' && keptBytes > 0),
    ({ keptBytes }) => keptBytes,
  );
  const keptBytes = lines.reduce((sum, each) => sum + each.keptBytes, 0);
  const isExplained = keptBytes >= EXPLAINED_SHARE * grownBytes;
  return { lines: isExplained ? lines : [], ofBytes: Math.max(keptBytes, grownBytes) };
}
