import { bytesText } from '../../../base/text/bytes.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { ListenersEvidence } from '../../evidence/outside.ts';
import type { Detection, Detector } from '../../finding.ts';
import { growersOf, growerWords } from '../../growth/growers.ts';
import { leftGrowth } from '../../growth/left-growth.ts';
import { culpritOf, frameWords, groupedDigits, shareWords } from '../../words.ts';

interface ListenerGrowth extends Detection {
  count: number;
  event: string;
  emitter: string;
  perSecond: number;
  perRequest: number | null;
  /** Of the listeners that were seen being added. */
  share: number;
  /** The function of the program that adds them for the culprit; null for none. */
  keeper: Frame | null;
  /** By how much the heap grew meanwhile, and from where, in words; null where it did not. */
  heap: { grownBytes: number; who: string } | null;
}

const FEWEST_LOOKS = 3;
const SHORTEST_MS = 15_000;
const LEAST_COUNT = 50;
const LEAST_GROWN = 25;
/** Where others are taken away meanwhile, it is no more than a crowd that comes and goes. */
const NEAR_HIGHEST = 0.98;
/** Each user may have as many listeners of one event and still be no leak. */
const PER_USER = 3;
const CONVINCING_MS = 45_000;
const CONVINCING_COUNT = 100;
const FEWEST_REQUESTS = 20;
/** Whoever adds more than these adds them for something else. */
const MOST_PER_REQUEST = 3;
/** What one listener may hold; a heap that grows by more grows for another reason besides. */
const MOST_BYTES_EACH = 2e6;

/** Ever more listeners of one event of one emitter. */
export const listenerGrowth: Detector<ListenerGrowth> = {
  name: 'listener-growth',
  kind: 'LISTENER_GROWTH',
  question: 'listeners grow in number',
  check(evidence) {
    const found = evidence.listeners
      .map(growthOf)
      .filter((each) => each !== null)
      .sort((a, b) => b.perSecond - a.perSecond)[0];
    if (found === undefined) return null;
    const heap = leftGrowth(evidence);
    const isFromThese =
      heap !== null && heap.bytesPerMs * 1_000 <= found.perSecond * MOST_BYTES_EACH;
    if (!isFromThese) return { ...found, heap: null };
    const who = growerWords(growersOf(evidence));
    return { ...found, bytes: heap.grownBytes, heap: { grownBytes: heap.grownBytes, who } };
  },
  sentence({ count, event, emitter, culprit, keeper, perSecond, perRequest, share, heap }) {
    const each =
      perRequest === null
        ? `≈ ${rateText(perSecond)} more a second`
        : `≈ ${rateText(perRequest)} more a request`;
    const by = keeper === null ? '' : ` by ${frameWords(keeper)}`;
    const from = culprit ? `, added in ${frameWords(culprit)}${by}` : '';
    const mostly = culprit && share < 1 ? ` (≈ ${shareWords(share)} of them)` : '';
    const whose = `'${event}' listeners on one ${emitter === '' ? 'emitter' : emitter}`;
    const grown =
      heap === null
        ? ''
        : `; the heap grew ${bytesText(heap.grownBytes)} with them${heap.who === '' ? '' : `, ${heap.who}`}`;
    return `${groupedDigits(count)} ${whose}, ${each}${from}${mostly}${grown}.`;
  },
  nextStep: ({ emitter }) =>
    emitter === 'AbortSignal'
      ? 'Take the listener away when the work at this line is done, or give each piece of work a signal of its own; the long-lived one holds every listener and what it refers to.'
      : 'Take the listener away (`off`, or `once` with a signal) when what it serves is over; until then the emitter holds it and all that it refers to.',
  hides: ({ heap }, other) => heap !== null && other.kind === 'HEAP_GROWTH',
};

/** For example `0.2`, `1`, `25`. */
function rateText(rate: number): string {
  return rate < 10 ? String(Number(rate.toFixed(1))) : groupedDigits(rate);
}

function growthOf({
  emitter,
  event,
  frames,
  keeper,
  share,
  counts,
}: ListenersEvidence): ListenerGrowth | null {
  const first = counts[0];
  const last = counts.at(-1);
  if (first === undefined || last === undefined || counts.length < FEWEST_LOOKS) return null;
  const lastedMs = last.atMs - first.atMs;
  const grown = last.count - first.count;
  const highest = Math.max(...counts.map(({ count }) => count));
  if (lastedMs < SHORTEST_MS || last.count < LEAST_COUNT || grown < LEAST_GROWN) return null;
  if (last.count < NEAR_HIGHEST * highest) return null;
  if (grown <= PER_USER * Math.max(0, last.users - first.users)) return null;
  if (last.count <= PER_USER * last.users) return null;
  const requests = (last.requests ?? 0) - (first.requests ?? 0);
  const isConvincing = lastedMs >= CONVINCING_MS && last.count >= CONVINCING_COUNT;
  const culprit = culpritOf(frames);
  return {
    severity: isConvincing && culprit !== null ? 'WARNING' : 'NOTICE',
    sinceMs: first.atMs,
    culprit,
    stack: frames,
    count: last.count,
    event,
    emitter,
    perSecond: (grown / lastedMs) * 1_000,
    perRequest: perRequest(grown, requests),
    share,
    keeper,
    heap: null,
    grownShare: grown / Math.max(1, first.count),
  };
}

/** Null where too few requests came to tell, or requests have little to do with it. */
function perRequest(grown: number, requests: number): number | null {
  const each = grown / Math.max(1, requests);
  return requests < FEWEST_REQUESTS || each > MOST_PER_REQUEST ? null : each;
}
