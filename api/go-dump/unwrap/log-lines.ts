/** Lines that a log has written into the middle of a stack. */
import { findHeader } from '../header/header.ts';
import { isPlace, standInOf } from '../stacks/frame.ts';
import { PanicText } from './panic-text.ts';
import { emptyStream, push, type Stream } from './stream.ts';

const CALL = /^[^\s"'{[(][^\s(]*\(.*\)$/;
const INDENTED_CALL = /^\t[^\s"'{[(][^\s(]*\.[^\s(]*\(.*\)$/;
const CREATOR = /^\t?created by \S/;
const CRASH_LINE = /^(?:panic: |fatal error: |\[signal |exit status \d+$|goroutine )/;
/** So many of them in a row are no more in the middle of something. */
const MOST_IN_A_ROW = 200;

export interface WithoutLogLines {
  stream: Stream;
  logLines: Stream;
}

/** Takes out what stands between a header and a frame, or between two frames, and is none. */
export function withoutLogLines({ lines, numbers }: Stream): WithoutLogLines {
  const stream = emptyStream();
  const logLines = emptyStream();
  const panic = new PanicText();
  let isInStack = false;
  let awaitsPlace = false;
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at]!.trimEnd();
    const kind = panic.reads(line) ? 'TEXT' : kindOf(line);
    if (isInStack && kind === 'OTHER') {
      const end = endOfOthers(lines, at, awaitsPlace);
      if (end > at) {
        for (; at < end; at++) push(logLines, lines[at]!, numbers[at]!);
        at--;
        continue;
      }
    }
    push(stream, line, numbers[at]!);
    if (kind === 'HEADER') isInStack = true;
    else if (kind !== 'CALL' && kind !== 'PLACE') {
      // A function of C has no arguments: its place follows.
      isInStack &&= kind === 'BLANK' || (kind === 'OTHER' && isPlaceLine(lines[at + 1]));
    }
    awaitsPlace = isInStack && (kind === 'CALL' || kind === 'OTHER');
  }
  return { stream, logLines };
}

type Kind = 'HEADER' | 'CALL' | 'PLACE' | 'BLANK' | 'CRASH' | 'OTHER' | 'TEXT';

function kindOf(line: string): Kind {
  if (line === '') return 'BLANK';
  if (line.startsWith('goroutine ') && findHeader(line) !== null) return 'HEADER';
  if (standInOf(line) !== null) return 'PLACE';
  if (CALL.test(line) || CREATOR.test(line) || INDENTED_CALL.test(line)) return 'CALL';
  if (CRASH_LINE.test(line)) return 'CRASH';
  return isPlaceLine(line) ? 'PLACE' : 'OTHER';
}

/** Indented, as Go prints it; a log line may end with a file and a number too. */
function isPlaceLine(line: string | undefined): boolean {
  if (line === undefined || !isPlace(line)) return false;
  return /^\s/.test(line) || !/\s/.test(line.replace(/ \+0x[0-9a-f]+.*$/, ''));
}

/** Where the stack goes on behind lines that are none of its; `at` where it does not. */
function endOfOthers(lines: readonly string[], at: number, awaitsPlace: boolean): number {
  for (let next = at; next < Math.min(lines.length, at + MOST_IN_A_ROW); next++) {
    const line = lines[next]!.trimEnd();
    const kind = kindOf(line);
    if (kind === 'OTHER') continue;
    if (kind === 'PLACE') return awaitsPlace || isStandIn(line) ? next : at;
    return kind === 'CALL' && isPlaceLine(lines[next + 1]) ? next : at;
  }
  return at;
}

function isStandIn(line: string): boolean {
  return standInOf(line) !== null;
}
