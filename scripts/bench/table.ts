/** A table for the terminal that is Markdown too. */
import { padded } from '../../api/cli/text-table.ts';

export interface Table {
  title: string;
  columns: string[];
  rows: string[][];
}

export function formatTable({ title, columns, rows }: Table): string {
  const [heads, ...lines] = padded([columns, ...rows]);
  const rule = heads!.map((head) => '-'.repeat(head.length));
  const format = (cells: string[]) => `| ${cells.join(' | ')} |`;
  return [`### ${title}`, '', ...[heads!, rule, ...lines].map(format)].join('\n');
}
