/**
 * Recognises a frame that was seen before in the bytes of a dump, without making strings of them.
 * Most frames of a large dump repeat, so this is where its time is spent.
 */

import {
  endOfArguments,
  endOfCreator,
  endOfName,
  endOfPlace,
  endOfPlaceHead,
  NO_MATCH,
} from './go-dump-line-ends.ts';

const INITIAL_BYTES = 64 * 1024;
/** What is compared at a time. */
const STRIDE_BYTES = 8;

const UNKNOWN = -1;
/** A slot that holds no frame. */
const FREE = -1;
/** Stands for the hash of a creator, which is not looked up; that of a call has its lowest bit set. */
const CREATOR = 0;
const CALL_BIT = 1;
const INITIAL_SLOTS = 1024;
const HASH_FACTOR = 0x01000193;

export class FrameMatcher {
  /** The unchanging beginnings of both lines of every frame, one after the other. */
  private heads = Buffer.alloc(INITIAL_BYTES);
  private headWords = wordsOf(this.heads);
  private used = 0;
  /** The bytes that frames are looked for in, and the same to read four at a time. */
  private bytes: Uint8Array = this.heads;
  private words = this.headWords;
  // Lists of numbers by frame, and no object for each: a dump may have a hundred thousand frames.
  /** Where the head of the function begins in `heads`, or UNKNOWN. */
  private readonly functionStarts: number[] = [];
  private readonly placeStarts: number[] = [];
  private readonly placeEnds: number[] = [];
  /** Of both heads of a call; CREATOR for a creator. */
  private readonly hashes: number[] = [];
  /** Open addressing: calls that were learned, found by the bytes of their heads. */
  private slots = new Int32Array(INITIAL_SLOTS).fill(FREE);
  private callCount = 0;

  /** Looks for frames in these bytes from now on; a newline ends the part that may be read. */
  lookIn(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.words = wordsOf(bytes);
  }

  /**
   * Learns a frame by how its two lines begin, one character a byte: `main.work(` for a call or
   * `created by main.main` for a creator, and `\t/app/main.go:17`.
   */
  learn(frame: number, functionHead: string, placeHead: string, isCall: boolean): void {
    if (this.isKnown(frame)) return;
    while (this.functionStarts.length < frame) this.add(UNKNOWN, 0, 0, 0);
    const functionStart = this.append(functionHead);
    const placeStart = this.append(placeHead);
    const nameHash = hashOf(this.heads, functionStart, placeStart, HASH_FACTOR);
    const hash = isCall ? hashOf(this.heads, placeStart, this.used, nameHash) | CALL_BIT : CREATOR;
    this.add(functionStart, placeStart, this.used, hash);
    if (isCall) this.file(frame);
  }

  /** The call whose two lines start at `from`, or `NO_MATCH` when it has not been learned. */
  find(from: number, limit: number): number {
    const { bytes } = this;
    const open = endOfName(bytes, from);
    if (open === NO_MATCH) return NO_MATCH;
    const place = endOfArguments(bytes, open);
    if (place === NO_MATCH || place >= limit) return NO_MATCH;
    const nameHash = hashOf(bytes, from, open, HASH_FACTOR);
    const hash = hashOf(bytes, place, endOfPlaceHead(bytes, place), nameHash) | CALL_BIT;
    const mask = this.slots.length - 1;
    for (let slot = slotOf(hash, mask); this.slots[slot] !== FREE; slot = (slot + 1) & mask) {
      const frame = this.slots[slot]!;
      if (this.hashes[frame] === hash && this.match(frame, from, limit) !== NO_MATCH) return frame;
    }
    return NO_MATCH;
  }

  private isKnown(frame: number): boolean {
    return (this.functionStarts[frame] ?? UNKNOWN) !== UNKNOWN;
  }

  private add(functionStart: number, placeStart: number, placeEnd: number, hash: number): void {
    this.functionStarts.push(functionStart);
    this.placeStarts.push(placeStart);
    this.placeEnds.push(placeEnd);
    this.hashes.push(hash);
  }

  private file(frame: number): void {
    this.callCount++;
    if (this.callCount * 2 < this.slots.length) {
      this.slots[this.freeSlot(this.hashes[frame]!)] = frame;
      return;
    }
    const filed = this.slots;
    this.slots = new Int32Array(filed.length * 2).fill(FREE);
    for (const known of filed)
      if (known !== FREE) this.slots[this.freeSlot(this.hashes[known]!)] = known;
    this.slots[this.freeSlot(this.hashes[frame]!)] = frame;
  }

  private freeSlot(hash: number): number {
    const mask = this.slots.length - 1;
    let slot = slotOf(hash, mask);
    while (this.slots[slot] !== FREE) slot = (slot + 1) & mask;
    return slot;
  }

  /** Where the two lines of this frame end, if they start at `from`; the byte before `limit` is a newline. */
  match(frame: number, from: number, limit: number): number {
    const { bytes } = this;
    if (!this.isKnown(frame)) return NO_MATCH;
    const placeStart = this.placeStarts[frame]!;
    let at = this.endOfHead(bytes, from, this.functionStarts[frame]!, placeStart);
    if (at === NO_MATCH) return NO_MATCH;
    at = this.hashes[frame] === CREATOR ? endOfCreator(bytes, at) : endOfArguments(bytes, at);
    if (at === NO_MATCH || at >= limit) return NO_MATCH;
    at = this.endOfHead(bytes, at, placeStart, this.placeEnds[frame]!);
    return at === NO_MATCH ? NO_MATCH : endOfPlace(bytes, at);
  }

  /** Eight bytes at a time, and the last eight once more for what is left over. */
  private endOfHead(bytes: Uint8Array, from: number, headStart: number, headEnd: number): number {
    const length = headEnd - headStart;
    if (from + length > bytes.length) return NO_MATCH;
    if (length < STRIDE_BYTES) return this.endOfShortHead(bytes, from, headStart, headEnd);
    const last = length - STRIDE_BYTES;
    for (let at = 0; at < last; at += STRIDE_BYTES) {
      if (this.differs(headStart + at, from + at)) return NO_MATCH;
    }
    return this.differs(headStart + last, from + last) ? NO_MATCH : from + length;
  }

  /** Whether the eight bytes at these places are not the same. */
  private differs(head: number, at: number): boolean {
    const { headWords, words } = this;
    const first = headWords.getInt32(head) ^ words.getInt32(at);
    const second = headWords.getInt32(head + 4) ^ words.getInt32(at + 4);
    return (first | second) !== 0;
  }

  private endOfShortHead(
    bytes: Uint8Array,
    from: number,
    headStart: number,
    headEnd: number,
  ): number {
    let at = from;
    for (let head = headStart; head < headEnd; head++) {
      if (this.heads[head] !== bytes[at++]) return NO_MATCH;
    }
    return at;
  }

  private append(text: string): number {
    const start = this.used;
    while (start + text.length > this.heads.length) {
      this.heads = Buffer.concat([this.heads], this.heads.length * 2);
      this.headWords = wordsOf(this.heads);
    }
    this.used += this.heads.write(text, start, 'latin1');
    return start;
  }
}

function wordsOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Goes on from the hash of what comes before. */
function hashOf(bytes: Uint8Array, start: number, end: number, before: number): number {
  let hash = before;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ bytes[at]!, HASH_FACTOR);
  // The low bits choose the slot, and multiplication alone carries nothing down to them.
  return hash ^ (hash >>> 15);
}

/** The lowest bit is the same in all hashes. */
function slotOf(hash: number, mask: number): number {
  return (hash >>> 1) & mask;
}
