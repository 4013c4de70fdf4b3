/** Lines that one writer has written, in the order in which they came. */

/** The file as far as it has been unwrapped: one stream, or one for each container that wrote to it. */
export interface Stream {
  /** One character a byte. */
  lines: string[];
  /** For each line where it stands in the file, 1-based. */
  numbers: number[];
}

/** What one step made of a stream. */
export interface Unwrapped {
  streams: Stream[];
  /** What it took off, in words such as `CRI prefixes`. */
  layers: string[];
}

export function emptyStream(): Stream {
  return { lines: [], numbers: [] };
}

export function push(stream: Stream, line: string, number: number): void {
  stream.lines.push(line);
  stream.numbers.push(number);
}

/** Streams by who wrote them, in the order of their first lines. */
export class Streams {
  readonly #byWriter = new Map<string, Stream>();

  of(writer: string): Stream {
    let stream = this.#byWriter.get(writer);
    if (stream === undefined) {
      stream = emptyStream();
      this.#byWriter.set(writer, stream);
    }
    return stream;
  }

  all(): Stream[] {
    return [...this.#byWriter.values()];
  }
}
