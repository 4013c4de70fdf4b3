/** What terminals are told in between: colors, links, marks of CI. */
import type { Stream, Unwrapped } from '../stream.ts';

/** Of the terminal's own form, as a pager writes it, and as syslog does. */
const ESCAPE = String.raw`(?:\x1b|\^\[|#033|\\u001b|\\x1b|\\033)`;
const CONTROLS = new RegExp(
  String.raw`${ESCAPE}(?:\[[0-?]*[ -/]*[@-~]|[\]_][^\x07\x1b]*(?:\x07|\x1b\\))`,
  'gi',
);
const MARK = new RegExp(ESCAPE, 'i');

/** Null where there are none. */
export function withoutColors({ lines, numbers }: Stream): Unwrapped | null {
  let isFound = false;
  const plain = lines.map((line) => {
    if (!MARK.test(line)) return line;
    const stripped = line.replace(CONTROLS, '');
    isFound ||= stripped !== line;
    return stripped;
  });
  return isFound ? { streams: [{ lines: plain, numbers }], layers: ['colors'] } : null;
}
