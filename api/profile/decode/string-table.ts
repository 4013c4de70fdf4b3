/** The string table of a profile.proto file; a string is decoded when it is first asked for. */
import { MalformedProto } from './proto-cursor.ts';
import type { Ranges } from './proto-profile.ts';

export class StringTable {
  readonly #buffer: Buffer;
  readonly #ranges: Ranges;
  readonly #decoded: (string | undefined)[] = [];

  constructor(bytes: Uint8Array, ranges: Ranges) {
    this.#buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#ranges = ranges;
  }

  /** @throws MalformedProto for an index the table does not have. */
  get(index: number): string {
    const known = this.#decoded[index];
    if (known !== undefined) return known;
    const start = this.#ranges[index * 2];
    const end = this.#ranges[index * 2 + 1];
    if (start === undefined || end === undefined) {
      if (index === 0) return '';
      throw new MalformedProto(`the string ${index} of ${this.#ranges.length / 2}, asked for`, 0);
    }
    const text = this.#buffer.toString('utf8', start, end);
    this.#decoded[index] = text;
    return text;
  }
}
