/** Headers that stand right behind the text of a panic: some versions of Go end no line below a second panic. */
import { isPlace } from '../../stacks/frame.ts';
import type { Stream, Unwrapped } from '../stream.ts';

const GLUED = /^(.*panic: .*[^\s"])(goroutine \d+ \[running[^\]]*\]:)$/;
const CALL = /^\S.*\(.*\)$/;

/** Null where there is none. */
export function withoutGluedHeaders({ lines, numbers }: Stream): Unwrapped | null {
  const stream: Stream = { lines: [], numbers: [] };
  let isFound = false;
  for (const [at, line] of lines.entries()) {
    const match = line.includes('panic: ') ? GLUED.exec(line.trimEnd()) : null;
    const isHeader =
      match !== null &&
      CALL.test((lines[at + 1] ?? '').trimEnd()) &&
      isPlace((lines[at + 2] ?? '').trimEnd());
    isFound ||= isHeader;
    for (const part of isHeader ? [match[1]!, '', match[2]!] : [line]) {
      stream.lines.push(part);
      stream.numbers.push(numbers[at]!);
    }
  }
  return isFound ? { streams: [stream], layers: ['a header behind a panic'] } : null;
}
