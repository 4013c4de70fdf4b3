/** Writes the protobuf wire format into a buffer that grows as needed. */

const WIRE_VARINT = 0;
const WIRE_BYTES = 2;
const WIRE_BITS = 3;

const PAYLOAD = 128;
const UINT64_BITS = 64;
const MAX_VARINT_BYTES = 10;
/** UTF-8 needs at most three bytes for a UTF-16 unit. */
const MAX_BYTES_PER_CHAR = 3;
const INITIAL_BYTES = 1024;

/** Below 2^63 by the spacing of doubles there. */
const HIGHEST_INT64 = 2 ** 63 - 1024;

const textEncoder = new TextEncoder();

export class ProtoWriter {
  #buffer = new Uint8Array(INITIAL_BYTES);
  #used = 0;
  /** Holds a nested message until its length is known; kept, so that thousands cost one buffer. */
  #nested: ProtoWriter | null = null;

  get length(): number {
    return this.#used;
  }

  /** An int64, uint64, bool or enum, rounded to a whole number; 0 is what a missing field means. */
  integer(field: number, value: number): void {
    const whole = toInt64(value);
    if (whole === 0) return;
    this.#key(field, WIRE_VARINT);
    this.#varint(whole);
  }

  /** A repeated integer field as one run of bytes. */
  packed(field: number, count: number, valueAt: (index: number) => number): void {
    if (count === 0) return;
    this.message(field, (run) => {
      for (let index = 0; index < count; index++) run.#varint(toInt64(valueAt(index)));
    });
  }

  /** Written also when empty: in a repeated field its place counts. */
  text(field: number, text: string): void {
    this.message(field, (bytes) => {
      bytes.#reserve(text.length * MAX_BYTES_PER_CHAR);
      bytes.#used += textEncoder.encodeInto(text, bytes.#buffer.subarray(bytes.#used)).written;
    });
  }

  /** A nested message, as `write` fills it. */
  message(field: number, write: (nested: ProtoWriter) => void): void {
    this.#nested ??= new ProtoWriter();
    const nested = this.#nested;
    nested.#used = 0;
    write(nested);
    this.#key(field, WIRE_BYTES);
    this.#varint(nested.#used);
    this.#reserve(nested.#used);
    this.#buffer.set(nested.#buffer.subarray(0, nested.#used), this.#used);
    this.#used += nested.#used;
  }

  /** What was written since the last call. */
  take(): Uint8Array {
    const bytes = this.#buffer.slice(0, this.#used);
    this.#used = 0;
    return bytes;
  }

  #key(field: number, wire: number): void {
    this.#varint(field * 2 ** WIRE_BITS + wire);
  }

  #varint(value: number): void {
    this.#reserve(MAX_VARINT_BYTES);
    if (value < 0) {
      this.#negativeVarint(value);
      return;
    }
    let rest = value;
    while (rest >= PAYLOAD) {
      this.#buffer[this.#used++] = (rest % PAYLOAD) + PAYLOAD;
      rest = Math.floor(rest / PAYLOAD);
    }
    this.#buffer[this.#used++] = rest;
  }

  /** In two's complement, which takes all ten bytes. */
  #negativeVarint(value: number): void {
    let rest = BigInt.asUintN(UINT64_BITS, BigInt(value));
    const payload = BigInt(PAYLOAD);
    while (rest >= payload) {
      this.#buffer[this.#used++] = Number(rest % payload) + PAYLOAD;
      rest /= payload;
    }
    this.#buffer[this.#used++] = Number(rest);
  }

  #reserve(bytes: number): void {
    const needed = this.#used + bytes;
    if (needed <= this.#buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    grown.set(this.#buffer.subarray(0, this.#used));
    this.#buffer = grown;
  }
}

function toInt64(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.min(HIGHEST_INT64, Math.max(-HIGHEST_INT64, Math.round(value)));
}
