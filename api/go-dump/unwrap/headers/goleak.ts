/** What goleak writes above a stack in the place of Go's header: `Goroutine 7 in state select, with main.run on top of the stack:`. */
import type { Stream, Unwrapped } from '../stream.ts';

const WORDS = 'on top of the stack:';
/** The first stands behind a bracket, each other one behind a blank in its place. Older ones leave Go's own header below. */
const HEADER =
  /(?:^|[[ ])Goroutine (\d+) in state ([^"\\]+?), with [^"\\]+? on top of the stack:(?!(?:\\+n|\s)*goroutine \d+ \[)/g;
const GO_HEADER = /(?:^|\s)goroutine \d+ \[/;

/** With Go's headers; null where there is none of goleak's alone. */
export function withoutGoleak({ lines, numbers }: Stream): Unwrapped | null {
  const isFound = lines.some((line, at) => isGoleak(line, lines, at));
  if (!isFound) return null;
  const withHeaders = lines.map((line, at) =>
    isGoleak(line, lines, at) ? line.replace(HEADER, 'goroutine $1 [$2]:') : line,
  );
  return { streams: [{ lines: withHeaders, numbers }], layers: ['headers of goleak'] };
}

/** A log may have left a blank line between it and Go's header. */
function isGoleak(line: string, lines: readonly string[], at: number): boolean {
  if (!line.includes(WORDS) || line.search(HEADER) < 0) return false;
  const next = lines[at + 1]?.trim() === '' ? lines[at + 2] : lines[at + 1];
  return !GO_HEADER.test(next ?? '');
}
