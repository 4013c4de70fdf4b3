/** What a dump's reader could not make sense of: counted, with examples. */
import { decoded } from './go-dump-text.ts';

const KEPT_EXAMPLES = 10;
const EXAMPLE_CHARACTERS = 200;

export interface UnreadLine {
  /** 1-based line in the dump. */
  line: number;
  text: string;
}

export interface UnreadLines {
  count: number;
  /** The first of them, cut to 200 characters. */
  examples: UnreadLine[];
}

export function addUnread(unread: UnreadLines, line: number, text: string): void {
  unread.count++;
  if (unread.examples.length < KEPT_EXAMPLES) {
    unread.examples.push({ line, text: decoded(text.slice(0, EXAMPLE_CHARACTERS)) });
  }
}
