/** Rows as text in aligned columns. */

export interface Column<Row> {
  title: string;
  cell: (row: Row) => string;
  /** @default 'left' */
  align?: 'left' | 'right';
}

const GAP = '  ';

/** One line a row, the titles first; indented, and without blanks at the ends. */
export function textTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
  const cells = [
    columns.map(({ title }) => title),
    ...rows.map((row) => columns.map(({ cell }) => cell(row))),
  ];
  const isRight = columns.map(({ align }) => align === 'right');
  return padded(cells, isRight).map((line) => (GAP + line.join(GAP)).trimEnd());
}

/**
 * Lines of cells, those of a column as wide as the widest of them; scripts/bench/table.ts frames them.
 * @internal
 */
export function padded(lines: readonly string[][], isRight: readonly boolean[] = []): string[][] {
  const widths = lines[0]!.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)));
  return lines.map((line) =>
    line.map((text, at) => (isRight[at] ? text.padStart(widths[at]!) : text.padEnd(widths[at]!))),
  );
}
