/**
 * Recognises a frame that was seen before in the bytes of a dump, without making strings of them.
 * Most frames of a large dump repeat, so this is where its time is spent.
 */

/** What `match` answers when the bytes are another frame, or one that needs a closer look. */
export const NO_MATCH = -1;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const SPACE = 0x20;
const OPEN_PARENTHESIS = 0x28;
const CLOSE_PARENTHESIS = 0x29;
const PLUS = 0x2b;
const COLON = 0x3a;
const IN_GOROUTINE = Buffer.from(' in goroutine ');

const INITIAL_BYTES = 64 * 1024;

/** A frame's slot is free. */
const FREE = -1;
const INITIAL_SLOTS = 1024;
const HASH_FACTOR = 0x01000193;

interface Heads {
  functionStart: number;
  placeStart: number;
  placeEnd: number;
  isCall: boolean;
}

export class FrameMatcher {
  /** The unchanging beginnings of both lines of every frame, one after the other. */
  private heads = Buffer.alloc(INITIAL_BYTES);
  private headWords = wordsOf(this.heads);
  private used = 0;
  /** The bytes that frames are looked for in, and the same to read four at a time. */
  private bytes: Uint8Array = this.heads;
  private words = this.headWords;
  private readonly frames: (Heads | undefined)[] = [];
  /** Open addressing: calls that were learned, found by the bytes of their heads. */
  private slots = new Int32Array(INITIAL_SLOTS).fill(FREE);
  private readonly calls: { frame: number; hash: number }[] = [];

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
    if (this.frames[frame] !== undefined) return;
    const functionStart = this.append(functionHead);
    const placeStart = this.append(placeHead);
    this.frames[frame] = { functionStart, placeStart, placeEnd: this.used, isCall };
    if (!isCall) return;
    const nameHash = hashOf(this.heads, functionStart, placeStart, HASH_FACTOR);
    this.file(frame, hashOf(this.heads, placeStart, this.used, nameHash));
  }

  /** The call whose two lines start at `from`, or `NO_MATCH` when it has not been learned. */
  find(from: number, limit: number): number {
    const { bytes } = this;
    const open = endOfName(bytes, from);
    if (open === NO_MATCH) return NO_MATCH;
    const place = endOfArguments(bytes, open);
    if (place === NO_MATCH || place >= limit) return NO_MATCH;
    const nameHash = hashOf(bytes, from, open, HASH_FACTOR);
    const hash = hashOf(bytes, place, endOfPlaceHead(bytes, place), nameHash);
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; this.slots[slot] !== FREE; slot = (slot + 1) & mask) {
      const call = this.calls[this.slots[slot]!]!;
      if (call.hash !== hash) continue;
      if (this.match(call.frame, from, limit) !== NO_MATCH) return call.frame;
    }
    return NO_MATCH;
  }

  private file(frame: number, hash: number): void {
    if (this.calls.length * 2 >= this.slots.length) {
      this.slots = new Int32Array(this.slots.length * 2).fill(FREE);
      for (const [index, call] of this.calls.entries())
        this.slots[this.freeSlot(call.hash)] = index;
    }
    this.slots[this.freeSlot(hash)] = this.calls.push({ frame, hash }) - 1;
  }

  private freeSlot(hash: number): number {
    const mask = this.slots.length - 1;
    let slot = hash & mask;
    while (this.slots[slot] !== FREE) slot = (slot + 1) & mask;
    return slot;
  }

  /** Where the two lines of this frame end, if they start at `from`; the byte before `limit` is a newline. */
  match(frame: number, from: number, limit: number): number {
    const { bytes } = this;
    const known = this.frames[frame];
    if (known === undefined) return NO_MATCH;
    let at = this.endOfHead(bytes, from, known.functionStart, known.placeStart);
    if (at === NO_MATCH) return NO_MATCH;
    at = known.isCall ? endOfArguments(bytes, at) : endOfCreator(bytes, at);
    if (at === NO_MATCH || at >= limit) return NO_MATCH;
    at = this.endOfHead(bytes, at, known.placeStart, known.placeEnd);
    return at === NO_MATCH ? NO_MATCH : endOfPlace(bytes, at);
  }

  /**
   * Four bytes at a time as long as there are as many. A head holds no newline, so the rest is
   * compared to the end of the line at most.
   */
  private endOfHead(bytes: Uint8Array, from: number, headStart: number, headEnd: number): number {
    const { heads, headWords, words } = this;
    let at = from;
    let head = headStart;
    for (
      const end = Math.min(headEnd, head + bytes.length - at) - 4;
      head <= end;
      head += 4, at += 4
    ) {
      if (headWords.getInt32(head) !== words.getInt32(at)) return NO_MATCH;
    }
    for (; head < headEnd; head++, at++) if (heads[head] !== bytes[at]) return NO_MATCH;
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

/** Behind the last `(` of the line, where the arguments of a call begin. */
function endOfName(bytes: Uint8Array, from: number): number {
  let open = NO_MATCH;
  let at = from;
  for (let byte = bytes[at]!; byte !== NEWLINE; byte = bytes[++at]!) {
    if (byte === OPEN_PARENTHESIS) open = at + 1;
  }
  return open;
}

/** Behind the line number, where the offset or the end of the line begins. */
function endOfPlaceHead(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at]!; byte !== NEWLINE && byte !== CARRIAGE_RETURN; byte = bytes[++at]!) {
    if (byte === SPACE && bytes[at + 1] === PLUS) break;
  }
  return at;
}

/** Behind the arguments and the end of the line; a further `(` would make the name a longer one. */
function endOfArguments(bytes: Uint8Array, from: number): number {
  let at = from;
  for (let byte = bytes[at]!; byte !== NEWLINE; byte = bytes[++at]!) {
    if (byte === OPEN_PARENTHESIS) return NO_MATCH;
  }
  const last = bytes[at - 1] === CARRIAGE_RETURN ? at - 2 : at - 1;
  return bytes[last] === CLOSE_PARENTHESIS ? at + 1 : NO_MATCH;
}

/** Behind an optional ` in goroutine 1` and the end of the line. */
function endOfCreator(bytes: Uint8Array, from: number): number {
  let at = from;
  if (bytes[at] === SPACE) {
    for (const expected of IN_GOROUTINE) {
      if (bytes[at++] !== expected) return NO_MATCH;
    }
    while (bytes[at]! >= 0x30 && bytes[at]! <= 0x39) at++;
  }
  if (bytes[at] === CARRIAGE_RETURN) at++;
  return bytes[at] === NEWLINE ? at + 1 : NO_MATCH;
}

/** Behind an optional ` +0x1d fp=…` and the end of the line; a `:` would make the file a longer one. */
function endOfPlace(bytes: Uint8Array, from: number): number {
  let at = from;
  if (bytes[at] === SPACE && bytes[at + 1] === PLUS) {
    while (bytes[at] !== NEWLINE && bytes[at] !== COLON) at++;
  } else if (bytes[at] === CARRIAGE_RETURN) at++;
  return bytes[at] === NEWLINE ? at + 1 : NO_MATCH;
}
