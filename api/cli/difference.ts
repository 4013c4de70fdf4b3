/** What changed between two saved files, as text for a terminal. */
import type { AllocationDiff, AllocationDiffRow } from '../analyzers/diff/allocations.ts';
import type { Change, ChangeTables } from '../analyzers/diff/diff.ts';
import type { FunctionDiffRow } from '../analyzers/diff/functions.ts';
import type { StackDiffRow } from '../analyzers/diff/stacks.ts';
import type { TaskDiff, TaskDiffRow } from '../analyzers/diff/tasks.ts';
import { NS_PER_MS } from '../base/numbers/units.ts';
import { bytesText } from '../base/text/bytes.ts';
import { durationText } from '../base/text/duration.ts';
import type { IdentifiedGroup } from '../diagnostics/tasks.ts';
import { culpritIn } from '../go-dump/culprit.ts';
import type { FileChange, FileDiff } from '../targets/files/difference.ts';
import type { FigureChange } from '../targets/files/figure-changes.ts';
import { placeOf, withoutControls } from './place.ts';
import { type Column, textTable } from './text-table.ts';

const SHOWN_ROWS = 20;
const CHANGE_WORDS: Readonly<Record<Change, string>> = {
  NEW: 'new',
  GREW: 'grew',
  SHRANK: 'shrank',
  GONE: 'gone',
};

/** @returns lines */
export function reportOnDifference({ base, target, change, findings }: FileDiff): string[] {
  const [title = '', ...body] = changeLines(change);
  const lines = [
    `${base} → ${target}: ${title}`,
    ...findings.appeared.map(({ severity, sentence }) => `  New ${severity}: ${sentence}`),
    ...findings.gone.map(({ severity, sentence }) => `  Gone ${severity}: ${sentence}`),
    ...(body.length === 0 ? ['  Nothing changed.'] : body),
  ];
  return lines.map(withoutControls);
}

function changeLines(change: FileChange): string[] {
  switch (change.kind) {
    case 'GOROUTINES':
      return taskLines(change.tasks);
    case 'HEAP':
      return [
        ...allocationLines('live memory', change.allocations),
        ...(change.external === null
          ? []
          : indented(allocationLines('Buffers outside the heap', change.external))),
        ...indented(['Memory statistics of a Go process:', ...figureLines(change.figures)]),
      ];
    case 'CPU':
      return ['CPU time by its share', ...tables(change.functions, FUNCTION_COLUMNS)];
    case 'STACKS':
      return [`${change.name} profile`, ...tables(change.stacks, stackColumns(change.stacks))];
    case 'REPORT':
      return ['diagnostic reports of Node', ...figureLines(change.figures)];
  }
}

function taskLines(tasks: TaskDiff<IdentifiedGroup>): string[] {
  const { baseCount, toCount } = tasks;
  return [
    `${baseCount} → ${toCount} in all (${signed(toCount - baseCount)})`,
    ...tables<TaskDiffRow<IdentifiedGroup>>(tasks, [
      { title: 'COUNT', align: 'right', cell: (row) => signed(row.countDelta) },
      { title: 'WAS', align: 'right', cell: ({ baseCount: count }) => String(count) },
      { title: 'IS', align: 'right', cell: ({ toCount: count }) => String(count) },
      { title: 'STATE', cell: ({ group }) => group.state },
      { title: 'FUNCTION', cell: ({ group }) => placeOf(group.topFrame) },
    ]),
  ];
}

function allocationLines(what: string, diff: AllocationDiff): string[] {
  const { base, to } = diff;
  return [
    `${what}, ${bytesText(base.bytes)} → ${bytesText(to.bytes)} (${signedBytes(to.bytes - base.bytes)})`,
    ...tables<AllocationDiffRow>(diff, [
      { title: 'BYTES', align: 'right', cell: (row) => signedBytes(row.bytesDelta) },
      { title: 'WAS', align: 'right', cell: (row) => bytesText(row.base.bytes) },
      { title: 'IS', align: 'right', cell: (row) => bytesText(row.to.bytes) },
      { title: 'FUNCTION', cell: ({ frames }) => placeOf(frames[0]) },
    ]),
  ];
}

const FUNCTION_COLUMNS: Column<FunctionDiffRow>[] = [
  { title: 'SELF', align: 'right', cell: (row) => `${signed(row.selfPercentDelta, 1)} %` },
  { title: 'WAS', align: 'right', cell: ({ base }) => `${base.selfPercent.toFixed(1)} %` },
  { title: 'IS', align: 'right', cell: ({ to }) => `${to.selfPercent.toFixed(1)} %` },
  {
    title: 'TOTAL',
    align: 'right',
    cell: ({ base, to }) => `${signed(to.totalPercent - base.totalPercent, 1)} %`,
  },
  { title: 'FUNCTION', cell: ({ frame }) => placeOf(frame) },
];

function stackColumns({ grown, shrunk }: ChangeTables<StackDiffRow>): Column<StackDiffRow>[] {
  const isTimed = [...grown, ...shrunk].some(({ delayNsDelta }) => delayNsDelta !== null);
  const delay: Column<StackDiffRow> = {
    title: 'DELAY',
    align: 'right',
    cell: ({ delayNsDelta }) => signedDuration((delayNsDelta ?? 0) / NS_PER_MS),
  };
  return [
    ...(isTimed ? [delay] : []),
    { title: 'COUNT', align: 'right', cell: (row) => signed(row.countDelta) },
    { title: 'WAS', align: 'right', cell: ({ base }) => String(base.count) },
    { title: 'IS', align: 'right', cell: ({ to }) => String(to.count) },
    { title: 'FUNCTION', cell: ({ frames }) => placeOf(culpritIn(frames) ?? frames[0]) },
  ];
}

function figureLines(figures: readonly FigureChange[]): string[] {
  if (figures.length === 0) return [];
  const text = (value: number, unit: FigureChange['unit']) =>
    unit === 'bytes'
      ? bytesText(value)
      : unit === 'count'
        ? String(value)
        : `${value.toFixed(2)} s`;
  return textTable<FigureChange>(figures, [
    {
      title: 'CHANGE',
      align: 'right',
      cell: ({ base, target, unit }) => `${target > base ? '+' : ''}${text(target - base, unit)}`,
    },
    { title: 'WAS', align: 'right', cell: ({ base, unit }) => text(base, unit) },
    { title: 'IS', align: 'right', cell: ({ target, unit }) => text(target, unit) },
    { title: 'FIGURE', cell: ({ name }) => name },
  ]);
}

/** Nothing where nothing changed. */
function tables<Row extends { change: Change }>(
  { grown, shrunk, rowCounts }: ChangeTables<Row>,
  columns: readonly Column<Row>[],
): string[] {
  const change: Column<Row> = { title: 'CHANGE', cell: (row) => CHANGE_WORDS[row.change] };
  const table = (title: string, rows: readonly Row[], count: number) =>
    count === 0
      ? []
      : [
          `  ${title}:`,
          ...textTable(rows.slice(0, SHOWN_ROWS), [
            ...columns.slice(0, -1),
            change,
            columns.at(-1)!,
          ]),
          ...(count > SHOWN_ROWS ? [`  … and ${count - SHOWN_ROWS} more`] : []),
        ];
  return [
    ...table('More', grown, rowCounts.NEW + rowCounts.GREW),
    ...table('Less', shrunk, rowCounts.SHRANK + rowCounts.GONE),
  ];
}

function indented([title = '', ...lines]: readonly string[]): string[] {
  return lines.length === 0 ? [] : [`  ${title}`, ...lines];
}

function signed(value: number, digits = 0): string {
  return `${value > 0 ? '+' : ''}${value.toFixed(digits)}`;
}

function signedBytes(bytes: number): string {
  return `${bytes > 0 ? '+' : ''}${bytesText(bytes)}`;
}

function signedDuration(ms: number): string {
  return `${ms < 0 ? '-' : '+'}${durationText(Math.abs(ms))}`;
}
