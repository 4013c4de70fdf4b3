/** A blank line below every line, as editors leave where line ends were converted twice. */
import { emptyStream, push, type Stream, type Unwrapped } from '../stream.ts';

const FEWEST_LINES = 4;
/** Of lines with another right below. */
const MOST_TOUCHING_SHARE = 0.05;

/** Null where lines stand right below each other. */
export function withoutDoubleSpacing({ lines, numbers }: Stream): Unwrapped | null {
  const isBlank = lines.map((line) => line.trim() === '');
  const written = isBlank.filter((blank) => !blank).length;
  if (written < FEWEST_LINES) return null;
  const touching = isBlank.filter((blank, at) => !blank && isBlank[at + 1] === false).length;
  if (touching > written * MOST_TOUCHING_SHARE) return null;
  const result = emptyStream();
  for (let at = 0; at < lines.length; at++) {
    push(result, lines[at]!, numbers[at]!);
    // Of a blank line of the dump's own two or more are left.
    if (!isBlank[at] && isBlank[at + 1] === true) at++;
  }
  return { streams: [result], layers: ['double spacing'] };
}
