/** What is read until it ends, held once: memory of WebAssembly grows where it is, any other is copied. */

const PAGE_BYTES = 64 * 1024;
/** So that it does not grow with every chunk; what is not written to takes no memory. */
const GROWTH = 1.5;

export class GrowingBytes {
  length = 0;
  readonly #mostBytes: number;
  /** Null where the process has no WebAssembly, or the system no room for so many addresses. */
  readonly #memory: WebAssembly.Memory | null;
  #bytes: Buffer = Buffer.alloc(0);

  /** @param mostBytes more are not added */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
    this.#memory = memoryFor(mostBytes);
  }

  add(chunk: Uint8Array): void {
    const needed = this.length + chunk.length;
    if (needed > this.#bytes.length) this.#grow(needed);
    this.#bytes.set(chunk, this.length);
    this.length = needed;
  }

  /** What was added; nothing may be added afterwards. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.length);
  }

  #grow(neededBytes: number): void {
    const { length } = this.#bytes;
    const size = Math.max(neededBytes, Math.min(Math.ceil(length * GROWTH), this.#mostBytes));
    if (this.#memory === null) {
      const larger = Buffer.allocUnsafe(size);
      larger.set(this.#bytes);
      this.#bytes = larger;
      return;
    }
    this.#memory.grow(Math.ceil((size - length) / PAGE_BYTES));
    // The one before is no longer there.
    this.#bytes = Buffer.from(this.#memory.buffer);
  }
}

function memoryFor(mostBytes: number): WebAssembly.Memory | null {
  try {
    return new WebAssembly.Memory({ initial: 0, maximum: Math.ceil(mostBytes / PAGE_BYTES) });
  } catch {
    return null;
  }
}
