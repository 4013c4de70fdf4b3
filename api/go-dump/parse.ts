/**
 * Goroutines out of the text that Go prints for them: `/debug/pprof/goroutine?debug=2`, and crash
 * logs. Equal goroutines become one record with a count, so the result is as large as the
 * differences in a dump and not as the dump.
 */

import type { Frame } from '../profile/profile.ts';
import { NEWLINE } from './ascii.ts';
import { toUtf8 } from './encoding.ts';
import type { GoHeader } from './header/header.ts';
import { GoDumpReader, MAX_LINE_BYTES } from './reader.ts';
import type { UnreadLines } from './unread-lines.ts';

/** Goroutines that wait for the same, equally long, at the same stack. */
export interface GoGoroutines extends GoHeader {
  count: number;
  /**
   * Top frame first, arguments and code offsets left out. The creator is the last frame, named
   * `created by main.main`; equal stacks share one array.
   */
  frames: readonly Frame[];
  /** Numbers of the first ten. */
  goroutineIds: number[];
  /** The first three different label sets, as Go prints them. */
  labels: string[];
}

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
  /** The text ends in the middle of a goroutine. */
  truncated: boolean;
}

export interface GoDump {
  goroutines: GoGoroutines[];
  stats: GoDumpStats;
}

/** Reads a dump; a string is taken as it is, bytes may be UTF-8 or UTF-16. Never throws. */
export function parseGoDump(input: Uint8Array | string): GoDump {
  const text = typeof input === 'string' ? Buffer.from(input) : toUtf8(input);
  const reader = new GoDumpReader();
  const linesEnd = text.lastIndexOf(NEWLINE) + 1;
  if (linesEnd > 0) reader.readLines(text, 0, linesEnd);
  if (linesEnd < text.length) {
    const lastLine = Buffer.concat([
      text.subarray(linesEnd, linesEnd + MAX_LINE_BYTES),
      Buffer.of(NEWLINE),
    ]);
    reader.readLines(lastLine, 0, lastLine.length);
  }
  reader.finish();
  return resultOf(reader);
}

function resultOf(reader: GoDumpReader): GoDump {
  const goroutines: GoGoroutines[] = [];
  let parsed = 0;
  for (const { header, stack, count, goroutineIds, labels } of reader.tally.entries()) {
    const frames = reader.stacks.framesOf(stack);
    if (frames.length > 0) parsed += count;
    goroutines.push({ ...header, count, frames, goroutineIds, labels });
  }
  return {
    goroutines,
    stats: {
      headers: reader.tally.goroutines,
      parsed,
      lines: reader.findings.lineCount,
      notUnderstood: reader.findings.notUnderstood,
      surrounding: reader.findings.surrounding,
      truncated: reader.endsMidGoroutine,
    },
  };
}
