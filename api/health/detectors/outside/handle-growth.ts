import { durationText } from '../../../base/text/duration.ts';
import { lineKey } from '../../../profile/line-key.ts';
import type { OutsideEvidence, OutsideLevel } from '../../evidence/outside.ts';
import { type Detection, type Detector, TOO_EARLY } from '../../finding.ts';
import { type MadeBy, madeByLine } from '../../growth/made-by.ts';
import { outsideGrowth } from '../../growth/outside-growth.ts';
import { liveWithConnections } from '../../growth/with-connections.ts';
import { functionKey } from '../../hot-frame.ts';
import { countWords, frameWords, groupedDigits } from '../../words.ts';
import { HANDLE_KINDS, type HandleKind } from './handle-kinds.ts';

interface HandleGrowth extends Detection {
  count: number;
  lastedMs: number;
  handle: HandleKind;
  maker: MadeBy;
}

const GROWN_HANDLES = 15;
const GROWN_SHARE = 0.25;
/** Of those that one line made and that could be over, so many are still there: some paths may well close theirs. */
const KEPT_SHARE = 0.2;
/** Of those that grew: a program that connects to itself has the other end of each as well. */
const EXPLAINED_SHARE = 0.4;
const FEWEST_KEPT = 8;
const TO_ITSELF_SHARE = 0.5;
/** A pool uses the idle ones before it opens another. */
const IDLE_SHARE = 0.5;

/** Ever more sockets, timers, watchers, child processes or files that somebody opens and nobody closes. */
export const handleGrowth: Detector<HandleGrowth> = {
  name: 'handle-growth',
  kind: 'HANDLE_GROWTH',
  question: 'memory outside the heap grows',
  check({ outside }) {
    if (outside === null) return null;
    if (outsideGrowth(outside.levels, () => 0) === TOO_EARLY) return TOO_EARLY;
    const found = HANDLE_KINDS.map((handle) => growthOf(handle, outside));
    const known = found.filter((each) => each !== null);
    return (
      known.filter((each) => !isPartOf(each, known)).sort((a, b) => b.count - a.count)[0] ?? null
    );
  },
  sentence: ({ count, lastedMs, handle, maker }) =>
    `Ever more ${handle.nouns}: ${groupedDigits(count)} more in ${durationText(lastedMs)}, ${handle.made} in ${frameWords(maker.culprit ?? maker.frames[0]!)} and ${handle.fate}; ${keptWords(maker)} made there while watched are still there.`,
  nextStep: ({ handle, maker }) => handle.nextStep(maker.frames),
  // Of what the same function opened, it says what the tasks are.
  hides: ({ culprit }, other) =>
    other.kind === 'LEFT_BEHIND' && functionKey(other.culprit) === functionKey(culprit),
};

/** The pipes of child processes are closed by whoever ends those. */
function isPartOf({ handle, maker }: HandleGrowth, found: readonly HandleGrowth[]): boolean {
  const wholes = found.filter((other) => other.handle.parts === handle.activeName);
  return wholes.some((whole) => lineKey(whole.maker.culprit) === lineKey(maker.culprit));
}

function growthOf(handle: HandleKind, outside: OutsideEvidence): HandleGrowth | null {
  for (const count of countsOf(handle)) {
    const found = growthBy(count, handle, outside);
    if (found !== null) return found;
  }
  return null;
}

type Count = (level: OutsideLevel) => number;

/** By what Node lists, and by descriptors: whose those are, what was made tells. */
function countsOf({ activeName, hasDescriptor }: HandleKind): Count[] {
  const counts: Count[] = [];
  if (activeName !== null) counts.push(({ handles }) => handles?.[activeName] ?? 0);
  if (hasDescriptor) counts.push(({ descriptors }) => descriptors ?? 0);
  return counts;
}

function growthBy(
  count: Count,
  handle: HandleKind,
  { levels, made }: OutsideEvidence,
): HandleGrowth | null {
  const growth = outsideGrowth(levels, count);
  if (growth === null || growth === TOO_EARLY) return null;
  const { before, grown, lastedMs, sinceMs } = growth;
  if (grown < GROWN_HANDLES || grown < before * GROWN_SHARE) return null;
  const maker = madeByLine(
    made.filter((each) => handle.isMeant(each) && isLeft(each)),
    ({ kept }) => kept,
  )[0];
  if (maker === undefined || !isExplained(maker, levels, count)) return null;
  if (!isToItself(maker) && liveWithConnections(maker, { levels, made })) return null;
  return {
    severity: maker.culprit === null ? 'NOTICE' : 'WARNING',
    sinceMs,
    culprit: maker.culprit,
    stack: maker.frames,
    count: grown,
    grownShare: grown / Math.max(1, before),
    lastedMs,
    handle,
    maker,
  };
}

/** Then the other end of each counts as a client, and says nothing. */
function isToItself({ kept, toItself }: MadeBy): boolean {
  return toItself >= TO_ITSELF_SHARE * kept;
}

function isLeft({ settled, kept, idle }: MadeBy | OutsideEvidence['made'][number]): boolean {
  if (kept < FEWEST_KEPT || kept < KEPT_SHARE * settled) return false;
  return idle === null || idle >= IDLE_SHARE * kept;
}

/** It made about as many as there are more, in the time from the first of them to the last. */
function isExplained(
  { kept, oldestAtMs, newestAtMs }: MadeBy,
  levels: readonly OutsideLevel[],
  count: Count,
): boolean {
  const before = levels.findLast(({ atMs }) => atMs <= (oldestAtMs ?? 0)) ?? levels[0];
  const after = levels.find(({ atMs }) => atMs >= (newestAtMs ?? 0)) ?? levels.at(-1);
  if (before === undefined || after === undefined) return false;
  return kept >= EXPLAINED_SHARE * (count(after) - count(before));
}

function keptWords({ kept, settled, records }: MadeBy): string {
  const sign = Math.round(settled) === records ? '' : '≈';
  return kept === settled
    ? `all ${sign}${countWords(kept, 'one').replace(/ ones?$/, '')}`
    : `${sign}${groupedDigits(kept)} of ${sign}${groupedDigits(settled)}`;
}
