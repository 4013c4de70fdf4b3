/** Lines that supervisord writes above each piece of what a program has printed, also in the middle of a stack. */
import { emptyStream, push, type Stream, type Unwrapped } from '../stream.ts';

const HEADING = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} DEBG '[^']+' std(?:out|err) output:\s*$/;

/** Null where there are none. */
export function withoutHeadings({ lines, numbers }: Stream): Unwrapped | null {
  const stream = emptyStream();
  for (const [at, line] of lines.entries()) {
    if (!line.includes(' output:') || !HEADING.test(line)) push(stream, line, numbers[at]!);
  }
  if (stream.lines.length === lines.length) return null;
  return { streams: [stream], layers: ['headings of supervisord'] };
}
