/** Logs that show the newest line first. */
import { findHeader } from '../../header/header.ts';
import { isPlace } from '../../stacks/frame.ts';
import type { Stream, Unwrapped } from '../stream.ts';

const HEADER_WORD = 'goroutine ';
const CALL = /^[^\s"'{[(][^\s(]*\(.*\)$/;

/** The oldest line first; null where the stacks stand below their headers, as Go prints them. */
export function withoutNewestFirst({ lines, numbers }: Stream): Unwrapped | null {
  let isAbove = false;
  for (const [at, line] of lines.entries()) {
    if (!line.startsWith(HEADER_WORD) || findHeader(line)?.trailing.trim() !== '') continue;
    if (isCall(lines[at + 1])) return null;
    isAbove ||= isCall(lines[at - 1]) && isPlace(lines[at - 2] ?? '');
  }
  if (!isAbove) return null;
  const stream = { lines: lines.toReversed(), numbers: numbers.toReversed() };
  return { streams: [stream], layers: ['the newest line first'] };
}

function isCall(line: string | undefined): boolean {
  return line !== undefined && CALL.test(line.trimEnd());
}
