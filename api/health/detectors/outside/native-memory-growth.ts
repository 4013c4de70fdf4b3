import { bytesText } from '../../../base/text/bytes.ts';
import { durationText } from '../../../base/text/duration.ts';
import type { Evidence } from '../../evidence/evidence.ts';
import type { OutsideEvidence } from '../../evidence/outside.ts';
import { type Detection, type Detector, findsAny, TOO_EARLY } from '../../finding.ts';
import { type MadeBy, madeByLine } from '../../growth/made-by.ts';
import { outsideGrowth } from '../../growth/outside-growth.ts';
import { liveWithConnections } from '../../growth/with-connections.ts';
import { countWords, frameWords } from '../../words.ts';
import { externalBytes, makersOf } from './buffer-makers.ts';
import { handleGrowth } from './handle-growth.ts';
import { threadGrowth } from './thread-growth.ts';

interface NativeMemoryGrowth extends Detection {
  bytes: number;
  lastedMs: number;
  maker: MadeBy | null;
}

const GROWN_BYTES = 20e6;
const GROWN_SHARE = 0.15;
/** Nobody has told V8 of this memory, and malloc gives some back late: more of it is needed, for longer. */
const REST_BYTES = 80e6;
const REST_LASTED_MS = 2 * 60_000;
const FEWEST_KEPT = 8;
const KEPT_SHARE = 0.5;
/** What one native object takes, as far as that is believable. */
const LEAST_BYTES_EACH = 2e3;

/** They have findings of their own, or memory that is told by itself. */
const TOLD_ELSEWHERE: ReadonlySet<string> = new Set([
  'BODY',
  'BUFFER',
  'WORKER',
  'TCPWRAP',
  'Timeout',
  'FILESTREAM',
  'DESCRIPTOR',
]);

/** Ever more memory that is neither heap nor buffers: of native objects that are never closed. */
export const nativeMemoryGrowth: Detector<NativeMemoryGrowth> = {
  name: 'native-memory-growth',
  kind: 'NATIVE_MEMORY_GROWTH',
  question: 'memory outside the heap grows',
  check(evidence) {
    const { outside } = evidence;
    if (outside === null) return null;
    const told = outsideGrowth(outside.levels, ({ nativeBytes }) => nativeBytes);
    const rest = outsideGrowth(outside.levels, ({ restBytes }) => restBytes);
    if (told === TOO_EARLY || rest === TOO_EARLY) return TOO_EARLY;
    const growth =
      told !== null && told.grown >= GROWN_BYTES && told.grown >= told.before * GROWN_SHARE
        ? told
        : rest;
    if (growth === null || growth.grown < GROWN_BYTES) return null;
    const { before, grown, lastedMs, sinceMs } = growth;
    if (grown < before * GROWN_SHARE) return null;
    const maker = keptObjects(outside, grown);
    if (maker !== null && liveWithConnections(maker, outside)) return null;
    const isKnown = maker !== null && maker.culprit !== null;
    if (!isKnown && growth === rest && (grown < REST_BYTES || lastedMs < REST_LASTED_MS))
      return null;
    if (!isKnown && (isExplained(evidence) || areBuffers(outside))) return null;
    return {
      severity: isKnown ? 'WARNING' : 'NOTICE',
      sinceMs,
      culprit: maker?.culprit ?? null,
      stack: maker?.frames ?? [],
      bytes: grown,
      grownShare: grown / Math.max(1, before),
      lastedMs,
      maker,
      ...(maker !== null && { count: Math.round(maker.kept) }),
    };
  },
  sentence({ bytes, lastedMs, maker }) {
    const grew = `Native memory grew ${bytesText(bytes)} in ${durationText(lastedMs)}`;
    if (maker === null) return `${grew}, beside the heap and the buffers.`;
    const sign = Math.round(maker.settled) === maker.records ? '' : '≈';
    return `${grew}: ${sign}${countWords(maker.kept, nounOf(maker))} made in ${placeOf(maker)} are kept and not closed.`;
  },
  nextStep: ({ maker }) =>
    maker === null
      ? 'See whether a native addon, or something that is opened for each request, is the cause: compare the process with and without it.'
      : `Close each ${nounOf(maker)} that this line makes when it is done (\`close()\`, \`destroy()\`): its memory is not given back before.`,
};

function keptObjects({ made }: OutsideEvidence, grownBytes: number): MadeBy | null {
  const left = made.filter(
    ({ kind, kept, settled }) =>
      !TOLD_ELSEWHERE.has(kind) && kept >= FEWEST_KEPT && kept >= KEPT_SHARE * settled,
  );
  const [most] = madeByLine(left, ({ kept }) => kept);
  if (most === undefined || grownBytes / most.kept < LEAST_BYTES_EACH) return null;
  return most;
}

/** Of those that Node tells as external memory alone. */
function areBuffers(outside: OutsideEvidence): boolean {
  return makersOf(outside, externalBytes).lines.length > 0;
}

/** Sockets, or threads, take memory as well: that finding says whose they are. */
function isExplained(evidence: Evidence): boolean {
  return findsAny([handleGrowth, threadGrowth], evidence);
}

const NOUNS: Readonly<Record<string, string>> = {
  ZLIB: 'zlib stream',
  FILEHANDLE: 'file handle',
  DIRHANDLE: 'directory handle',
  HTTP2SESSION: 'HTTP/2 session',
  PROCESSWRAP: 'child process',
  FSEVENTWRAP: 'file watcher',
  STATWATCHER: 'file watcher',
  UDPWRAP: 'UDP socket',
  PIPEWRAP: 'pipe',
  DNSCHANNEL: 'DNS resolver',
  MESSAGEPORT: 'message port',
};

function nounOf({ kind }: MadeBy): string {
  return NOUNS[kind] ?? 'native object';
}

function placeOf({ culprit, frames }: MadeBy): string {
  const named = culprit ?? frames[0];
  return named === undefined ? 'native code' : frameWords(named);
}
