/** Numbers that a page has made links of, as GitHub does of the lines of a log: `testing.go:[184](https://…)6`. */
import type { Stream, Unwrapped } from '../stream.ts';

const LINK = /\[(\d+)\]\(https?:\/\/[^\s()]+\)/g;

/** Null where there is none. */
export function withoutLinks({ lines, numbers }: Stream): Unwrapped | null {
  let isFound = false;
  const bare = lines.map((line) => {
    if (!line.includes('](http')) return line;
    const text = line.replace(LINK, '$1');
    isFound ||= text !== line;
    return text;
  });
  return isFound ? { streams: [{ lines: bare, numbers }], layers: ['links'] } : null;
}
