/** Whose buffers explain what was added while their making was watched. */
import type { OutsideEvidence, OutsideLevel } from '../../evidence/outside.ts';
import { type MadeBy, madeByLine } from '../../growth/made-by.ts';

export type BytesOf = (level: OutsideLevel) => number;

export const arrayBufferBytes: BytesOf = (level) => level.arrayBuffersBytes;
export const externalBytes: BytesOf = (level) => level.arrayBuffersBytes + level.nativeBytes;

/** Of what was added, which stacks have to account for. */
const EXPLAINED_SHARE = 0.4;
const FEWEST_BODIES = 10;
/** What was read against what was added. */
const LEAST_RATIO = 0.6;
const MOST_RATIO = 1.6;

/** By line, most bytes first; none where they are too few to explain what was added meanwhile. */
export function makersOf(
  { made, levels, buffersWatched }: OutsideEvidence,
  bytesOf: BytesOf,
): { lines: MadeBy[]; ofBytes: number } {
  if (buffersWatched === null) return { lines: [], ofBytes: 0 };
  const { sinceMs, untilMs } = buffersWatched;
  const addedBytes = addedBetween(levels, bytesOf, sinceMs, untilMs);
  const lines = madeByLine(
    made.filter(({ kind, keptBytes }) => kind === 'BUFFER' && keptBytes > 0),
    ({ keptBytes }) => keptBytes,
  );
  const keptBytes = lines.reduce((sum, each) => sum + each.keptBytes, 0);
  const isExplained = keptBytes >= EXPLAINED_SHARE * addedBytes;
  return { lines: isExplained ? lines : [], ofBytes: Math.max(keptBytes, addedBytes) };
}

/** Nobody sees whether bodies are kept: one line has to have read just about what was added. */
export function readerOf({ made, levels }: OutsideEvidence, bytesOf: BytesOf): MadeBy | null {
  const [reader] = madeByLine(
    made.filter(({ kind, records }) => kind === 'BODY' && records >= FEWEST_BODIES),
    ({ keptBytes }) => keptBytes,
  );
  if (reader === undefined || reader.culprit === null) return null;
  const { oldestAtMs, newestAtMs, keptBytes } = reader;
  const addedBytes = addedBetween(levels, bytesOf, oldestAtMs ?? 0, newestAtMs ?? 0);
  const isAsMuch = keptBytes >= LEAST_RATIO * addedBytes && keptBytes <= MOST_RATIO * addedBytes;
  return isAsMuch ? reader : null;
}

function addedBetween(
  levels: readonly OutsideLevel[],
  bytesOf: BytesOf,
  sinceMs: number,
  untilMs: number,
): number {
  const at = (timeMs: number) => {
    const level = levels.findLast(({ atMs }) => atMs <= timeMs);
    return level === undefined ? 0 : bytesOf(level);
  };
  return at(untilMs) - at(sinceMs);
}
