/** A diagnostic report of Node as text. */

import { bytesText } from '../base/text/bytes.ts';
import type { DiagnosticReport } from '../targets/files/diagnostic-report.ts';
import { textTable } from './text-table.ts';

const SHOWN_STACK_LINES = 20;

/** What happened first, then where, then how the process was. */
export function reportLines(report: DiagnosticReport): string[] {
  const { javascript, heap, resources, handles, workers } = report;
  return [
    `diagnostic report of Node: ${report.event ?? 'no event'}${report.trigger === null ? '' : ` (${report.trigger})`}`,
    `  ${processText(report)}`,
    ...(javascript.message === null ? [] : [`  ${javascript.message}`]),
    ...javascript.stack.slice(0, SHOWN_STACK_LINES).map((line) => `    ${line}`),
    `  heap ${known(heap.usedBytes)} used of ${known(heap.totalBytes)}, limit ${known(heap.limitBytes)}, external ${known(heap.externalBytes)}`,
    ...textTable(
      heap.spaces.filter(({ committedBytes }) => committedBytes > 0),
      [
        { title: 'USED', align: 'right', cell: ({ usedBytes }) => bytesText(usedBytes) },
        { title: 'COMMITTED', align: 'right', cell: (space) => bytesText(space.committedBytes) },
        { title: 'SPACE', cell: ({ name }) => name },
      ],
    ),
    `  resident ${known(resources.rssBytes)}, at most ${known(resources.maxRssBytes)}; CPU ${seconds(resources.userCpuSeconds)} user, ${seconds(resources.systemCpuSeconds)} system`,
    `  ${workers} worker ${workers === 1 ? 'thread' : 'threads'}; handles of libuv:`,
    ...textTable(handles, [
      { title: 'COUNT', align: 'right', cell: ({ count }) => String(count) },
      { title: 'ACTIVE', align: 'right', cell: ({ active }) => String(active) },
      { title: 'KEEPS ALIVE', align: 'right', cell: (row) => String(row.keepingAlive) },
      { title: 'TYPE', cell: ({ type }) => type },
    ]),
  ];
}

function processText({ process, writtenAtMs }: DiagnosticReport): string {
  const parts = [
    process.command,
    process.pid === null ? null : `process ${process.pid}`,
    process.nodeVersion === null ? null : `Node ${process.nodeVersion}`,
    process.platform === null ? null : `${process.platform} ${process.arch ?? ''}`.trim(),
    writtenAtMs === null ? null : dateText(writtenAtMs),
  ];
  return parts.filter((part) => part !== null).join(', ');
}

function dateText(epochMs: number): string | null {
  const date = new Date(epochMs);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

function known(bytes: number | null): string {
  return bytes === null ? '?' : bytesText(bytes);
}

function seconds(value: number | null): string {
  return value === null ? '?' : `${value.toFixed(2)} s`;
}
