/** The first line of a goroutine in a Go dump: `goroutine 42 [chan receive, 5 minutes]:`. */

import { MINUTES_PER_HOUR, SECONDS_PER_MINUTE } from '../../base/numbers/units.ts';
import { decoded, trimmed } from '../text/text.ts';

/** What the brackets of a header say, without the goroutine's number and labels. */
export interface GoHeader {
  /** As Go prints it, for example `chan receive (nil chan)` or `select (durable)`. */
  state: string;
  /** As Go prints it, for example `5 minutes`; null where it gives no time. */
  waitReason: string | null;
  /** Whole minutes; 0 where Go gives none, which is also so for waits of less than a minute. */
  waitMinutes: number;
  isLockedToThread: boolean;
}

/** One header as found in a line. */
export interface FoundHeader {
  goroutineId: number;
  /** Text before the word `goroutine`: indentation, quote marks or a log prefix. */
  prefix: string;
  /** Text between the brackets, labels left out. */
  attributes: string;
  /** Labels as Go prints them, `{"route": "/pay"}`; empty for none. */
  labels: string;
  /** Text behind the colon; empty in what Go prints. */
  trailing: string;
}

const HEADER_START = /goroutine (\d+)(?: [a-z]+=[^ [\]]+)* \[/g;
const LABELS_INSIDE = ' labels:{';
const LABELS_BEHIND = ' {';
const MAX_MINUTES = 2 ** 31 - 1;

/** The first header in the line, or null. A strict search takes none whose brackets do not pair up. */
export function findHeader(line: string, { isStrict = false } = {}): FoundHeader | null {
  HEADER_START.lastIndex = 0;
  const start = HEADER_START.exec(line);
  if (start === null) return null;
  const open = HEADER_START.lastIndex;
  const end = endOfBrackets(line, open) ?? (isStrict ? null : endOfUnbalanced(line, open));
  if (end === null) return null;
  return {
    goroutineId: Number(start[1]),
    prefix: line.slice(0, start.index),
    attributes: line.slice(open, end.attributesEnd),
    labels: end.labels,
    trailing: line.slice(end.after),
  };
}

interface BracketsEnd {
  attributesEnd: number;
  labels: string;
  /** Index behind the colon. */
  after: number;
}

/** Labels may contain `]:` and quotes, so they are stepped over as what they are. */
function endOfBrackets(line: string, open: number): BracketsEnd | null {
  const firstClose = line.indexOf(']', open);
  if (firstClose < 0) return null;
  const attributes = line.slice(open, firstClose);
  const inside = attributes.indexOf(LABELS_INSIDE);
  if (inside >= 0) {
    const labelsStart = open + inside + LABELS_INSIDE.length - 1;
    const labelsEnd = endOfBraces(line, labelsStart);
    if (labelsEnd === null || !line.startsWith(']:', labelsEnd)) return null;
    const labels = line.slice(labelsStart, labelsEnd);
    return { attributesEnd: open + inside, labels, after: labelsEnd + 2 };
  }
  const behind = firstClose + 1;
  if (line[behind] === ':') return { attributesEnd: firstClose, labels: '', after: behind + 1 };
  if (!line.startsWith(LABELS_BEHIND, behind)) return null;
  const labelsEnd = endOfBraces(line, behind + 1);
  if (labelsEnd === null || line[labelsEnd] !== ':') return null;
  return {
    attributesEnd: firstClose,
    labels: line.slice(behind + 1, labelsEnd),
    after: labelsEnd + 1,
  };
}

/** Where brackets or quotes do not pair up, the first `]:` ends the header. */
function endOfUnbalanced(line: string, open: number): BracketsEnd | null {
  const close = line.indexOf(']:', open);
  return close < 0 ? null : { attributesEnd: close, labels: '', after: close + 2 };
}

/** Index behind the brace that closes the one at `open`; braces in quotes do not count. */
function endOfBraces(line: string, open: number): number | null {
  let isQuoted = false;
  for (let at = open + 1; at < line.length; at++) {
    const char = line[at];
    if (isQuoted && char === '\\') at++;
    else if (char === '"') isQuoted = !isQuoted;
    else if (char === '}' && !isQuoted) return at + 1;
  }
  return null;
}

/** `chan receive, 5 minutes, locked to thread` → state, wait and attributes. */
export function parseAttributes(text: string): GoHeader {
  const [state = '', ...attributes] = text.split(',').map((part) => decoded(trimmed(part)));
  const header: GoHeader = {
    state,
    waitReason: null,
    waitMinutes: 0,
    isLockedToThread: false,
  };
  for (const attribute of attributes) readAttribute(header, attribute);
  return header;
}

/** What else stands there, such as `synctest bubble 3`, tells nothing that is shown. */
function readAttribute(header: GoHeader, attribute: string): void {
  if (attribute === 'locked to thread') header.isLockedToThread = true;
  else if (/(?:second|minute|hour)s?$/.test(attribute)) {
    header.waitReason = attribute;
    header.waitMinutes = waitMinutes(attribute);
  }
}

/**
 * Whole minutes of a wait in words: `5 minutes` is 5, `1 hour 5 minutes` is 65, `90 seconds` is 1.
 * 0 where it names no time, or one that no process has lived for.
 */
function waitMinutes(text: string): number {
  const minutes =
    amountOf(text, 'hour') * MINUTES_PER_HOUR +
    amountOf(text, 'minute') +
    Math.floor(amountOf(text, 'second') / SECONDS_PER_MINUTE);
  return minutes <= MAX_MINUTES ? minutes : 0;
}

const AMOUNTS = {
  hour: /(\d+)[\t\n\f\r ]*hour/,
  minute: /(\d+)[\t\n\f\r ]*minute/,
  second: /(\d+)[\t\n\f\r ]*second/,
} as const;

function amountOf(text: string, unit: keyof typeof AMOUNTS): number {
  return Number(AMOUNTS[unit].exec(text)?.[1] ?? 0);
}
