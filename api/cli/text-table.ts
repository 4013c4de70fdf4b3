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
  const widths = columns.map((_, at) => Math.max(...cells.map((line) => line[at]!.length)));
  return cells.map((line) => {
    const padded = line.map((text, at) =>
      columns[at]!.align === 'right' ? text.padStart(widths[at]!) : text.padEnd(widths[at]!),
    );
    return (GAP + padded.join(GAP)).trimEnd();
  });
}
