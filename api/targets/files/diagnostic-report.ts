/** Node's diagnostic report (`node --report-…`, `process.report`) cut down to what tells what happened. */
import { DiagnosticsError } from '../../base/errors.ts';

export interface DiagnosticReport {
  /** Why it was written, such as `Allocation failed - JavaScript heap out of memory`. */
  event: string | null;
  /** Such as `FatalError`, `Exception`, `Signal`, `API`. */
  trigger: string | null;
  writtenAtMs: number | null;
  process: {
    pid: number | null;
    nodeVersion: string | null;
    platform: string | null;
    arch: string | null;
    cwd: string | null;
    /** Without the arguments after the program, which may be secrets. */
    command: string | null;
  };
  javascript: { message: string | null; stack: string[] };
  heap: {
    usedBytes: number | null;
    totalBytes: number | null;
    limitBytes: number | null;
    externalBytes: number | null;
    spaces: { name: string; usedBytes: number; committedBytes: number }[];
  };
  resources: {
    rssBytes: number | null;
    maxRssBytes: number | null;
    userCpuSeconds: number | null;
    systemCpuSeconds: number | null;
    cpuPercent: number | null;
  };
  /** libuv's handles by type, most first. */
  handles: { type: string; count: number; active: number; keepingAlive: number }[];
  workers: number;
}

type Json = Readonly<Record<string, unknown>>;

const MOST_STACK_LINES = 100;
const SHOWN_COMMAND_PARTS = 2;

export function isDiagnosticReport(value: object): boolean {
  const { header, javascriptHeap } = value as Json;
  return 'reportVersion' in objectOf(header) || 'nodejsVersion' in objectOf(header)
    ? true
    : 'heapSpaces' in objectOf(javascriptHeap);
}

/**
 * Nothing of the environment is taken over: it holds secrets. A part that is missing or damaged is null.
 * @throws DiagnosticsError `INVALID_INPUT` where nothing in it can be read
 */
export function readDiagnosticReport(value: object): DiagnosticReport {
  const report = partsOf(value);
  const { event, process, javascript, heap } = report;
  if ([event, process.pid, javascript.message, heap.usedBytes].every((part) => part === null)) {
    throw new DiagnosticsError(
      'INVALID_INPUT',
      'this looks like a diagnostic report of Node, but is damaged: it has neither an event nor a process, an error or a heap',
    );
  }
  return report;
}

function partsOf(value: object): DiagnosticReport {
  const report = value as Json;
  const header = objectOf(report.header);
  const stack = objectOf(report.javascriptStack);
  const heap = objectOf(report.javascriptHeap);
  const usage = objectOf(report.resourceUsage);
  const command = listOf(header.commandLine).filter((part) => typeof part === 'string');
  return {
    event: textOf(header.event),
    trigger: textOf(header.trigger),
    writtenAtMs: numberOf(header.dumpEventTimeStamp),
    process: {
      pid: numberOf(header.processId),
      nodeVersion: textOf(header.nodejsVersion),
      platform: textOf(header.platform),
      arch: textOf(header.arch),
      cwd: textOf(header.cwd),
      command: command.length === 0 ? null : command.slice(0, SHOWN_COMMAND_PARTS).join(' '),
    },
    javascript: {
      message: textOf(stack.message),
      stack: listOf(stack.stack)
        .filter((line): line is string => typeof line === 'string')
        .slice(0, MOST_STACK_LINES),
    },
    heap: {
      usedBytes: numberOf(heap.usedMemory),
      totalBytes: numberOf(heap.totalMemory ?? heap.totalCommittedMemory),
      limitBytes: numberOf(heap.memoryLimit ?? heap.heapSizeLimit),
      externalBytes: numberOf(heap.externalMemory),
      spaces: Object.entries(objectOf(heap.heapSpaces)).map(([name, space]) => ({
        name,
        usedBytes: numberOf(objectOf(space).used) ?? 0,
        committedBytes: numberOf(objectOf(space).committedMemory) ?? 0,
      })),
    },
    resources: {
      rssBytes: numberOf(usage.rss),
      maxRssBytes: numberOf(usage.maxRss),
      userCpuSeconds: numberOf(usage.userCpuSeconds),
      systemCpuSeconds: numberOf(usage.kernelCpuSeconds),
      cpuPercent: numberOf(usage.cpuConsumptionPercent),
    },
    handles: handlesOf(listOf(report.libuv).map(objectOf)),
    workers: listOf(report.workers).length,
  };
}

function handlesOf(libuv: readonly Json[]): DiagnosticReport['handles'] {
  const byType = new Map<string, DiagnosticReport['handles'][number]>();
  for (const { type, is_active: isActive, is_referenced: isReferenced } of libuv) {
    if (typeof type !== 'string' || type === 'loop') continue;
    const sum = byType.get(type) ?? { type, count: 0, active: 0, keepingAlive: 0 };
    sum.count += 1;
    if (isActive === true) sum.active += 1;
    if (isActive === true && isReferenced === true) sum.keepingAlive += 1;
    byType.set(type, sum);
  }
  return [...byType.values()].sort((a, b) => b.count - a.count);
}

function objectOf(value: unknown): Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Json)
    : {};
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** Some figures stand as texts. */
function numberOf(value: unknown): number | null {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}
