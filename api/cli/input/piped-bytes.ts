/** What is piped: held while it is small, and then in a file that has no name. */
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiagnosticsError } from '../../base/errors.ts';
import { GrowingBytes } from './growing-bytes.ts';

export interface PipedLimits {
  /** From here on it is no longer held, where a file can be made for it. */
  heldBytes: number;
  /** More than this is not held anyway. */
  mostBytes: number;
}

export class PipedBytes {
  size = 0;
  /** A descriptor, to be closed by who has taken it; null while all is held. */
  file: number | null = null;
  readonly #limits: PipedLimits;
  #held: GrowingBytes;
  #canHaveFile = true;

  constructor(limits: PipedLimits) {
    this.#limits = limits;
    this.#held = new GrowingBytes(limits.mostBytes);
  }

  /** @throws DiagnosticsError `LIMIT_EXCEEDED` where neither memory nor the disk has room for it */
  add(chunk: Uint8Array): void {
    this.size += chunk.length;
    if (this.file === null && this.#canHaveFile && this.size > this.#limits.heldBytes) {
      this.#moveToFile();
    }
    if (this.file !== null) this.#write(this.file, chunk);
    else if (this.size <= this.#limits.mostBytes) this.#held.add(chunk);
    else {
      throw new DiagnosticsError(
        'LIMIT_EXCEEDED',
        `larger than ${this.#limits.mostBytes} bytes, and no file can be made for it in ${tmpdir()}`,
      );
    }
  }

  /** What is held, with nothing added afterwards. */
  finish(): Buffer {
    return this.#held.finish();
  }

  #moveToFile(): void {
    this.file = unnamedFile();
    this.#canHaveFile = this.file !== null;
    if (this.file === null) return;
    this.#write(this.file, this.#held.finish());
    this.#held = new GrowingBytes(0);
  }

  #write(file: number, chunk: Uint8Array): void {
    try {
      for (let at = 0; at < chunk.length; ) at += writeSync(file, chunk, at);
    } catch (cause) {
      closeSync(file);
      this.file = null;
      throw new DiagnosticsError(
        'LIMIT_EXCEEDED',
        `${tmpdir()} has no room for all of it: save it to a file, and name that`,
        { cause },
      );
    }
  }
}

/** Null where none can be made. It is gone with its descriptor, however the process ends. */
function unnamedFile(): number | null {
  try {
    const folder = mkdtempSync(join(tmpdir(), 'pprofql-'));
    try {
      return openSync(join(folder, 'piped'), 'wx+', 0o600);
    } finally {
      rmSync(folder, { recursive: true });
    }
  } catch {
    return null;
  }
}
