/**
 * Goroutines out of the text that Go prints for them: `/debug/pprof/goroutine?debug=2`, and crash
 * logs. Equal goroutines become one record with a count, so the result is as large as the
 * differences in a dump and not as the dump.
 */

import { isUtf8 } from 'node:buffer';
import { crashOf, type GoCrash } from './crash/crash.ts';
import type { GoGoroutines } from './goroutines.ts';
import type { GoLock } from './locks/lock.ts';
import { locksOf } from './locks/locks.ts';
import { type PoolUse, poolUseOf } from './locks/pool.ts';
import type { GoRace } from './races/race.ts';
import { racesIn } from './races/races.ts';
import { OTHER_STACKS } from './stacks/frame.ts';
import { NEWLINE, newlinesIn } from './text/ascii.ts';
import { type DumpText, heldText } from './text/dump-text.ts';
import { toUtf8 } from './text/encoding.ts';
import { GoDumpReader, MAX_LINE_BYTES } from './text/reader.ts';
import { type UnreadLines, unreadLines } from './text/unread-lines.ts';
import { excerptOf } from './unwrap/excerpt.ts';
import { mayBeTable } from './unwrap/records/table.ts';
import { isPlain, type UnwrappedDump, unwrap, unwrapStream } from './unwrap/unwrap.ts';

export interface GoDumpStats {
  /** Goroutine headers, and so goroutines: the sum of all counts. */
  headers: number;
  /** Goroutines with a stack, or with Go's word that it could not be walked. */
  parsed: number;
  lines: number;
  /** Lines within goroutines that make no sense there, broken headers, and quoted goroutines. */
  notUnderstood: UnreadLines;
  /** Lines outside of every goroutine, for example the text of a panic. */
  surrounding: UnreadLines;
  /** Lines that a log had written into the middle of a stack: no frames, and taken out. */
  logLines: UnreadLines;
  /** What was taken off before the dump could be read, such as `CRI prefixes`, outermost first; empty for none. */
  unwrapped: string[];
  /**
   * Goroutines at the rarest stacks of a dump that has too many different ones: told together by what the stacks
   * have in common, below a frame `(other stacks)`. 0 up to 60,000 different stacks.
   */
  mergedGoroutines: number;
  /** The text ends in the middle of a goroutine. */
  truncated: boolean;
}

export interface GoDump {
  goroutines: GoGoroutines[];
  /** What the race detector has reported between them; the first fifty. */
  races: GoRace[];
  /** Why the program printed it; null where somebody only wanted to see it. */
  crash: GoCrash | null;
  /** Locks that goroutines wait for, the longest wait first; the first fifty. */
  locks: GoLock[];
  /** Who keeps the connections of `database/sql`; null where nobody waits for one. */
  pool: PoolUse | null;
  stats: GoDumpStats;
}

/** Where it stands in no header, what is around it may have torn that apart. */
const WORD = 'goroutine';

/**
 * Reads a dump, also out of a log that it was written to; a string is taken as it is, bytes may be
 * UTF-8 or UTF-16. Never throws.
 */
export function parseGoDump(input: Uint8Array | string): GoDump {
  const text = typeof input === 'string' ? Buffer.from(input) : toUtf8(input);
  const lineCount = () => linesOf(text);
  if (!isPlain(text)) return readUnwrapped(unwrap(text), lineCount);
  const { dump, isSuspicious } = readPlain(heldText(text));
  const isUnseen = dump.stats.headers === 0 && text.includes(WORD);
  if (!isSuspicious && !isUnseen) return dump;
  const unwrapped = readUnwrapped(unwrap(text), lineCount);
  return isBetter(unwrapped, dump) ? unwrapped : dump;
}

/**
 * Reads a dump that is too large to be held, piece by piece.
 * @param head its first bytes, by which it is told
 * @returns null where something may have to be taken off first, for which all of it is needed
 */
export function parseLargeGoDump(text: DumpText, head: Buffer): GoDump | null {
  if (!toUtf8(head).equals(head) || !isPlain(head)) return null;
  const { dump, isSuspicious } = readPlain(text);
  return isSuspicious || dump.stats.headers === 0 ? null : dump;
}

/**
 * Reads the dumps in a log that is too large to be held: of what is far from a goroutine, nothing.
 * @param head its first bytes, by which it is told
 * @returns null where it has no goroutine, and where all of it is needed
 */
export function parseLargeLog(text: DumpText, head: Buffer): GoDump | null {
  if (!toUtf8(head).equals(head) || !isOfLines(head)) return null;
  const excerpt = excerptOf(text);
  if (excerpt === null) return null;
  return readUnwrapped(unwrapStream(excerpt.stream), () => excerpt.lineCount);
}

/** Whether each line says what it says by itself: no table, whose first line names columns, and no document of many lines. */
function isOfLines(head: Buffer): boolean {
  if (mayBeTable(head)) return false;
  const [first = '', ...others] = head.toString('latin1').trimStart().split('\n', 2);
  if (!/^[[{]/.test(first)) return true;
  return others.length > 0 && /^\{.*\}\s*$/.test(first);
}

function readPlain(text: DumpText): { dump: GoDump; isSuspicious: boolean } {
  const reader = new GoDumpReader();
  const areNamesExact = readPart(reader, text);
  return {
    dump: resultOf(reader, [text], areNamesExact),
    isSuspicious: reader.findings.isSuspicious,
  };
}

function isBetter(unwrapped: GoDump, plain: GoDump): boolean {
  const [stats, plainStats] = [unwrapped.stats, plain.stats];
  if (stats.headers !== plainStats.headers) return stats.headers > plainStats.headers;
  return (
    stats.logLines.count > 0 ||
    stats.notUnderstood.count < plainStats.notUnderstood.count ||
    (unwrapped.races.length > 0 && unwrapped.races.length >= plain.races.length)
  );
}

/** @param lineCount gives how many lines the file has */
function readUnwrapped(
  { parts, layers, logLines }: UnwrappedDump,
  lineCount: () => number,
): GoDump {
  const reader = new GoDumpReader();
  const texts = parts.map((part) => heldText(part.text));
  let areNamesExact = true;
  for (const [at, part] of parts.entries()) {
    reader.findings.startPart(part.numbers);
    areNamesExact = readPart(reader, texts[at]!) && areNamesExact;
  }
  const dump = resultOf(reader, texts, areNamesExact);
  return {
    ...dump,
    stats: {
      ...dump.stats,
      lines: lineCount(),
      unwrapped: layers,
      logLines: unreadLines(logLines),
    },
  };
}

/**
 * What one writer wrote: its last goroutine does not go on in the next part.
 * @returns whether all of it is UTF-8: of names that are not, different ones may read the same
 */
function readPart(reader: GoDumpReader, text: DumpText): boolean {
  let areNamesExact = true;
  let endsMidLine = false;
  for (const { bytes } of text.pieces()) {
    areNamesExact &&= isUtf8(bytes);
    const linesEnd = bytes.lastIndexOf(NEWLINE) + 1;
    if (linesEnd > 0) reader.readLines(bytes, 0, linesEnd);
    if (linesEnd === bytes.length) continue;
    endsMidLine = true;
    const lastLine = Buffer.concat([
      bytes.subarray(linesEnd, linesEnd + MAX_LINE_BYTES),
      Buffer.of(NEWLINE),
    ]);
    reader.readLines(lastLine, 0, lastLine.length);
  }
  reader.endPart({ endsMidLine });
  return areNamesExact;
}

function linesOf(text: Buffer): number {
  const count = newlinesIn(text);
  return text.at(-1) === NEWLINE || text.length === 0 ? count : count + 1;
}

function resultOf(
  reader: GoDumpReader,
  texts: readonly DumpText[],
  areNamesExact: boolean,
): GoDump {
  let parsed = 0;
  let mergedGoroutines = 0;
  reader.stacks.prepareFrames();
  const goroutines = reader.tally.entries<GoGoroutines>(
    ({ state, waitReason, waitMinutes, isLockedToThread }, stack, count, goroutineIds, labels) => {
      const frames = reader.stacks.framesOf(stack);
      if (frames.length > 0) parsed += count;
      if (frames[0]?.function === OTHER_STACKS) mergedGoroutines += count;
      return {
        state,
        waitReason,
        waitMinutes,
        isLockedToThread,
        count,
        frames,
        stackNumber: areNamesExact ? stack : undefined,
        goroutineIds,
        labels,
      };
    },
  );
  const crash = crashOf(reader.crashLines.found, goroutines, texts);
  const states = new Set(goroutines.map(({ state }) => state));
  return {
    goroutines,
    crash,
    races: reader.findings.surrounding.count === 0 ? [] : racesIn(texts),
    pool: poolUseOf(goroutines, texts),
    locks: locksOf(texts, states, { areAllAsleep: crash?.kind === 'ALL_ASLEEP' }),
    stats: {
      headers: reader.tally.goroutines,
      parsed,
      lines: reader.findings.lineCount,
      notUnderstood: reader.findings.notUnderstood,
      surrounding: reader.findings.surrounding,
      logLines: { count: 0, examples: [] },
      unwrapped: [],
      mergedGoroutines,
      truncated: reader.endsMidGoroutine,
    },
  };
}
