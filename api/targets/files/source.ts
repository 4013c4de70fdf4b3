/** Saved files in the place of a process that is asked. */
import type { Figures, MemoryTold } from '../../analyzers/figures.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import type { BlackBox } from '../../diagnostics/black-box/record/record.ts';
import type { UnavailableField } from '../../diagnostics/pprof.ts';
import type { GoMemStats } from '../../profile/decode/go-mem-stats.ts';
import { UNTRACKED } from '../asked/untracked.ts';
import type { Decoder } from '../decoding/decoder.ts';
import { heapOf } from '../decoding/decodings.ts';
import type { TargetSource } from '../target.ts';
import { allocationsOfBox, runOfBox } from './black-box.ts';
import type { Analysis, FileContent, HeapAnalysis } from './saved-file.ts';

/** A file, and what was found in it. */
export interface AnalyzedFile {
  name: string;
  content: FileContent;
  savedAtMs: number;
  analysis: Analysis;
}

type FileOf<Kind extends Analysis['kind']> = AnalyzedFile & {
  analysis: Extract<Analysis, { kind: Kind }>;
};

type FileWithMemStats = AnalyzedFile & { analysis: HeapAnalysis & { memStats: GoMemStats } };

/** Answers each question from the first file that can. */
export function createFileSource(
  name: string,
  files: readonly AnalyzedFile[],
  decoder: Decoder,
): TargetSource {
  const dump = firstOf(files, 'GOROUTINES');
  const heap = firstOf(files, 'HEAP');
  const memStats = files.find(tellsMemStats);
  const cpu = firstOf(files, 'CPU');
  const report = firstOf(files, 'REPORT');
  const told = report?.analysis.report;
  const boxed = firstOf(files, 'BLACK_BOX')?.analysis.box;
  const dated = memStats ?? report ?? dump ?? heap ?? files[0];
  if (dated === undefined) throw missing('file');
  const takenAtMs = dated.savedAtMs;

  function missing(what: string): DiagnosticsError {
    return new DiagnosticsError('UNAVAILABLE', `no ${what} is among the files that were given`);
  }

  return {
    kind: 'FILE',
    async read() {
      return {
        figures: figuresOf({ dump, heap, memStats, report, boxed }, takenAtMs),
        cpu: { usagePercent: null, userSeconds: null, systemSeconds: null },
        process: {
          pid: told?.process.pid ?? boxed?.process.pid ?? null,
          instanceId: name,
          startedAtMs: boxed?.process.startedAtMs ?? null,
          nodeVersion: told?.process.nodeVersion ?? boxed?.process.nodeVersion ?? null,
          v8Version: null,
          platform: told?.process.platform ?? boxed?.process.platform ?? null,
          arch: told?.process.arch ?? boxed?.process.arch ?? null,
          title: name,
          cwd: told?.process.cwd ?? boxed?.process.cwd ?? null,
          cpuCount: null,
          availableParallelism: null,
        },
        heapObjects: memStats?.analysis.memStats.heapObjects ?? null,
        unavailable: unavailableOf({
          dump,
          heap: heap ?? (boxed?.allocations ? boxed : undefined),
          memStats,
          cpu,
          report: report ?? boxed,
          stacks: firstOf(files, 'STACKS'),
        }),
      };
    },
    readAllocations: async () =>
      heap?.analysis.allocations ?? (boxed === undefined ? null : allocationsOfBox(boxed)),
    readPreviousRun: async () => (boxed === undefined ? null : runOfBox(boxed)),
    async readHeap() {
      if (heap === undefined) throw missing('heap profile');
      const { content, analysis } = heap;
      const { collectedAtMs } = analysis.allocations;
      if (content.kind === 'PROFILE') return heapOf(content.profile, collectedAtMs);
      return decoder.run('heap', { bytes: bytesOf(content), collectedAtMs });
    },
    async readGoroutines({ raw }) {
      if (dump === undefined) throw missing('goroutine dump');
      const { stats, ...goroutines } = dump.analysis.goroutines;
      return {
        ...goroutines,
        isExact: null,
        timestampMs: dump.savedAtMs,
        observation: { via: 'FILE', measuredAtMs: dump.savedAtMs },
        // A profile is no text.
        raw:
          raw && stats.lines > 0 && dump.content.kind === 'BYTES'
            ? { text: textOf(dump.content), isTruncated: false }
            : null,
        instrumentation: UNTRACKED,
        dump: stats,
      };
    },
    async readStackProfile(kind) {
      const found = files.find(
        ({ analysis }) =>
          analysis.kind === 'STACKS' && analysis.stacks.name.toUpperCase().includes(kind),
      );
      if (found?.analysis.kind !== 'STACKS') return null;
      return { ...found.analysis.stacks, readAtMs: found.savedAtMs };
    },
    async readCpuProfile() {
      if (cpu === undefined) throw missing('CPU profile');
      if (cpu.content.kind === 'PROFILE') return cpu.content.profile;
      return decoder.run('profile', { bytes: bytesOf(cpu.content) });
    },
  };
}

function bytesOf(content: FileContent): Uint8Array {
  return content.kind === 'BYTES' ? content.bytes : new Uint8Array();
}

function textOf(content: FileContent): string {
  return Buffer.from(bytesOf(content)).toString('utf8');
}

function firstOf<Kind extends Analysis['kind']>(
  files: readonly AnalyzedFile[],
  kind: Kind,
): FileOf<Kind> | undefined {
  return files.find((file): file is FileOf<Kind> => file.analysis.kind === kind);
}

function tellsMemStats(file: AnalyzedFile): file is FileWithMemStats {
  return file.analysis.kind === 'HEAP' && file.analysis.memStats !== null;
}

function figuresOf(files: FoundFiles, takenAtMs: number): Figures {
  const { dump, memStats } = files;
  const memory = memStats?.analysis.memStats;
  return {
    takenAtMs,
    memory: memoryOf(files),
    cpu: null,
    gc: { count: memory?.numGc ?? null, lastPauseNs: memory?.pausesNs[0] ?? null, interval: {} },
    eventLoop: null,
    liveTasks: dump?.analysis.goroutines.total ?? null,
    requestsInFlight: null,
    instrumentation: UNTRACKED,
  };
}

/** What no file tells is null, and stands in `unavailable`. */
function memoryOf({
  heap,
  memStats,
  report,
  boxed,
}: FoundFiles): MemoryTold<'totalAllocatedBytes' | 'heapLimitBytes' | 'externalBytes'> {
  const memory = memStats?.analysis.memStats;
  const told = report?.analysis.report;
  const allocations = heap?.analysis.allocations;
  return {
    heapUsedBytes:
      memory?.alloc ??
      told?.heap.usedBytes ??
      boxed?.memory?.heapUsedBytes ??
      allocations?.liveBytes ??
      null,
    heapTotalBytes: memory?.heapInuse ?? told?.heap.totalBytes ?? null,
    totalAllocatedBytes: memory?.totalAlloc ?? allocations?.cumulativeBytes ?? null,
    rssBytes: memory?.sys ?? told?.resources.rssBytes ?? boxed?.rssBytes ?? null,
    heapLimitBytes: told?.heap.limitBytes ?? boxed?.memory?.heapLimitBytes ?? null,
    externalBytes: told?.heap.externalBytes ?? boxed?.memory?.externalBytes ?? null,
  };
}

interface FoundFiles {
  dump: FileOf<'GOROUTINES'> | undefined;
  heap: FileOf<'HEAP'> | undefined;
  memStats: FileWithMemStats | undefined;
  report: FileOf<'REPORT'> | undefined;
  boxed: BlackBox | undefined;
}

interface Found {
  dump: unknown;
  heap: unknown;
  memStats: unknown;
  cpu: unknown;
  report: unknown;
  stacks: unknown;
}

function unavailableOf({ dump, heap, memStats, cpu, report, stacks }: Found): UnavailableField[] {
  const fields = [
    ...(heap === undefined ? ['topAllocations', 'inuseAllocations', 'allocationProfile'] : []),
    ...(dump === undefined ? ['runtime.numGoroutine'] : []),
    ...(memStats === undefined
      ? [
          ...(report === undefined ? ['memory.heapInuse', 'memory.sys'] : []),
          'memory.heapObjects',
          'runtime.numGc',
        ]
      : []),
    ...([heap, memStats, report].every((file) => file === undefined) ? ['memory.alloc'] : []),
    ...(cpu === undefined ? ['cpuProfiles'] : []),
    ...(stacks === undefined ? ['stackProfile'] : []),
    'cpu',
    'history.usagePercent',
    'runtime.numCpu',
    'runtime.gomaxprocs',
    'eventLoop',
    'requests',
    'requestCoverage',
    'routes',
  ];
  return fields.map((field) => ({ field, reason: 'none of the files that were given tells it' }));
}
