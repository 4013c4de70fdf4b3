/** Moments that are kept by name, and what changed between two of them. */

import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AllocationDiff,
  type AllocationDiffRow,
  diffAllocations,
} from '../../analyzers/diff/allocations.ts';
import type { ChangeTables } from '../../analyzers/diff/diff.ts';
import { diffFigures, type FigureDiff } from '../../analyzers/diff/figures.ts';
import { diffTasks, type TaskDiff } from '../../analyzers/diff/tasks.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { isOwnFile, isRuntimeFile } from '../../base/files/own-files.ts';
import { checkLimit } from '../answers/limit.ts';
import { silentThread } from '../answers/silent-thread.ts';
import type { ExternalSnapshot } from '../heap/external.ts';
import { readFreshHeap } from '../heap/fresh.ts';
import type { HeapProfileSnapshot } from '../heap/types.ts';
import type { PprofSnapshot } from '../pprof.ts';
import { stackId } from '../stack-id.ts';
import type { GoroutineSnapshot, IdentifiedGroup } from '../tasks.ts';
import type { Capture, CapturedMoment } from './capture.ts';
import { createKeptCaptures, type KeptCaptures } from './kept.ts';
import type { MadeSource } from './made.ts';
import { diffOutside, type MadeDiffRow } from './outside-diff.ts';

export type IdentifiedAllocationDiff = Omit<AllocationDiff, keyof ChangeTables<AllocationDiffRow>> &
  ChangeTables<AllocationDiffRow & { stackId: string }>;

export interface CaptureDiff {
  base: Capture;
  to: Capture;
  figures: FigureDiff;
  /** Null where one of the two has no heap. */
  allocations: IdentifiedAllocationDiff | null;
  tasks: TaskDiff<IdentifiedGroup>;
  /** Null where nothing of it is known of both. */
  outside: readonly MadeDiffRow[] | null;
}

export interface DiffRequest {
  base: string;
  /** Null: now. */
  to: string | null;
  /** Rows a table. */
  limit: number;
  /** Whether pprofql's own allocations count. */
  includeOwn: boolean;
  signal?: AbortSignal;
}

export interface CaptureOptions {
  /** Also see from now on who makes what outside the heap. @default false */
  watchMade?: boolean;
  signal?: AbortSignal;
}

export interface Captures {
  /**
   * Oldest first.
   * @throws DiagnosticsError `TARGET_FAILED` where they are kept elsewhere, and that cannot be read
   */
  list(): Promise<Capture[]>;
  /**
   * Keeps the present under a name; a capture that has it already goes, and the oldest one where
   * there are too many.
   * @throws DiagnosticsError `INVALID_INPUT` for a name that cannot be one, `PAUSE_BUDGET_SPENT` or
   * `PROCESS_NOT_RESPONDING` where the present could not be read; then nothing is kept
   */
  capture(name: string, options?: CaptureOptions): Promise<Capture>;
  /** False where there was none of this name. */
  delete(name: string): Promise<boolean>;
  /** @throws DiagnosticsError `NOT_FOUND`, `INVALID_INPUT`, and as `capture` where the later moment is now */
  diff(request: DiffRequest): Promise<CaptureDiff>;
}

export interface CapturesOptions {
  readHeap: () => Promise<HeapProfileSnapshot>;
  readTasks: () => Promise<GoroutineSnapshot>;
  readPprof: () => Promise<PprofSnapshot>;
  /**
   * Buffers by stack, as told with or after that read of the heap; null where they are not.
   * @default null
   */
  readBuffers?: (read: {
    askedAtMs: number;
    heap: HeapProfileSnapshot | null;
  }) => Promise<ExternalSnapshot | null>;
  /** Where it can be seen. @default nothing */
  made?: Pick<MadeSource, 'watch' | 'read'>;
  maxCaptures: number;
  /** @default in memory, `maxCaptures` of them */
  kept?: KeptCaptures | undefined;
  pauseBudgetPercent: number;
  /** Longest wait for a thread that does not answer. @default 15_000 */
  busyPatienceMs?: number;
}

/** Printable, and neither begins nor ends with a space. */
const NAME = /^(?!\s)[^\p{C}]{1,100}(?<!\s)$/u;
const ATTEMPT_PAUSE_MS = 100;
/** Somebody waits for the capture, and a busy machine may keep the thread from answering for seconds. */
const BUSY_PATIENCE_MS = 15_000;

export function createCaptures(options: CapturesOptions): Captures {
  const kept = options.kept ?? createKeptCaptures(options.maxCaptures);

  /** The heap first: its read collects the garbage, which then is neither task nor memory. */
  async function readMoment(isMadeWatched: boolean, signal?: AbortSignal): Promise<CapturedMoment> {
    const askedAtMs = Date.now();
    const patience = { patienceMs: options.busyPatienceMs, signal };
    const { heap, heapUnavailable } = await readHeapIfAny(patience);
    const readAnew = anewReader({ askedAtMs, ...patience });
    const tasks = await readAnew(options.readTasks);
    const pprof = await readAnew(options.readPprof);
    const external = (await options.readBuffers?.({ askedAtMs, heap })) ?? null;
    const made = (isMadeWatched && (await options.made?.read(askedAtMs))) || null;
    const memory = { heap, heapUnavailable, external, made };
    return { askedAtMs, ...memory, tasks, pprof };
  }

  async function readHeapIfAny(
    patience: Patience,
  ): Promise<Pick<Capture, 'heap' | 'heapUnavailable'>> {
    const { pauseBudgetPercent } = options;
    const { signal } = patience;
    const read = () => untilTold(options.readHeap, () => true, patience);
    try {
      const heap = await readFreshHeap({ read, pauseBudgetPercent, signal });
      return { heap, heapUnavailable: null };
    } catch (error) {
      if (!(error instanceof DiagnosticsError) || error.code !== 'UNAVAILABLE') throw error;
      return { heap: null, heapUnavailable: error.message };
    }
  }

  function find(all: readonly Capture[], name: string): Capture {
    const capture = all.find((each) => each.name === name);
    if (capture !== undefined) return capture;
    const names = all.map((known) => JSON.stringify(known.name)).join(', ');
    throw new DiagnosticsError(
      'NOT_FOUND',
      `there is no capture ${JSON.stringify(name)}; ${names === '' ? 'none is kept' : `kept are ${names}`}`,
    );
  }

  return {
    list: kept.list,
    async capture(name, { watchMade = false, signal } = {}) {
      checkName(name);
      if (watchMade) await options.made?.watch();
      return kept.keep(name, await readMoment(watchMade, signal));
    },
    delete: kept.delete,
    async diff({ base: baseName, to: toName, signal, ...request }) {
      checkLimit(request.limit);
      const all = await kept.list();
      const base = find(all, baseName);
      const now = async (): Promise<Capture> => ({
        ...(await readMoment(base.made !== null, signal)),
        name: null,
        displaced: null,
      });
      const to = toName === null ? await now() : find(all, toName);
      return diffCaptures(base, to, request);
    },
  };
}

interface Patience {
  patienceMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** Reads what is not older than the question. */
function anewReader({ askedAtMs, ...patience }: Patience & { askedAtMs: number }) {
  return <Read extends { observation: { measuredAtMs: number } }>(read: () => Promise<Read>) =>
    untilTold(read, ({ observation }) => observation.measuredAtMs >= askedAtMs, patience);
}

/** A busy thread that did not answer in time, so that nothing or an older answer was told, is asked again. */
async function untilTold<Read>(
  read: () => Promise<Read>,
  isMeant: (answer: Read) => boolean,
  { patienceMs = BUSY_PATIENCE_MS, signal }: Patience,
): Promise<Read> {
  const untilMs = Date.now() + patienceMs;
  for (;;) {
    const answer = await read().catch(nullWhereSilent);
    if (answer !== null && isMeant(answer)) return answer;
    if (Date.now() >= untilMs) throw silentThread(', so that its present state is unknown');
    await sleep(ATTEMPT_PAUSE_MS, undefined, { signal, ref: false });
  }
}

/** One that has never answered has no older answer either. */
function nullWhereSilent(error: unknown): null {
  if (error instanceof DiagnosticsError && error.code === 'PROCESS_NOT_RESPONDING') return null;
  throw error;
}

function diffCaptures(
  base: Capture,
  to: Capture,
  { limit, includeOwn }: Pick<DiffRequest, 'limit' | 'includeOwn'>,
): CaptureDiff {
  const owners = { isOwnFile: includeOwn ? undefined : isOwnFile, isRuntimeFile };
  return {
    base,
    to,
    figures: diffFigures(base.pprof.figures, to.pprof.figures),
    allocations:
      base.heap === null || to.heap === null
        ? null
        : identified(diffAllocations(base.heap.profile, to.heap.profile, { limit, ...owners })),
    tasks: diffTasks(base.tasks.groups, to.tasks.groups, { limit }),
    outside: diffOutside(base, to, { limit, includeOwn }),
  };
}

function identified(diff: AllocationDiff): IdentifiedAllocationDiff {
  const withId = (row: AllocationDiffRow) => ({ ...row, stackId: stackId(row.frames) });
  return { ...diff, grown: diff.grown.map(withId), shrunk: diff.shrunk.map(withId) };
}

function checkName(name: string): void {
  if (NAME.test(name)) return;
  throw new DiagnosticsError(
    'INVALID_INPUT',
    'a capture is named by 1 to 100 printable characters, the first and last of which are no spaces',
  );
}
