/** Mail as it was sent, in `quoted-printable`: tabs and equal signs by their numbers, and long lines in parts. */
import { emptyStream, push, type Stream, type Unwrapped } from '../stream.ts';

/** The tab before a place: nothing else begins like this. */
const TAB = '=09';
const CODE = /=([0-9A-F]{2})/g;
const GOES_ON = /=[ \t]*\r?$/;

/** Whether a line begins with a tab that was written so; cheap. */
export function mayBeQuotedPrintable(text: Buffer): boolean {
  return text.includes(`\n${TAB}`);
}

/** Null where it is none. */
export function withoutQuotedPrintable({ lines, numbers }: Stream): Unwrapped | null {
  if (!lines.some((line) => line.startsWith(TAB))) return null;
  const stream = emptyStream();
  let begun = '';
  let first = 0;
  for (const [at, line] of lines.entries()) {
    if (begun === '') first = numbers[at]!;
    if (GOES_ON.test(line)) {
      begun += line.replace(GOES_ON, '');
      continue;
    }
    push(stream, decoded(begun + line), first);
    begun = '';
  }
  if (begun !== '') push(stream, decoded(begun), first);
  return { streams: [stream], layers: ['quoted-printable'] };
}

function decoded(line: string): string {
  return line.replace(CODE, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
