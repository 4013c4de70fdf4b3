/** What a log is unwrapped around: the header of a goroutine, or the first line of a report on a race. */
import { type FoundHeader, findHeader } from '../../header/header.ts';
import { RACE_WARNING } from '../../races/races.ts';

export type Anchor = Pick<FoundHeader, 'prefix' | 'trailing'>;

const HEADER_WORD = 'goroutine ';

/** Null for a line that has none. */
export function findAnchor(line: string): Anchor | null {
  const header = line.includes(HEADER_WORD) ? findHeader(line) : null;
  if (header !== null) return header;
  const at = line.indexOf(RACE_WARNING);
  if (at < 0) return null;
  return { prefix: line.slice(0, at), trailing: line.slice(at + RACE_WARNING.length) };
}

/** Whether it is worth a closer look; cheap. */
export function mayHaveAnchor(text: string): boolean {
  return text.includes(HEADER_WORD) || text.includes(RACE_WARNING);
}
