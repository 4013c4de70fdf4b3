/**
 * Gives a dump back as Go printed it, from the logs, terminals and mails that it went through: each
 * has put something around it, one on top of the other.
 */

import { findHeader } from '../header/header.ts';
import { NEWLINE } from '../text/ascii.ts';
import { heldText } from '../text/dump-text.ts';
import { excerptOf, streamOf } from './excerpt.ts';
import { withoutGluedHeaders } from './headers/glued.ts';
import { withoutGoleak } from './headers/goleak.ts';
import { withoutLogLines } from './log-lines.ts';
import { withoutColors } from './page/colors.ts';
import { withoutDoubleSpacing } from './page/double-spacing.ts';
import { withoutHeadings } from './page/headings.ts';
import { withoutLinks } from './page/links.ts';
import { mayHaveMarkup, withoutMarkup } from './page/markup.ts';
import { withoutNewestFirst } from './page/newest-first.ts';
import { mayBeQuotedPrintable, withoutQuotedPrintable } from './page/quoted-printable.ts';
import { withoutWrapping } from './page/wrapped-lines.ts';
import { withoutPrefixes } from './prefixes/prefixes.ts';
import { mayHaveByteTexts, withoutByteTexts } from './records/byte-texts.ts';
import { mayHaveEscapedTabs, withoutEscapes } from './records/escapes.ts';
import { withoutFields } from './records/fields.ts';
import { withoutJson } from './records/json-lines.ts';
import { mayBeTable, withoutTable } from './records/table.ts';
import type { Stream, Unwrapped } from './stream.ts';

export interface UnwrappedDump {
  /** What each writer wrote, one after the other. */
  parts: UnwrappedPart[];
  /** What was taken off, outermost first. */
  layers: string[];
  /** Lines that a log had written into the middle of a stack. */
  logLines: Stream;
}

export interface UnwrappedPart {
  text: Buffer;
  /** For each line where it stood in the file. */
  numbers: readonly number[];
}

type Step = (stream: Stream) => Unwrapped | null;

const STEPS: readonly Step[] = [
  withoutByteTexts,
  withoutQuotedPrintable,
  withoutColors,
  withoutHeadings,
  withoutGoleak,
  withoutMarkup,
  withoutLinks,
  withoutTable,
  withoutPrefixes,
  withoutJson,
  withoutFields,
  withoutEscapes,
  withoutDoubleSpacing,
  withoutNewestFirst,
  withoutGluedHeaders,
  withoutWrapping,
];
/** More layers than any way of logging has. */
const MOST_ROUNDS = 12;
const SNIFFED_BYTES = 64 * 1024;
const LARGEST_BYTES = 256 * 1024 ** 2;
const LINES_AT_ONCE = 100_000;
const HEADER_WORD = Buffer.from('goroutine ');
const CALL_OR_PLACE =
  /^(?:[^\s"'{[(][^\s(]*\(.*\)$|created by |\s+\S.*:\d+|\s*goroutine .*stack unavailable)/;

/** Whether the first goroutine stands as Go prints it, so that nothing has to be taken off. */
export function isPlain(text: Buffer): boolean {
  const head = text.subarray(0, SNIFFED_BYTES);
  if (mayHaveMarkup(head) || mayBeTable(head) || mayHaveEscapedTabs(head)) return false;
  if (mayBeQuotedPrintable(head)) return false;
  let at = head.indexOf(HEADER_WORD);
  // A larger head than this has no log: it is told by its first goroutine all the same.
  if (at < 0) at = text.indexOf(HEADER_WORD);
  while (at >= 0) {
    const start = text.lastIndexOf(NEWLINE, at) + 1;
    const [line = '', next = ''] = text.toString('latin1', start, start + 4_096).split(/\r?\n/, 2);
    const header = findHeader(line);
    if (header !== null) {
      return header.prefix === '' && header.trailing.trim() === '' && CALL_OR_PLACE.test(next);
    }
    at = text.indexOf(HEADER_WORD, at + 1);
  }
  return !mayHaveByteTexts(text);
}

export interface UnwrapOptions {
  /** Of a larger log only what is around its goroutines is looked at. */
  largestBytes?: number;
}

/** The dump without what was put around it; also where that is nothing. */
export function unwrap(
  text: Buffer,
  { largestBytes = LARGEST_BYTES }: UnwrapOptions = {},
): UnwrappedDump {
  const excerpt = text.length > largestBytes ? excerptOf(heldText(text)) : null;
  return unwrapStream(excerpt?.stream ?? streamOf(text));
}

/** The same for lines of a log. */
export function unwrapStream(stream: Stream): UnwrappedDump {
  let streams = [stream];
  const layers: string[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const step = firstStep(streams);
    if (step === null) break;
    streams = step.streams;
    layers.push(...step.layers);
  }
  if (streams.length > 1) layers.push(`${streams.length} writers told apart`);
  const logLines: Stream = { lines: [], numbers: [] };
  const parts = streams.map((stream) => {
    const cleaned = withoutLogLines(stream);
    for (const line of cleaned.logLines.lines) logLines.lines.push(line);
    for (const number of cleaned.logLines.numbers) logLines.numbers.push(number);
    return partOf(cleaned.stream);
  });
  return { parts, layers: [...new Set(layers)], logLines };
}

/** What the first step that finds something makes of the streams. */
function firstStep(streams: readonly Stream[]): Unwrapped | null {
  for (const step of STEPS) {
    const results = streams.map((stream) => step(stream));
    if (results.every((result) => result === null)) continue;
    return {
      streams: results.flatMap((result, index) => result?.streams ?? [streams[index]!]),
      layers: [...new Set(results.flatMap((result) => result?.layers ?? []))],
    };
  }
  return null;
}

function partOf({ lines, numbers }: Stream): UnwrappedPart {
  const texts: Buffer[] = [];
  for (let at = 0; at < lines.length; at += LINES_AT_ONCE) {
    const isLast = at + LINES_AT_ONCE >= lines.length;
    const text = lines.slice(at, at + LINES_AT_ONCE).join('\n');
    texts.push(Buffer.from(isLast ? text : `${text}\n`, 'latin1'));
  }
  return { text: texts.length === 1 ? texts[0]! : Buffer.concat(texts), numbers };
}
