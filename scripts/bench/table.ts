/** A table for the terminal that is Markdown too. */

export interface Table {
  title: string;
  columns: string[];
  rows: string[][];
}

export function formatTable({ title, columns, rows }: Table): string {
  const lines = [columns, ...rows];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => line[index]?.length ?? 0)),
  );
  const format = (cells: string[]) =>
    `| ${cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join(' | ')} |`;
  const rule = format(widths.map((width) => '-'.repeat(width)));
  return [`### ${title}`, '', format(columns), rule, ...rows.map(format)].join('\n');
}
