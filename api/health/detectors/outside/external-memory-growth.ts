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
}

const GROWN_BYTES = 20e6;
const GROWN_SHARE = 0.15;
/** Of what grew while the making was watched, which stacks have to account for. */
const EXPLAINED_SHARE = 0.4;

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
      return { ...found, severity: 'NOTICE', maker: null };
    }
    const { culprit, frames, keptBytes } = largest;
    const named = culprit ?? frames[0] ?? null;
    return {
      ...found,
      severity: culprit === null ? 'NOTICE' : 'WARNING',
      culprit,
      stack: frames,
      maker: named && { named, share: keptBytes / kept.ofBytes },
    };
  },
  sentence({ bytes, lastedMs, maker }) {
    const by =
      maker === null
        ? ''
        : `; ≈${shareWords(maker.share)} of what was added was made in ${frameWords(maker.named)}`;
    return `Buffers outside the heap grew ${bytesText(bytes)} in ${durationText(lastedMs)}${by}.`;
  },
  nextStep: ({ maker }) =>
    maker === null
      ? 'Look for what keeps typed arrays, or the bodies of requests and answers: what Node itself or `new Uint8Array` makes is not told by stack.'
      : 'Look at what keeps the buffers that this line makes: give that collection a bound, or let go of them once they are used.',
};

/** By line, most bytes first; none where they are too few to explain what was added meanwhile. */
function keptBuffers({ made, levels, buffersWatched }: OutsideEvidence): {
  lines: MadeBy[];
  ofBytes: number;
} {
  if (buffersWatched === null) return { lines: [], ofBytes: 0 };
  const at = (timeMs: number) =>
    levels.findLast(({ atMs }) => atMs <= timeMs)?.arrayBuffersBytes ?? 0;
  const grownBytes = at(buffersWatched.untilMs) - at(buffersWatched.sinceMs);
  const lines = madeByLine(
    made.filter(({ kind, keptBytes }) => kind === 'BUFFER' && keptBytes > 0),
    ({ keptBytes }) => keptBytes,
  );
  const keptBytes = lines.reduce((sum, each) => sum + each.keptBytes, 0);
  const isExplained = keptBytes >= EXPLAINED_SHARE * grownBytes;
  return { lines: isExplained ? lines : [], ofBytes: Math.max(keptBytes, grownBytes) };
}
