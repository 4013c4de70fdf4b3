/** Cuts a stream of bytes into regions of whole lines, whatever the chunks are cut at. */

/** Receives bytes from `start` to `end`; the byte before `end` is a newline. */
export type OnLines = (bytes: Buffer, start: number, end: number) => void;

export const MAX_LINE_BYTES = 1024 ** 2;

const NEWLINE = 0x0a;
const INITIAL_CARRY_BYTES = 1024;

export class LineCutter {
  private readonly onLines: OnLines;
  /** The beginning of a line whose end has not come yet. */
  private carry = Buffer.alloc(INITIAL_CARRY_BYTES);
  private carried = 0;

  constructor(onLines: OnLines) {
    this.onLines = onLines;
  }

  push(chunk: Uint8Array): void {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    if (this.carried > 0) {
      const firstNewline = bytes.indexOf(NEWLINE);
      this.carryOn(firstNewline < 0 ? bytes : bytes.subarray(0, firstNewline));
      if (firstNewline < 0) return;
      this.flushCarry();
      start = firstNewline + 1;
    }
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    if (end > start) this.onLines(bytes, start, end);
    this.carryOn(bytes.subarray(Math.max(start, end)));
  }

  end(): void {
    if (this.carried > 0) this.flushCarry();
  }

  /** A line longer than the limit is cut there: what follows in it is no goroutine's. */
  private carryOn(bytes: Buffer): void {
    const kept = bytes.subarray(0, MAX_LINE_BYTES - this.carried);
    // One byte more, for the newline.
    while (this.carried + kept.length + 1 > this.carry.length) {
      this.carry = Buffer.concat([this.carry], this.carry.length * 2);
    }
    this.carry.set(kept, this.carried);
    this.carried += kept.length;
  }

  private flushCarry(): void {
    this.carry[this.carried] = NEWLINE;
    this.onLines(this.carry, 0, this.carried + 1);
    this.carried = 0;
  }
}
