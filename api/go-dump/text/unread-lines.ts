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
  /** Something was read in a way that a log around the dump may be the reason of. */
  isSuspicious = false;
  #brokenLine = -1;
  /** Where the lines of this part stand in the file; null where they are the file's own. */
  #numbers: readonly number[] | null = null;
  #partStart = 0;

  /** Lines read from now on stand at these places of the file. */
  startPart(numbers: readonly number[]): void {
    this.#numbers = numbers;
    this.#partStart = this.lineCount;
  }

  addNotUnderstood(text: string): void {
    this.isSuspicious = true;
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
    lines.examples.push(example(this.#lineNumber(), text));
  }

  #lineNumber(): number {
    return this.#numbers?.[this.lineCount - this.#partStart - 1] ?? this.lineCount;
  }
}

/** Lines that were kept apart, with where they stand in the file. */
export function unreadLines(kept: {
  lines: readonly string[];
  numbers: readonly number[];
}): UnreadLines {
  const examples = kept.lines
    .slice(0, KEPT_EXAMPLES)
    .map((text, index) => example(kept.numbers[index]!, text));
  return { count: kept.lines.length, examples };
}

function example(line: number, text: string): UnreadLine {
  return { line, text: decoded(text.slice(0, EXAMPLE_CHARACTERS)) };
}
