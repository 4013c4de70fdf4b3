/** What was found in a file, as text for a terminal. */

import type { HotFunction } from '../analyzers/cpu/hot-functions.ts';
import { NS_PER_MS } from '../base/numbers/units.ts';
import { bytesText } from '../base/text/bytes.ts';
import { durationText } from '../base/text/duration.ts';
import type { BlackBox, BoxTaskGroup } from '../diagnostics/black-box/record/record.ts';
import type { IdentifiedRow } from '../diagnostics/heap/types.ts';
import type { IdentifiedGroup } from '../diagnostics/tasks.ts';
import { culpritIn } from '../go-dump/culprit.ts';
import type { CreatorSum } from '../go-dump/facts.ts';
import type { UnreadLines } from '../go-dump/text/unread-lines.ts';
import { hotFrameOf } from '../health/hot-frame.ts';
import type { GoMemStats } from '../profile/decode/go-mem-stats.ts';
import { type GoroutinesOfDump, tellsStates } from '../targets/decoding/decodings.ts';
import { allocationsOfBox } from '../targets/files/black-box.ts';
import { healthOfFile } from '../targets/files/health.ts';
import type {
  Analysis,
  CpuSummary,
  HeapAnalysis,
  SavedBuffers,
} from '../targets/files/saved-file.ts';
import type { AnalyzedFile } from '../targets/files/source.ts';
import type { StackRow, StackTable } from '../targets/files/stack-table.ts';
import { healthLines } from './health-lines.ts';
import { placeOf, withoutControls } from './place.ts';
import { reportLines } from './report-lines.ts';
import { type Column, textTable } from './text-table.ts';

const SHOWN_ROWS = 20;
const SHOWN_CREATORS = 5;
const MANY_OF_ONE_CREATOR = 100;
/** From this share of a value on, its margin makes it a rough one. */
const ROUGH_SHARE = 0.1;

/** @returns lines */
export function reportOn(file: AnalyzedFile): string[] {
  const [title = '', ...body] = bodyOf(file.analysis);
  const health = healthOfFile(file);
  const lines = [title, ...(health === null ? [] : healthLines(health)), ...body];
  return [`${file.name}: ${lines[0]}`, ...lines.slice(1)].map(withoutControls);
}

function bodyOf(analysis: Analysis): string[] {
  switch (analysis.kind) {
    case 'GOROUTINES':
      return goroutineLines(analysis.goroutines);
    case 'HEAP':
      return heapLines(analysis);
    case 'CPU':
      return cpuLines(analysis.cpu);
    case 'STACKS':
      return stackLines(analysis.stacks);
    case 'REPORT':
      return reportLines(analysis.report);
    case 'BLACK_BOX':
      return boxLines(analysis.box);
  }
}

/** Who it was, what it held last, and what it waited for. How it died stands in its health. */
function boxLines(box: BlackBox): string[] {
  const { process, memory, rssBytes, tasks, history, lastStall } = box;
  const allocations = allocationsOfBox(box);
  const heap =
    memory &&
    `heap ${bytesText(memory.heapUsedBytes)}, limit ${bytesText(memory.heapLimitBytes)}, `;
  return [
    `black box of ${process.title}, pid ${process.pid}, Node ${process.nodeVersion}`,
    `  started ${new Date(process.startedAtMs).toISOString()}, written ${new Date(box.writtenAtMs).toISOString()}, ${count(history.length, 'point')} of its history`,
    `  ${heap ?? ''}resident ${bytesText(rssBytes)}`,
    ...(lastStall === null ? [] : [`  Last stall: ${lastStall.sentence}`]),
    ...(allocations === null ? [] : ['  Live:', ...allocationTable(allocations.inuse)]),
    ...(tasks === null || tasks.length === 0
      ? []
      : [
          '  Tasks:',
          ...textTable<BoxTaskGroup>(tasks.slice(0, SHOWN_ROWS), [
            { title: 'COUNT', align: 'right', cell: (group) => String(group.count) },
            { title: 'STATE', cell: ({ state }) => state },
            { title: 'FUNCTION', cell: ({ frames }) => placeOf(hotFrameOf(frames) ?? frames[0]) },
          ]),
        ]),
  ];
}

function goroutineLines({ total, groups, summary, stats, go }: GoroutinesOfDump): string[] {
  const shown = groups.slice(0, SHOWN_ROWS);
  const hasStates = tellsStates({ groups });
  const races = go?.races ?? [];
  if (total === 0 && races.length > 0)
    return [`report of Go's race detector, ${count(races.length, 'race')}`];
  return [
    `${hasStates ? 'goroutine dump' : 'goroutine profile'}, ${count(total, 'goroutine')} in ${count(groups.length, 'group')}`,
    `  background ${summary.background}, per request ${summary.perRequest}, unknown ${summary.unknown}; waiting for a minute or more ${summary.longWaiting}, potentially stuck ${summary.potentiallyStuck}`,
    ...(hasStates
      ? []
      : ['  It does not tell what they wait for, nor for how long: `goroutine?debug=2` does.']),
    ...(stats.unwrapped.length > 0 ? [`  Unwrapped: ${stats.unwrapped.join(', ')}.`] : []),
    ...(stats.logLines.count > 0
      ? [
          `  ${count(stats.logLines.count, 'log line')} in the middle of stacks left out, the first at line ${stats.logLines.examples[0]?.line}.`,
        ]
      : []),
    ...(stats.mergedGoroutines > 0
      ? [
          `  There are very many different stacks: ${count(stats.mergedGoroutines, 'goroutine')} at the rarest of them counted together, by the line of the program and by who started them.`,
        ]
      : []),
    ...(stats.truncated
      ? [
          `  ${hasStates ? 'The dump ends in the middle of a goroutine.' : 'The text ends before all the goroutines that its first line counts.'}`,
        ]
      : []),
    ...(stats.notUnderstood.count > 0
      ? [
          `  ${count(stats.notUnderstood.count, 'line')} not understood${firstWords(stats.notUnderstood)}.`,
        ]
      : []),
    ...textTable<IdentifiedGroup>(shown, [
      { title: 'COUNT', align: 'right', cell: (group) => String(group.count) },
      { title: 'STATE', cell: (group) => group.state },
      { title: 'WAIT', align: 'right', cell: (group) => group.waitReason ?? '' },
      { title: 'CATEGORY', cell: (group) => group.category },
      { title: 'STUCK', align: 'right', cell: (group) => String(group.stuckCount || '') },
      ...routeColumn(shown),
      { title: 'FUNCTION', cell: (group) => placeOf(group.topFrame) },
    ]),
    ...more(groups.length),
    ...creatorLines(go?.creators ?? []),
  ];
}

/** Quoted goroutines are counted without an example. */
function firstWords({ examples: [first] }: UnreadLines): string {
  return first === undefined ? '' : `, the first at line ${first.line}`;
}

function stackLines({ name, count: total, delayNs, rows }: StackTable): string[] {
  const isOfThreads = delayNs === null;
  const title = isOfThreads
    ? `threads of a Go process, ${total} ever started`
    : `${name} profile, ${count(total, 'wait')} for locks of ${durationText(delayNs / NS_PER_MS)} in all`;
  return [
    title,
    ...textTable<StackRow>(rows.slice(0, SHOWN_ROWS), [
      ...(isOfThreads ? [] : [DELAY_COLUMN]),
      {
        title: isOfThreads ? 'THREADS' : 'WAITS',
        align: 'right',
        cell: (row) => String(row.count),
      },
      { title: 'FUNCTION', cell: ({ frames }) => placeOf(culpritIn(frames) ?? frames[0]) },
    ]),
    ...more(rows.length),
  ];
}

const DELAY_COLUMN: Column<StackRow> = {
  title: 'DELAY',
  align: 'right',
  cell: ({ delayNs }) => durationText((delayNs ?? 0) / NS_PER_MS),
};

/** Of many goroutines who started them; of few the table above tells it. */
function creatorLines(creators: readonly CreatorSum[]): string[] {
  const many = creators
    .filter(({ count }) => count >= MANY_OF_ONE_CREATOR)
    .slice(0, SHOWN_CREATORS);
  if (many.length === 0) return [];
  return [
    '  Started by:',
    ...textTable<CreatorSum>(many, [
      { title: 'COUNT', align: 'right', cell: ({ count }) => String(count) },
      { title: 'FUNCTION', cell: ({ creator }) => placeOf(creator) },
    ]),
  ];
}

function heapLines({ allocations, external, memStats, truncated }: HeapAnalysis): string[] {
  const { liveBytes, cumulativeBytes, stackCount, inuse, top } = allocations;
  const ever = cumulativeBytes === null ? '' : `, ${bytesText(cumulativeBytes)} ever allocated`;
  return [
    `heap profile, ${bytesText(liveBytes)} live${ever}, ${count(stackCount, 'stack')}`,
    ...(truncated ? ['  The text ends before all the stacks that its first line counts.'] : []),
    ...(memStats === null ? [] : memStatsLines(memStats)),
    '  Live:',
    ...allocationTable(inuse),
    ...(top === null ? [] : ['  Ever allocated:', ...allocationTable(top)]),
    ...bufferLines(external),
  ];
}

/** Of Node alone: no other heap profile has columns for them. */
function bufferLines(external: SavedBuffers | null): string[] {
  if (external === null) return [];
  const { liveBytes, totalBytes, stackCount, inuse, top } = external;
  const [live, ever] = [liveBytes, totalBytes].map((bytes) => bytesText(bytes ?? 0));
  return [
    `  Buffers outside the heap, ${live} live, ${ever} ever made, ${count(stackCount ?? 0, 'stack')}`,
    ...(inuse.length === 0 ? [] : ['  Live buffers:', ...allocationTable(inuse)]),
    ...(top.length === 0 ? [] : ['  Buffers ever made:', ...allocationTable(top)]),
  ];
}

function allocationTable(rows: readonly IdentifiedRow[]): string[] {
  return [
    ...textTable<IdentifiedRow>(rows.slice(0, SHOWN_ROWS), [
      { title: 'BYTES', align: 'right', cell: estimateText },
      ...(rows.some(({ marginBytes }) => marginBytes !== null) ? TRUST_COLUMNS : []),
      ...objectsColumn(rows),
      { title: 'FUNCTION', cell: ({ frames }) => placeOf(frames[0]) },
    ]),
    ...more(rows.length),
  ];
}

/** What DevTools saves tells no objects. */
function objectsColumn(rows: readonly IdentifiedRow[]): Column<IdentifiedRow>[] {
  if (rows.every(({ count: objects }) => objects === null)) return [];
  return [{ title: 'OBJECTS', align: 'right', cell: (row) => String(Math.round(row.count ?? 0)) }];
}

/** The true value is within the margin in 95 of 100 cases. */
const TRUST_COLUMNS: Column<IdentifiedRow>[] = [
  { title: '± 95 %', align: 'right', cell: (row) => marginText(row.marginBytes) },
  { title: 'SAMPLES', align: 'right', cell: ({ samples }) => String(samples ?? '') },
];

/** A row of few samples does not look as if it were known. */
function estimateText({ bytes, marginBytes }: IdentifiedRow): string {
  const isRough = marginBytes !== null && marginBytes >= ROUGH_SHARE * Math.abs(bytes);
  return `${isRough ? '≈ ' : ''}${bytesText(bytes)}`;
}

function marginText(marginBytes: number | null): string {
  return marginBytes === null ? '' : bytesText(marginBytes);
}

function memStatsLines(memStats: GoMemStats): string[] {
  const [lastPauseNs] = memStats.pausesNs;
  return [
    `  The process: alloc ${bytesText(memStats.alloc)}, total alloc ${bytesText(memStats.totalAlloc)}, heap in use ${bytesText(memStats.heapInuse)}, sys ${bytesText(memStats.sys)}`,
    `  ${count(memStats.heapObjects, 'object')}, ${count(memStats.numGc, 'collection')}${lastPauseNs === undefined ? '' : `, the last paused ${(lastPauseNs / NS_PER_MS).toFixed(3)} ms`}`,
  ];
}

function cpuLines({ durationMs, samples, topFunctions }: CpuSummary): string[] {
  const over = durationMs === null ? '' : ` over ${durationText(durationMs)}`;
  return [
    `CPU profile, ${count(samples, 'sample')}${over}`,
    ...textTable<HotFunction>(topFunctions.slice(0, SHOWN_ROWS), [
      { title: 'SELF', align: 'right', cell: ({ selfPercent }) => percentText(selfPercent) },
      { title: 'TOTAL', align: 'right', cell: ({ totalPercent }) => percentText(totalPercent) },
      { title: 'SELF MS', align: 'right', cell: ({ self }) => self.wallMs.toFixed(0) },
      { title: 'FUNCTION', cell: ({ frame }) => placeOf(frame) },
    ]),
    ...more(topFunctions.length),
  ];
}

/** Where there are any: a Go dump has none. */
function routeColumn(groups: readonly IdentifiedGroup[]): Column<IdentifiedGroup>[] {
  if (groups.every(({ routes }) => routes.length === 0)) return [];
  const cell = ({ routes: [first, ...others] }: IdentifiedGroup) =>
    first === undefined ? '' : `${first.route}${others.length > 0 ? ` +${others.length}` : ''}`;
  return [{ title: 'ROUTE', cell }];
}

function more(rowCount: number): string[] {
  const hidden = rowCount - SHOWN_ROWS;
  return hidden > 0 ? [`  … and ${hidden} more`] : [];
}

function count(value: number, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`;
}

function percentText(percent: number): string {
  return `${percent.toFixed(1)} %`;
}
