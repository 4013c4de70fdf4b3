/**
 * The unchanging beginnings of both lines of every frame, `main.work(` and `\t/app/main.go:17`, as
 * bytes in one buffer. They are compared with the bytes of a dump without making strings of them.
 */
import { NO_MATCH } from '../text/line-ends.ts';

const INITIAL_BYTES = 64 * 1024;
/** What is compared at a time. */
const STRIDE_BYTES = 8;
/** What is hashed at a time. */
const WORD_BYTES = 4;
const HASH_FACTOR = 0x01000193;

/** Bytes, with a view to read several of them at a time. */
export interface Readable {
  bytes: Buffer;
  view: DataView;
}

/** Where the two heads of a frame are in some bytes. */
export interface HeadPlaces {
  functionStart: number;
  functionEnd: number;
  placeStart: number;
  placeEnd: number;
}

export function readable(bytes: Buffer): Readable {
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) };
}

export class FrameHeads {
  used = 0;
  store = readable(Buffer.alloc(INITIAL_BYTES));

  /** Copies bytes behind what is there, and gives where they begin. */
  append(bytes: Buffer, start: number, end: number): number {
    const at = this.used;
    this.#reserve(end - start);
    const stored = this.store.bytes;
    // So few that a call of Node's would take longer.
    for (let from = start, to = at; from < end; from++) stored[to++] = bytes[from]!;
    this.used += end - start;
    return at;
  }

  /** The same for text of one character a byte. */
  appendText(text: string): number {
    const at = this.used;
    this.#reserve(text.length);
    this.used += this.store.bytes.write(text, at, 'latin1');
    return at;
  }

  /** Behind the bytes at `from`, if they are those of the head from `start` to `end`; or `NO_MATCH`. */
  match({ bytes, view }: Readable, from: number, start: number, end: number): number {
    const length = end - start;
    if (from + length > bytes.length) return NO_MATCH;
    if (length < STRIDE_BYTES) return this.#matchShort(bytes, from, start, end);
    // Eight bytes at a time, and the last eight once more for what is left over.
    const heads = this.store.view;
    const last = length - STRIDE_BYTES;
    for (let at = 0; at < last; at += STRIDE_BYTES) {
      if (differ(heads, start + at, view, from + at)) return NO_MATCH;
    }
    return differ(heads, start + last, view, from + last) ? NO_MATCH : from + length;
  }

  #matchShort(bytes: Buffer, from: number, start: number, end: number): number {
    const heads = this.store.bytes;
    let at = from;
    for (let head = start; head < end; head++) {
      if (heads[head] !== bytes[at++]) return NO_MATCH;
    }
    return at;
  }

  #reserve(byteCount: number): void {
    let { bytes } = this.store;
    if (this.used + byteCount <= bytes.length) return;
    while (this.used + byteCount > bytes.length) bytes = Buffer.concat([bytes], bytes.length * 2);
    this.store = readable(bytes);
  }
}

/** Equal for equal heads, wherever they stand. */
export function hashOf(source: Readable, heads: HeadPlaces): number {
  const { functionStart, functionEnd, placeStart, placeEnd } = heads;
  return hashOn(
    hashOn(HASH_FACTOR, source, functionStart, functionEnd),
    source,
    placeStart,
    placeEnd,
  );
}

/** Goes on from the hash of what comes before. */
function hashOn(before: number, { bytes, view }: Readable, start: number, end: number): number {
  let hash = before;
  let at = start;
  for (; at + WORD_BYTES <= end; at += WORD_BYTES) hash = mixed(hash ^ view.getInt32(at));
  for (; at < end; at++) hash = mixed(hash ^ bytes[at]!);
  return hash;
}

/** Multiplication alone carries nothing down to the low bits, which choose the slot. */
function mixed(hash: number): number {
  const product = Math.imul(hash, HASH_FACTOR);
  return product ^ (product >>> 15);
}

/**
 * Whether the eight bytes at these places are not the same. One number of eight bytes is compared
 * fastest; numbers that differ, and zeros, which have two forms, are compared again by their halves.
 */
function differ(a: DataView, at: number, b: DataView, from: number): boolean {
  const number = a.getFloat64(at);
  if (number === b.getFloat64(from) && number !== 0) return false;
  const first = a.getInt32(at) ^ b.getInt32(from);
  const second = a.getInt32(at + 4) ^ b.getInt32(from + 4);
  return (first | second) !== 0;
}
