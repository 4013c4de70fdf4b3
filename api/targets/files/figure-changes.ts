/** How the figures of two saved files differ that have no stacks. */
import type { GoMemStats } from '../../profile/decode/go-mem-stats.ts';
import type { DiagnosticReport } from './diagnostic-report.ts';

export interface FigureChange {
  name: string;
  unit: 'bytes' | 'count' | 'seconds';
  base: number;
  target: number;
}

/** Null where a file does not tell it. */
type Row = [name: string, unit: FigureChange['unit'], base: number | null, target: number | null];

export function memStatsChanges(was: GoMemStats, is: GoMemStats): FigureChange[] {
  return toldOf([
    ['alloc', 'bytes', was.alloc, is.alloc],
    ['total alloc', 'bytes', was.totalAlloc, is.totalAlloc],
    ['heap in use', 'bytes', was.heapInuse, is.heapInuse],
    ['sys', 'bytes', was.sys, is.sys],
    ['objects', 'count', was.heapObjects, is.heapObjects],
    ['collections', 'count', was.numGc, is.numGc],
  ]);
}

export function reportChanges(was: DiagnosticReport, is: DiagnosticReport): FigureChange[] {
  const used = (report: DiagnosticReport) =>
    new Map(report.heap.spaces.map(({ name, usedBytes }) => [name, usedBytes]));
  const handles = (report: DiagnosticReport) =>
    new Map(report.handles.map(({ type, count }) => [type, count]));
  return toldOf([
    ['heap used', 'bytes', was.heap.usedBytes, is.heap.usedBytes],
    ['heap total', 'bytes', was.heap.totalBytes, is.heap.totalBytes],
    ['external', 'bytes', was.heap.externalBytes, is.heap.externalBytes],
    ['resident', 'bytes', was.resources.rssBytes, is.resources.rssBytes],
    ['CPU, user', 'seconds', was.resources.userCpuSeconds, is.resources.userCpuSeconds],
    ['CPU, system', 'seconds', was.resources.systemCpuSeconds, is.resources.systemCpuSeconds],
    ['worker threads', 'count', was.workers, is.workers],
    ...joined('bytes', used(was), used(is)),
    ...joined('count', handles(was), handles(is), 'handles: '),
  ]);
}

/** What one of them does not list is none of. */
function joined(
  unit: FigureChange['unit'],
  was: ReadonlyMap<string, number>,
  is: ReadonlyMap<string, number>,
  prefix = '',
): Row[] {
  const names = new Set([...was.keys(), ...is.keys()]);
  return [...names].map((name) => [prefix + name, unit, was.get(name) ?? 0, is.get(name) ?? 0]);
}

function toldOf(rows: readonly Row[]): FigureChange[] {
  return rows.flatMap(([name, unit, base, target]) =>
    base === null || target === null || base === target ? [] : [{ name, unit, base, target }],
  );
}
