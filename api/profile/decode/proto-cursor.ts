/** Reads the protobuf wire format from a byte range, front to back, without copying. */

/** The bytes are no well-formed protobuf message; `offset` is where that showed. */
export class MalformedProto extends Error {
  readonly offset: number;

  constructor(problem: string, offset: number) {
    super(`${problem} at byte ${offset}`);
    this.name = 'MalformedProto';
    this.offset = offset;
  }
}

const WIRE = { VARINT: 0, FIXED64: 1, BYTES: 2, FIXED32: 5 } as const;

/** A 64-bit value as a number where it is exact, as a bigint where a number would round it. */
export type ExactId = number | bigint;

const TWO_POW_32 = 2 ** 32;
const MAX_VARINT_BYTES = 10;
/** A varint that begins with less than this is one byte long, as most are. */
const ONE_BYTE = 0x80;
const HIGHEST_EXACT_HIGH_WORD = 2 ** 21 - 1;

export class ProtoCursor {
  position = 0;
  end = 0;
  /** Number of the field the last `nextField()` stood on. */
  field = 0;
  /** Wire type of that field. */
  wire = 0;
  readonly #bytes: Uint8Array;
  /** The last varint as two unsigned 32-bit words. */
  #low = 0;
  #high = 0;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.moveTo(start, end);
  }

  /** Starts over on another range of the same bytes, so that one cursor serves many messages. */
  moveTo(start: number, end: number): void {
    this.position = start;
    this.end = end;
  }

  /** Steps to the next field of the range; false at its end. */
  nextField(): boolean {
    if (this.position >= this.end) return false;
    const offset = this.position;
    const byte = this.#bytes[offset]!;
    if (byte < ONE_BYTE) {
      this.position = offset + 1;
      this.field = byte >>> 3;
      this.wire = byte & 7;
    } else {
      this.#readWords();
      this.field = (this.#low >>> 3) + this.#high * (TWO_POW_32 / 8);
      this.wire = this.#low & 7;
    }
    if (this.field === 0) throw new MalformedProto('field number 0', offset);
    return true;
  }

  /** An unsigned varint; rounded to the nearest double from 2^53 on. */
  readUnsigned(): number {
    this.#expect(WIRE.VARINT);
    this.#readWords();
    return this.#high * TWO_POW_32 + this.#low;
  }

  /** An int64 in two's complement; rounded to the nearest double beyond ±2^53. */
  readSigned(): number {
    this.#expect(WIRE.VARINT);
    return this.#nextSigned();
  }

  readExactId(): ExactId {
    this.#expect(WIRE.VARINT);
    return this.#nextExactId();
  }

  /** Writes one value, or all of a packed run, from index `count` on, and gives the new count. */
  readSignedInto(values: number[], count: number): number {
    let written = count;
    if (this.wire !== WIRE.BYTES) {
      values[written++] = this.readSigned();
      return written;
    }
    const end = this.#readLength();
    while (this.position < end) values[written++] = this.#nextSigned();
    this.#expectAt(end);
    return written;
  }

  /** Writes one id, or all of a packed run, from index `count` on, and gives the new count. */
  readIdsInto(ids: ExactId[], count: number): number {
    let written = count;
    if (this.wire !== WIRE.BYTES) {
      ids[written++] = this.readExactId();
      return written;
    }
    const end = this.#readLength();
    while (this.position < end) ids[written++] = this.#nextExactId();
    this.#expectAt(end);
    return written;
  }

  /** Steps over a length-delimited field and gives its length; it ends at the new `position`. */
  readBytesLength(): number {
    this.#expect(WIRE.BYTES);
    const end = this.#readLength();
    const length = end - this.position;
    this.position = end;
    return length;
  }

  /** Steps over a field nobody asked for. */
  skip(): void {
    if (this.wire === WIRE.VARINT) this.#readWords();
    else if (this.wire === WIRE.FIXED64) this.#advance(8);
    else if (this.wire === WIRE.BYTES) this.position = this.#readLength();
    else if (this.wire === WIRE.FIXED32) this.#advance(4);
    else throw new MalformedProto(`wire type ${this.wire}`, this.position);
  }

  #nextSigned(): number {
    this.#readWords();
    return (this.#high | 0) * TWO_POW_32 + this.#low;
  }

  #nextExactId(): ExactId {
    this.#readWords();
    if (this.#high <= HIGHEST_EXACT_HIGH_WORD) return this.#high * TWO_POW_32 + this.#low;
    return (BigInt(this.#high) << 32n) | BigInt(this.#low);
  }

  /** Reads a length and gives the offset where what it measures ends. */
  #readLength(): number {
    const offset = this.position;
    this.#readWords();
    const end = this.position + this.#high * TWO_POW_32 + this.#low;
    if (end > this.end) throw new MalformedProto('a length beyond the end', offset);
    return end;
  }

  #advance(byteCount: number): void {
    this.position += byteCount;
    if (this.position > this.end) throw new MalformedProto('the end, mid-field', this.end);
  }

  #expect(wire: number): void {
    if (this.wire === wire) return;
    throw new MalformedProto(`field ${this.field} with wire type ${this.wire}`, this.position);
  }

  #expectAt(end: number): void {
    if (this.position !== end) throw new MalformedProto('a packed run that ends mid-value', end);
  }

  /** Bits beyond the 64th are dropped, as every protobuf reader does. */
  #readWords(): void {
    const bytes = this.#bytes;
    const start = this.position;
    let position = start;
    let byte = bytes[position++]!;
    if (byte < ONE_BYTE && position <= this.end) {
      this.#low = byte;
      this.#high = 0;
      this.position = position;
      return;
    }
    let low = byte & 0x7f;
    let high = 0;
    for (let shift = 7; byte >= ONE_BYTE; shift += 7) {
      if (position - start === MAX_VARINT_BYTES)
        throw new MalformedProto('an endless varint', start);
      byte = bytes[position++]!;
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
    }
    if (position > this.end) throw new MalformedProto('the end, mid-varint', this.end);
    this.#low = low >>> 0;
    this.#high = high >>> 0;
    this.position = position;
  }
}
