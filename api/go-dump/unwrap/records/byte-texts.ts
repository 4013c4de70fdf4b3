/** Texts that journald writes as the numbers of their bytes, where they have several lines or odd characters. */
import type { Stream, Unwrapped } from '../stream.ts';

const BYTES_OF_TEXT = /(\\*)"MESSAGE\\*"\s*:\s*(\[\s*(?:\d+(?:\s*,\s*\d+)*\s*)?\])/;
const KEY = 'MESSAGE';
const BYTES_BEGIN = /^MESSAGE\\*"\s*:\s*\[\s*\d/;
const LOOKED_AT_BYTES = 64;
const MOST_LEVELS = 6;

/** Whether any line may have one; cheap. */
export function mayHaveByteTexts(text: Buffer): boolean {
  for (let at = text.indexOf(KEY); at >= 0; at = text.indexOf(KEY, at + 1)) {
    if (BYTES_BEGIN.test(text.toString('latin1', at, at + LOOKED_AT_BYTES))) return true;
  }
  return false;
}

/** The same with each as a text; null where there are none. */
export function withoutByteTexts({ lines, numbers }: Stream): Unwrapped | null {
  let isFound = false;
  const readable = lines.map((line) => {
    const match = line.includes('MESSAGE') ? BYTES_OF_TEXT.exec(line) : null;
    if (match === null) return line;
    isFound = true;
    const [whole, backslashes = '', list = ''] = match;
    const bytes = Buffer.from(JSON.parse(list) as number[]);
    const text = escapedAgain(bytes.toString('utf8'), backslashes.length);
    const replaced = `${whole.slice(0, whole.length - list.length)}${Buffer.from(text).toString('latin1')}`;
    return line.slice(0, match.index) + replaced + line.slice(match.index + whole.length);
  });
  return isFound ? { streams: [{ lines: readable, numbers }], layers: [] } : null;
}

/** As a text of JSON that stands in JSON itself, as deep as the backslashes before its quotes tell. */
function escapedAgain(text: string, backslashes: number): string {
  let escaped = JSON.stringify(text);
  const levels = Math.min(MOST_LEVELS, Math.round(Math.log2(backslashes + 1)));
  for (let level = 0; level < levels; level++) escaped = JSON.stringify(escaped).slice(1, -1);
  return escaped;
}
