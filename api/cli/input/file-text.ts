/** A dump in a file that is too large to be held: read a piece at a time. */
import { readSync } from 'node:fs';
import { type DumpPiece, type DumpText, NEXT_GOROUTINE } from '../../go-dump/text/dump-text.ts';

const PIECE_BYTES = 8 * 1024 ** 2;
const NEWLINE = 0x0a;

export class FileText implements DumpText {
  readonly #file: number;
  readonly #size: number;

  /** @param file a descriptor, which stays open for as long as this is read */
  constructor(file: number, size: number) {
    this.#file = file;
    this.#size = size;
  }

  *pieces(): Generator<DumpPiece> {
    let bytes = Buffer.allocUnsafe(PIECE_BYTES);
    let start = 0;
    for (let length = 0; ; ) {
      length += this.#read(bytes.subarray(length), start + length);
      if (length < bytes.length) {
        if (length > 0) yield { bytes: bytes.subarray(0, length), start };
        return;
      }
      const end = endOfPiece(bytes);
      if (end === 0) {
        // One line, or one goroutine, that is larger than a piece.
        bytes = Buffer.concat([bytes], length * 2);
        continue;
      }
      yield { bytes: bytes.subarray(0, end), start };
      bytes.copyWithin(0, end);
      start += end;
      length -= end;
    }
  }

  from(start: number, mostBytes: number): Buffer {
    const bytes = Buffer.allocUnsafe(Math.max(0, Math.min(mostBytes, this.#size - start)));
    return bytes.subarray(0, this.#read(bytes, start));
  }

  /** All of it. */
  hold(): Buffer {
    return this.from(0, this.#size);
  }

  /** How much there was, up to where it is full. */
  #read(bytes: Buffer, from: number): number {
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(this.#file, bytes, length, bytes.length - length, from + length);
      if (read === 0) break;
      length += read;
    }
    return length;
  }
}

/** Before the last goroutine that begins in it; 0 where none does, and no line ends. */
function endOfPiece(bytes: Buffer): number {
  const header = bytes.lastIndexOf(NEXT_GOROUTINE) + 1;
  return header > 0 ? header : bytes.lastIndexOf(NEWLINE) + 1;
}
