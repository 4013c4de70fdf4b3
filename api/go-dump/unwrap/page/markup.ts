/** What pages and chats put around a dump that was pasted into them. */
import { emptyStream, push, type Stream, type Unwrapped } from '../stream.ts';

/** Of which each begins a line. */
const BLOCK_TAG =
  /<\/?(?:!doctype|html|head|title|body|pre|p|br|div|details|summary|table|tbody|tr|td|li|ul|ol|h\d)(?:\s[^<>]*)?\/?>/gi;
const TAG = /<\/?(?:code|samp|span|font|b|i|a|strong|em)(?:\s[^<>]*)?\/?>/gi;
const ENTITY = /&(?:(lt|gt|amp|quot|apos|nbsp|Tab)|#(\d{1,6})|#x([0-9a-f]{1,5}));/gi;
const NAMED: Readonly<Record<string, string>> = {
  lt: '<',
  gt: '>',
  amp: '&',
  quot: '"',
  apos: "'",
  nbsp: ' ',
  tab: '\t',
};
/** Behind a place, where nothing else can be meant. */
const ESCAPED_OFFSET = /:\d+ &#(?:43|x2b);0x[0-9a-f]+/i;
const DUMP_START = '(?:panic: |fatal error: |goroutine \\d|runtime: |SIG[A-Z]+: )';
/** A fence with the text right behind it, as chats write it. */
const OPENING_FENCE = new RegExp(`^(.*?)\`\`\`(?=${DUMP_START})`);
/** A whole dump as code within a line of text. */
const OPENING_MARK = new RegExp(`^\`(?=${DUMP_START}[^\`]*$)`);
const FENCED = new RegExp(`(?:\`\`\`|^\`|\n\`)${DUMP_START}`);
const CLOSING_FENCE = /(\S)```$|( \+0x[0-9a-f]+)`$/;

/** Whether any line may have some; cheap. */
export function mayHaveMarkup(text: Buffer): boolean {
  const head = text.toString('latin1');
  return hasTags(head) || ESCAPED_OFFSET.test(head) || FENCED.test(head);
}

/** Names of functions may look escaped where they are not: only a page tells. */
function hasTags(text: string): boolean {
  return text.includes('<') && (text.search(TAG) >= 0 || text.search(BLOCK_TAG) >= 0);
}

/** Null where there is none. */
export function withoutMarkup({ lines, numbers }: Stream): Unwrapped | null {
  let isFound = false;
  const result = emptyStream();
  const isPage = lines.some((line) => hasTags(line) || ESCAPED_OFFSET.test(line));
  for (const [at, line] of lines.entries()) {
    const bare = withoutFence(isPage ? withoutTags(line) : line);
    isFound ||= bare !== line;
    for (const part of partsOf(bare)) push(result, part, numbers[at]!);
  }
  return isFound ? { streams: [result], layers: ['markup'] } : null;
}

/** Of a page that has its own line breaks, what is left of a line may be several. */
function partsOf(text: string): string[] {
  if (!text.includes('\n')) return [text];
  const parts = text.split('\n').filter((part) => part !== '');
  return parts.length === 0 ? [''] : parts;
}

function withoutTags(line: string): string {
  if (!line.includes('<') && !line.includes('&')) return line;
  return line
    .replace(BLOCK_TAG, '\n')
    .replace(TAG, '')
    .replace(ENTITY, (whole, name?: string, code?: string, hex?: string) =>
      name === undefined
        ? charOf(code === undefined ? Number.parseInt(hex!, 16) : Number(code))
        : (NAMED[name.toLowerCase()] ?? whole),
    );
}

function charOf(code: number): string {
  return code > 0x10ffff ? '' : Buffer.from(String.fromCodePoint(code)).toString('latin1');
}

function withoutFence(line: string): string {
  return line.includes('`')
    ? line.replace(OPENING_FENCE, '').replace(OPENING_MARK, '').replace(CLOSING_FENCE, '$1$2')
    : line;
}
