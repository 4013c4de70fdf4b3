import { bytesText } from '../../../base/text/bytes.ts';
import type { Detection, Detector } from '../../finding.ts';
import { shareWords } from '../../words.ts';

interface NearHeapLimit extends Detection {
  /** Of the limit, 0 to 1. */
  share: number;
  limitBytes: number;
}

const LIMIT_SHARE = 0.9;

/** The heap is about full. */
export const nearHeapLimit: Detector<NearHeapLimit> = {
  name: 'near-heap-limit',
  kind: 'NEAR_HEAP_LIMIT',
  question: 'the heap is about full',
  check({ points, heapLimitBytes }) {
    const latest = points.at(-1);
    if (latest === undefined || heapLimitBytes === null) return null;
    // What is young still leaves the heap: only what is old can fill it up.
    const bytes = latest.oldSpaceUsed ?? latest.alloc ?? 0;
    const share = bytes / heapLimitBytes;
    if (share < LIMIT_SHARE) return null;
    return { severity: 'CRITICAL', bytes, share, limitBytes: heapLimitBytes };
  },
  sentence: ({ share, limitBytes }) =>
    `Heap at ${shareWords(share)} of its limit of ${bytesText(limitBytes)}.`,
  nextStep: () =>
    'See in `inuseAllocations` what holds the memory; `--max-old-space-size` gives the process more time, not a cure.',
};
