/** Texts for language models: short, one fact a line, the most telling first. */
import { durationText } from '../../api/base/text/duration.ts';
import { oneLine } from '../../api/base/text/one-line.ts';

/** About 2,000 tokens. */
const MOST_CHARACTERS = 8_000;
const LONGEST_LINE_CHARACTERS = 600;
const SHOWN_FRAMES = 5;

interface Place {
  function: string;
  path: string;
  line: number | null;
}

/** What does not fit is left out, and that is said. */
export function boundedText(lines: readonly string[]): string {
  const shown: string[] = [];
  let characters = 0;
  for (const line of lines.map(shortened)) {
    characters += line.length + 1;
    if (characters > MOST_CHARACTERS) {
      shown.push(`(${lines.length - shown.length} more lines are left out; ask for fewer rows)`);
      break;
    }
    shown.push(line);
  }
  return shown.join('\n');
}

/** Text that comes from the program stays on its line. */
function shortened(text: string): string {
  const line = oneLine(text);
  if (line.length <= LONGEST_LINE_CHARACTERS) return line;
  return `${line.slice(0, LONGEST_LINE_CHARACTERS)}…`;
}

/** For example `placeOrder (shop.mjs:10)`. */
export function placeText({ function: name, path, line }: Place): string {
  if (path === '') return name;
  return `${name} (${line ? `${path}:${line}` : path})`;
}

/** Innermost first, for example `reserve (stock.mjs:7) < placeOrder (shop.mjs:10)`. */
export function stackText(frames: readonly Place[]): string {
  const places = frames.slice(0, SHOWN_FRAMES).map(placeText);
  return [...places, ...(frames.length > SHOWN_FRAMES ? ['…'] : [])].join(' < ');
}

const grouped = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });

/** For example `1,234 tasks`. */
export function countText(count: number, noun: string): string {
  return `${grouped.format(count)} ${noun}${count === 1 ? '' : 's'}`;
}

export function percentText(percent: number): string {
  return `${percent.toFixed(percent < 10 ? 1 : 0)} %`;
}

/** A dash where it is not known. */
export function msText(ms: number | null): string {
  return ms === null ? '–' : durationText(ms);
}
