/** What one writer wrote: held as a whole, or read piece by piece as often as somebody asks. */

/** How a goroutine begins, but for the first of a text. */
export const NEXT_GOROUTINE = '\ngoroutine ';

/** Whole lines, which only the last piece need not end with. */
export interface DumpPiece {
  /** Good until the next piece is asked for. */
  bytes: Buffer;
  /** Where in the text it begins, in bytes. */
  start: number;
}

export interface DumpText {
  /** In order, each from the header of a goroutine on, where it has one at the beginning of a line. */
  pieces(): Iterable<DumpPiece>;
  /** At most so many bytes from there on. */
  from(start: number, mostBytes: number): Buffer;
}

export function heldText(bytes: Buffer): DumpText {
  return {
    pieces: () => [{ bytes, start: 0 }],
    from: (start, mostBytes) => bytes.subarray(start, start + mostBytes),
  };
}
