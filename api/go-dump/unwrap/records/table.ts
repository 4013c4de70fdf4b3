/** Logs that were saved as a table: a row a line of the log, its text in one of the cells. */

import type { Stream, Unwrapped } from '../stream.ts';
import { type Json, linesInRecords, oldestFirst } from './json-lines.ts';

/** `Date,Host,Service,Message`; Azure writes `TimeGenerated [UTC]`. */
const TITLES = /^(?:\xef\xbb\xbf)?"?[@\w][\w .@/[\]()-]*"?([,;\t])"?[@\w][\w .@/[\](),;\t"-]*$/;
const MOST_COLUMNS = 100;

interface Row {
  cells: string[];
  /** Of the line that it begins with. */
  at: number;
}

/** Whether the first line names columns; cheap. */
export function mayBeTable(head: Buffer): boolean {
  const [first = ''] = head.toString('latin1').trimStart().split('\n', 1);
  return TITLES.test(first.trimEnd());
}

/** Null where it is no table with goroutines in it. */
export function withoutTable({ lines, numbers }: Stream): Unwrapped | null {
  const first = lines.findIndex((line) => line.trim() !== '');
  const separator = TITLES.exec(lines[first]?.trimEnd() ?? '')?.[1];
  if (separator === undefined) return null;
  const [titles, ...rows] = rowsOf(lines, first, separator);
  const columns = titles?.cells.length ?? 0;
  if (columns < 2 || columns > MOST_COLUMNS) return null;
  // Text that has commas in it is no table.
  if (rows.length === 0 || rows.some(({ cells }) => cells.length !== columns)) return null;
  const records = rows.map(
    ({ cells, at }): Json =>
      Object.fromEntries([
        ...cells.map((cell, index) => [titles!.cells[index]!.trim(), cell] as const),
        [LINE, numbers[at]!],
      ]),
  );
  const ordered = oldestFirst(records);
  return linesInRecords(
    {
      lines: ordered.map((record) => JSON.stringify(record)),
      numbers: ordered.map((record) => record[LINE] as number),
    },
    'a table',
  );
}

const LINE = '\0line';

/** Cells in quotes may have separators, line breaks and doubled quotes in them. */
function rowsOf(lines: readonly string[], first: number, separator: string): Row[] {
  const rows: Row[] = [];
  for (let at = first; at < lines.length; at++) {
    let line = lines[at]!;
    const row: Row = { cells: [], at };
    while (quotesIn(line) % 2 === 1 && at + 1 < lines.length) line += `\n${lines[++at]!}`;
    if (line.trim() === '') continue;
    row.cells = cellsOf(line.replace(/\r$/, ''), separator);
    rows.push(row);
  }
  return rows;
}

function quotesIn(line: string): number {
  let count = 0;
  for (let at = line.indexOf('"'); at >= 0; at = line.indexOf('"', at + 1)) count++;
  return count;
}

function cellsOf(line: string, separator: string): string[] {
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (line[at] === '"') {
      const close = closingQuote(line, at + 1);
      cells.push(line.slice(at + 1, close).replaceAll('""', '"'));
      at = close + 1;
    } else {
      const next = line.indexOf(separator, at);
      const end = next < 0 ? line.length : next;
      cells.push(line.slice(at, end));
      at = end;
    }
    if (line[at] !== separator) return cells;
    at++;
  }
}

function closingQuote(line: string, from: number): number {
  for (let at = line.indexOf('"', from); at >= 0; at = line.indexOf('"', at + 2)) {
    if (line[at + 1] !== '"') return at;
  }
  return line.length;
}
