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
import type { GoRace } from './races/race.ts';
import { racesIn } from './races/races.ts';
import { NEWLINE } from './text/ascii.ts';
import { toUtf8 } from './text/encoding.ts';
import { GoDumpReader, MAX_LINE_BYTES } from './text/reader.ts';
import { type UnreadLines, unreadLines } from './text/unread-lines.ts';
import { isPlain, type UnwrappedDump, unwrap } from './unwrap/unwrap.ts';

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
  return { ...readGoroutines(text), races: racesIn(text) };
}

type Goroutines = Omit<GoDump, 'races'>;

function readGoroutines(text: Buffer): Goroutines {
  if (!isPlain(text)) return readUnwrapped(unwrap(text), text);
  const reader = new GoDumpReader();
  readPart(reader, text);
  const dump = resultOf(reader, [text]);
  const isUnseen = dump.stats.headers === 0 && text.includes(WORD);
  if (!reader.findings.isSuspicious && !isUnseen) return dump;
  const unwrapped = readUnwrapped(unwrap(text), text);
  return isBetter(unwrapped.stats, dump.stats) ? unwrapped : dump;
}

function isBetter(unwrapped: GoDumpStats, plain: GoDumpStats): boolean {
  return (
    unwrapped.headers > plain.headers ||
    (unwrapped.headers === plain.headers &&
      (unwrapped.logLines.count > 0 || unwrapped.notUnderstood.count < plain.notUnderstood.count))
  );
}

function readUnwrapped({ parts, layers, logLines }: UnwrappedDump, text: Buffer): Goroutines {
  const reader = new GoDumpReader();
  for (const part of parts) {
    reader.findings.startPart(part.numbers);
    readPart(reader, part.text);
  }
  const texts = parts.map((part) => part.text);
  const dump = resultOf(reader, texts);
  const lines =
    parts.length === 1 && layers.length === 0 ? reader.findings.lineCount : linesOf(text);
  return {
    ...dump,
    stats: { ...dump.stats, lines, unwrapped: layers, logLines: unreadLines(logLines) },
  };
}

/** What one writer wrote: its last goroutine does not go on in the next part. */
function readPart(reader: GoDumpReader, text: Buffer): void {
  const linesEnd = text.lastIndexOf(NEWLINE) + 1;
  if (linesEnd > 0) reader.readLines(text, 0, linesEnd);
  if (linesEnd < text.length) {
    const lastLine = Buffer.concat([
      text.subarray(linesEnd, linesEnd + MAX_LINE_BYTES),
      Buffer.of(NEWLINE),
    ]);
    reader.readLines(lastLine, 0, lastLine.length);
  }
  reader.endPart({ endsMidLine: linesEnd < text.length });
}

function linesOf(text: Buffer): number {
  let count = 0;
  for (let at = text.indexOf(NEWLINE); at >= 0; at = text.indexOf(NEWLINE, at + 1)) count++;
  return text.at(-1) === NEWLINE || text.length === 0 ? count : count + 1;
}

function resultOf(reader: GoDumpReader, texts: readonly Buffer[]): Goroutines {
  // Names whose bytes are no UTF-8 may be different and read the same.
  const areNamesExact = texts.every((text) => isUtf8(text));
  let parsed = 0;
  const goroutines = reader.tally.entries<GoGoroutines>(
    ({ state, waitReason, waitMinutes, isLockedToThread }, stack, count, goroutineIds, labels) => {
      const frames = reader.stacks.framesOf(stack);
      if (frames.length > 0) parsed += count;
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
    locks: locksOf(texts, states, { areAllAsleep: crash?.kind === 'ALL_ASLEEP' }),
    stats: {
      headers: reader.tally.goroutines,
      parsed,
      lines: reader.findings.lineCount,
      notUnderstood: reader.findings.notUnderstood,
      surrounding: reader.findings.surrounding,
      logLines: { count: 0, examples: [] },
      unwrapped: [],
      truncated: reader.endsMidGoroutine,
    },
  };
}
