/** What a dump's reader could not make sense of: counted, with examples. */
import { decoded } from './text.ts';

const KEPT_EXAMPLES = 10;
const EXAMPLE_CHARACTERS = 200;

export interface UnreadLine {
  /** 1-based line in the dump. */
  line: number;
  text: string;
}

export interface UnreadLines {
  count: number;
  /** The first ten of them, cut to 200 characters. */
  examples: UnreadLine[];
}

export class DumpFindings {
  lineCount = 0;
  /** Lines within a goroutine that make no sense there, and headers that are none. */
  readonly notUnderstood: UnreadLines = { count: 0, examples: [] };
  /** Lines outside of every goroutine, blank ones not counted. */
  readonly surrounding: UnreadLines = { count: 0, examples: [] };
  #brokenLine = -1;

  addNotUnderstood(text: string): void {
    this.#add(this.notUnderstood, text);
  }

  addSurrounding(text: string): void {
    this.#add(this.surrounding, text);
  }

  /** Notes that the line being read ends too early. */
  markBroken(): void {
    this.#brokenLine = this.lineCount;
  }

  /** Whether the line read last ended too early. */
  endsBroken(): boolean {
    return this.#brokenLine === this.lineCount;
  }

  #add(lines: UnreadLines, text: string): void {
    lines.count++;
    if (lines.examples.length === KEPT_EXAMPLES) return;
    lines.examples.push({ line: this.lineCount, text: decoded(text.slice(0, EXAMPLE_CHARACTERS)) });
  }
}
