/** Single goroutines of a dump, with the arguments that its groups leave out. */
import { findHeader, parseAttributes } from '../header/header.ts';
import { functionOf, isPlace, placeOf } from '../stacks/frame.ts';
import { type DumpText, NEXT_GOROUTINE } from '../text/dump-text.ts';

export interface Call {
  function: string;
  /** Numbers among the arguments, the receiver first; empty where Go does not print them. */
  args: readonly Argument[];
  file: string;
  line: number;
}

export interface Argument {
  value: number;
  /** Go marks what may be stale. */
  isUncertain: boolean;
}

export interface Block {
  goroutineId: number;
  state: string;
  waitMinutes: number;
  calls: readonly Call[];
  /** Null where Go does not print it. */
  creatorId: number | null;
}

const HEADER = Buffer.from(NEXT_GOROUTINE);
const MOST_BYTES = 64 * 1024;
const CREATOR = /^created by (.+?)(?: in goroutine (\d+))?$/;
const NUMBER = /0x([0-9a-f]{1,16})(\?)?/g;
const MOST_ARGUMENTS = 12;
const MOST_DIGITS = 16;

/** Where the header of the next goroutine begins, from there on; -1 for none. */
export function nextHeader(text: Buffer, from: number): number {
  if (from === 0 && text.subarray(0, HEADER.length - 1).equals(HEADER.subarray(1))) return 0;
  const found = text.indexOf(HEADER, Math.max(0, from - 1));
  return found < 0 ? -1 : found + 1;
}

/** Where the header of the goroutine begins that this place is in. */
function headerBefore(text: Buffer, at: number): number {
  const found = text.lastIndexOf(HEADER, at);
  return found < 0 ? 0 : found + 1;
}

/** The goroutine whose header begins there; null where it is none. */
export function blockAt(text: Buffer, start: number, mostBytes = MOST_BYTES): Block | null {
  const next = text.indexOf(HEADER, start);
  const end = Math.min(next < 0 ? text.length : next, start + mostBytes);
  const [first = '', ...lines] = text.toString('latin1', start, end).split('\n');
  const header = findHeader(first);
  if (header === null) return null;
  const { state, waitMinutes } = parseAttributes(header.attributes);
  const calls: Call[] = [];
  let creatorId: number | null = null;
  for (const [at, raw] of lines.entries()) {
    const line = raw.trimEnd();
    if (line === '' || isPlace(line)) continue;
    const creator = CREATOR.exec(line);
    if (creator?.[2] !== undefined) creatorId = Number(creator[2]);
    const { name, isKnownForm } = functionOf(line);
    if (!isKnownForm) continue;
    const next = lines[at + 1]?.trimEnd() ?? '';
    const place = isPlace(next) ? placeOf(next) : { file: '', line: 0 };
    const args = creator === null ? argumentsOf(line.slice(name.length)) : [];
    calls.push({ function: name, args, file: place.file, line: place.line });
  }
  return { goroutineId: header.goroutineId, state, waitMinutes, calls, creatorId };
}

/** The goroutine whose header begins there in the text; null where it is none. */
export function blockOf(text: DumpText, start: number): Block | null {
  return blockAt(text.from(start, MOST_BYTES), 0);
}

/**
 * The goroutines that have any of these words in them, in their order; no more are looked for once there are so many.
 * @param isLeftOut told by its number whether one is not asked for, and not counted
 */
export function blocksWith(
  text: DumpText,
  words: readonly string[],
  most: number,
  isLeftOut: (goroutineId: number) => boolean = () => false,
): Block[] {
  const blocks: Block[] = [];
  for (const { bytes } of text.pieces()) {
    for (const start of startsWith(bytes, words, most - blocks.length, isLeftOut)) {
      const block = blockAt(bytes, start);
      if (block !== null) blocks.push(block);
    }
    if (blocks.length >= most) break;
  }
  return blocks;
}

function startsWith(
  bytes: Buffer,
  words: readonly string[],
  most: number,
  isLeftOut: (goroutineId: number) => boolean,
): number[] {
  const starts = new Set<number>();
  for (const word of words) {
    for (
      let at = bytes.indexOf(word);
      at >= 0 && starts.size < most;
      at = bytes.indexOf(word, at)
    ) {
      const start = headerBefore(bytes, at);
      if (!isLeftOut(idAt(bytes, start))) starts.add(start);
      // The rest of this goroutine is read with it.
      const next = bytes.indexOf(HEADER, at);
      at = next < 0 ? bytes.length : next;
    }
  }
  return [...starts].sort((a, b) => a - b);
}

/** Number of the goroutine whose header begins there; NaN for none. */
function idAt(bytes: Buffer, start: number): number {
  const from = start + HEADER.length - 1;
  return Number.parseInt(bytes.toString('latin1', from, from + MOST_DIGITS), 10);
}

function argumentsOf(text: string): Argument[] {
  return [...text.matchAll(NUMBER)].slice(0, MOST_ARGUMENTS).map(([, hex, mark]) => ({
    value: Number.parseInt(hex!, 16),
    isUncertain: mark !== undefined,
  }));
}
