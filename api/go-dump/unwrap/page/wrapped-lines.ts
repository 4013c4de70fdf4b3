/** Lines that a terminal or a mail has broken: `…/internal/registration` above `/server.go:57 +0x1d`. */
import { isPlace } from '../../stacks/frame.ts';
import { emptyStream, push, type Stream, type Unwrapped } from '../stream.ts';

const CALL = /^[^\s"'{[(][^\s(]*\(.*\)$/;
/** The beginning of a call whose arguments go on in the next line. */
const OPEN_CALL = /^[^\s"'`{[(][^\s(]*\.[^\s(]*\((?:[^)]|\)[.)])*$/;
const INDENTED_PATH = /^\s+(?:~?\/|[A-Za-z]:[\\/])\S*$/;
/** What is left of a place. */
const OFFSET = /^\s*\+0x[0-9a-f]+(?: (?:fp|sp|pc)=0x[0-9a-f]+)*$/;
/** A place that was broken within its offset, or before it: `/app/main.go:17 +`, of which a log may have taken the indentation. */
const BROKEN_PLACE = /^\s*(?:~?\/|[A-Za-z]:[\\/])\S*(?::\d+ \+(?:0x?)?)?$/;
const WITH_OFFSET = /:\d+ \+0x[0-9a-f]+$/;
const MOST_PARTS = 10;
const NARROWEST = 40;
const TAB_COLUMNS = 8;

/** Null where none was broken. */
export function withoutWrapping({ lines, numbers }: Stream): Unwrapped | null {
  const widest = lines.reduce((most, line) => Math.max(most, widthOf(line)), 0);
  const result = emptyStream();
  let joined = 0;
  for (let at = 0; at < lines.length; at++) {
    const parts = partsAt(lines, at, widest);
    push(result, lines.slice(at, at + parts).join(''), numbers[at]!);
    at += parts - 1;
    joined += parts - 1;
    const next = lines[at + 1];
    if (next !== undefined && OFFSET.test(next) && isPlace(result.lines.at(-1)!)) at++;
  }
  return joined === 0 ? null : { streams: [result], layers: ['broken lines'] };
}

/** Of how many lines the one that begins here was. */
function partsAt(lines: readonly string[], at: number, widest: number): number {
  const line = lines[at]!.trimEnd();
  if (OPEN_CALL.test(line)) return partsOfCall(lines, at);
  if (CALL.test(lines[at - 1]?.trimEnd() ?? '') && isBrokenPlace(line, lines[at + 1])) return 2;
  const isBroken =
    widest >= NARROWEST && widthOf(line) === widest && INDENTED_PATH.test(line) && !isPlace(line);
  return isBroken && isPlace(line + (lines[at + 1] ?? '').trimEnd()) ? 2 : 1;
}

/** Of a line that no indentation tells from others only the offset shows that it is a place. */
function isBrokenPlace(line: string, next = ''): boolean {
  return BROKEN_PLACE.test(line) && !isPlace(line) && WITH_OFFSET.test(line + next.trimEnd());
}

/** Its place, broken or not, has to follow. */
function partsOfCall(lines: readonly string[], at: number): number {
  let text = lines[at]!.trimEnd();
  for (let parts = 2; parts <= MOST_PARTS; parts++) {
    const part = lines[at + parts - 1]?.trimEnd();
    if (part === undefined || part === '' || isPlace(part)) return 1;
    text += part;
    if (!CALL.test(text)) continue;
    const next = lines[at + parts]?.trimEnd() ?? '';
    const isFollowed =
      isPlace(next) || INDENTED_PATH.test(next) || isBrokenPlace(next, lines[at + parts + 1]);
    return isFollowed ? parts : 1;
  }
  return 1;
}

function widthOf(line: string): number {
  const text = line.trimEnd();
  if (!text.includes('\t')) return text.length;
  let width = 0;
  for (const char of text) {
    width = char === '\t' ? (Math.floor(width / TAB_COLUMNS) + 1) * TAB_COLUMNS : width + 1;
  }
  return width;
}
