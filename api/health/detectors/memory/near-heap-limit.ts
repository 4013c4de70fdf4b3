import { bytesText } from '../../../base/text/bytes.ts';
import { durationText } from '../../../base/text/duration.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { Detection, Detector } from '../../finding.ts';
import { growersOf, growerWords } from '../../growth/growers.ts';
import { leftGrowth } from '../../growth/left-growth.ts';
import { culpritOf, shareWords } from '../../words.ts';
import { expensiveCollection } from './expensive-collection.ts';

interface NearHeapLimit extends Detection {
  /** Of the limit, 0 to 1. */
  share: number;
  limitBytes: number;
  /** Until it is full at this rate; null where it does not grow. */
  leftMs: number | null;
  /** Which lines grew most, in words; empty where nobody knows. */
  who: string;
  /** Of the time, that collections take; null where that is little. */
  collectionShare: number | null;
}

const LIMIT_SHARE = 0.9;
/** With so little time left it is worth a word sooner. */
const WARNED_SHARE = 0.4;
const WARNED_MS = 10 * 60_000;
const CRITICAL_SHARE = 0.6;
const CRITICAL_MS = 2 * 60_000;

/** The heap is about full, or will be soon. */
export const nearHeapLimit: Detector<NearHeapLimit> = {
  name: 'near-heap-limit',
  kind: 'NEAR_HEAP_LIMIT',
  question: 'the heap is about full',
  check(evidence) {
    const { heapLimitBytes: limitBytes } = evidence;
    if (evidence.points.length === 0 || limitBytes === null) return null;
    const growth = leftGrowth(evidence);
    const bytes = growth === null ? levelOf(evidence) : latestOf(evidence);
    const share = bytes / limitBytes;
    const leftMs = growth === null ? null : Math.max(0, (limitBytes - bytes) / growth.bytesPerMs);
    const growers = growersOf(evidence);
    const severity = severityOf(share, leftMs ?? Infinity, growers.length > 0);
    if (severity === null) return null;
    const collection = expensiveCollection.check(evidence);
    return {
      severity,
      bytes,
      share,
      limitBytes,
      leftMs,
      culprit: culpritOf(growers[0]?.frames ?? []),
      stack: growers[0]?.frames ?? [],
      who: growerWords(growers),
      collectionShare: typeof collection === 'object' ? (collection?.share ?? null) : null,
    };
  },
  sentence({ share, limitBytes, leftMs, who, collectionShare }) {
    const left = leftMs === null ? '' : `, full in about ${durationText(leftMs)} at this rate`;
    const from = who === '' ? '' : `; it grows, ${who}`;
    const collections =
      collectionShare === null
        ? ''
        : `; collecting garbage takes ${shareWords(collectionShare)} of the time`;
    return `Heap at ${shareWords(share)} of its limit of ${bytesText(limitBytes)}${left}${from}${collections}.`;
  },
  nextStep: ({ who }) =>
    who === ''
      ? 'See in `inuseAllocations` what holds the memory; `--max-old-space-size` gives the process more time, not a cure.'
      : 'Give what is kept from this line a bound, or delete from it; `--max-old-space-size` gives the process more time, not a cure.',
  hides: ({ leftMs, collectionShare }, other) =>
    (other.kind === 'HEAP_GROWTH' && leftMs !== null) ||
    (collectionShare !== null && other.kind === 'SLOW_LOOP' && other.culprit === null),
};

/** @param isNamed whether it is known who fills it */
function severityOf(
  share: number,
  leftMs: number,
  isNamed: boolean,
): NearHeapLimit['severity'] | null {
  if (share >= LIMIT_SHARE) return 'CRITICAL';
  if (!isNamed) return share >= WARNED_SHARE && leftMs <= WARNED_MS ? 'NOTICE' : null;
  if (share >= CRITICAL_SHARE && leftMs <= CRITICAL_MS) return 'CRITICAL';
  return share >= WARNED_SHARE && leftMs <= WARNED_MS ? 'WARNING' : null;
}

/** What is young still leaves the heap: only what is old can fill it up. */
function latestOf({ points }: Evidence): number {
  const latest = points.at(-1);
  return latest?.oldSpaceUsed ?? latest?.alloc ?? 0;
}

/** Old garbage leaves it too, of which the point before knew nothing. */
function levelOf({ points }: Evidence): number {
  return Math.min(...points.slice(-2).map(({ oldSpaceUsed, alloc }) => oldSpaceUsed ?? alloc ?? 0));
}
