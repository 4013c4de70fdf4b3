/** What a black box holds: the last that is known of a run, and how it ended once that is known. */
import type { Finding } from '../../../health/finding.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { AllocationSnapshot, IdentifiedRow } from '../../heap/types.ts';
import type { HistoryPoint } from '../../history/point.ts';
import type { Stall } from '../../stalls/types.ts';

/** Of the file; one of another number is not read. */
export const FORMAT = 1;
export const MAX_BOX_BYTES = 256 * 1024;

/** Who the run is, so that another one can tell whether it still lives. */
export interface BoxProcess {
  pid: number;
  startedAtMs: number;
  /** As the kernel counts it, which tells a pid that is used again; null where it does not tell. */
  startTicks: number | null;
  /** Of the machine; null where it does not tell. */
  bootId: string | null;
  /** In which the pid counts; null where the system does not tell. */
  pidNamespace: string | null;
  title: string;
  entryFile: string | null;
  cwd: string;
  programRoot: string | null;
  nodeVersion: string;
  pprofqlVersion: string | null;
  platform: string;
  arch: string;
  /** At a terminal, or started again at each change of a file: it is stopped every now and then. */
  isAttended: boolean | null;
}

export interface BoxMemory {
  takenAtMs: number;
  heapUsedBytes: number;
  oldSpaceUsedBytes: number;
  /** At which V8 gives up. */
  heapLimitBytes: number;
  externalBytes: number;
  arrayBuffersBytes: number;
  rssBytes: number;
}

export interface BoxAllocations {
  collectedAtMs: number;
  liveBytes: number;
  samplingIntervalBytes: number | null;
  /** Most live bytes first. */
  rows: readonly IdentifiedRow[];
}

export interface BoxTaskGroup {
  state: string;
  count: number;
  /** Where they wait or were created, top frame first. */
  frames: readonly Frame[];
}

/** What the kernel tells of a run. */
export interface BoxKernel {
  /** Processes of its container that the kernel has ended for memory so far; null where it does not tell. */
  killsForMemory: number | null;
  /** The same of the whole machine, other containers included. */
  killsOnMachine: number | null;
  /** That its container may have; null where there is no limit. */
  memoryLimitBytes: number | null;
}

/** As the run itself has told. */
export interface BoxError {
  name: string;
  frames: readonly Frame[];
  atMs: number;
}

export interface BoxEnd {
  atMs: number;
  /** Null where it did not get to tell. */
  exitCode: number | null;
  error: BoxError | null;
  /** That it sent itself to end; null or absent for none. */
  signal?: string | null;
}

export interface BlackBox {
  format: typeof FORMAT;
  /** Which program it is: of its folder, script and arguments. */
  program: string;
  intervalMs: number;
  writtenAtMs: number;
  process: BoxProcess;
  /** Null before the first figures. */
  memory: BoxMemory | null;
  /** Whether it listens for SIGTERM, so that an ordinary stop is not without a word; null where that is not known. */
  handlesStops: boolean | null;
  /**
   * Bytes that the old space was about to have, by what the process grew while the observed thread did not
   * answer; null where it answered.
   */
  guessedOldSpaceBytes: number | null;
  /** The resident memory of now, also while the observed thread does not answer. */
  rssBytes: number;
  kernel: BoxKernel;
  /** Oldest first. */
  history: readonly HistoryPoint[];
  /** By the last read of anybody; null before one. */
  allocations: BoxAllocations | null;
  /** By the last read of anybody, most first; null before one. */
  tasks: readonly BoxTaskGroup[] | null;
  findings: readonly Finding[];
  lastStall: Stall | null;
  /** Null while it runs, and where it ended without a word. */
  end: BoxEnd | null;
}

export function boxAllocations(snapshot: AllocationSnapshot | null): BoxAllocations | null {
  if (snapshot === null) return null;
  const { collectedAtMs, liveBytes, samplingIntervalBytes, inuse } = snapshot;
  return { collectedAtMs, liveBytes, samplingIntervalBytes, rows: inuse };
}

const MOST_POINTS = 120;
const MOST_ROWS = 20;
const MOST_GROUPS = 30;
const MOST_FINDINGS = 20;
const MOST_FRAMES = 24;
const MOST_STALL_STACKS = 3;
const MOST_ROUTES = 10;
const MOST_CHARACTERS = 500;
/** Halved so often at most until it fits. */
const MOST_HALVINGS = 6;

/** As it is written: what is too long is cut, so that it is no larger than `MAX_BOX_BYTES`. */
export function encodeBox(box: BlackBox): string {
  let text = '';
  for (let halving = 0; halving <= MOST_HALVINGS; halving += 1) {
    text = JSON.stringify(cut(box, 2 ** halving), shortened);
    if (Buffer.byteLength(text) <= MAX_BOX_BYTES) break;
  }
  return text;
}

function cut(box: BlackBox, by: number): BlackBox {
  const most = (limit: number) => Math.max(1, Math.floor(limit / by));
  const framesOf = (frames: readonly Frame[]) => frames.slice(0, most(MOST_FRAMES));
  return {
    ...box,
    history: box.history.slice(-most(MOST_POINTS)),
    allocations: box.allocations && {
      ...box.allocations,
      rows: box.allocations.rows
        .slice(0, most(MOST_ROWS))
        .map((row) => ({ ...row, frames: framesOf(row.frames) })),
    },
    tasks:
      box.tasks
        ?.slice(0, most(MOST_GROUPS))
        .map(({ state, count, frames }) => ({ state, count, frames: framesOf(frames) })) ?? null,
    findings: box.findings.slice(0, most(MOST_FINDINGS)).map((finding) => ({
      ...finding,
      stack: framesOf(finding.stack),
      routes: finding.routes.slice(0, most(MOST_ROUTES)),
    })),
    lastStall: box.lastStall && {
      ...box.lastStall,
      stacks: box.lastStall.stacks
        .slice(0, MOST_STALL_STACKS)
        .map((stack) => ({ ...stack, frames: framesOf(stack.frames) })),
    },
  };
}

function shortened(_key: string, value: unknown): unknown {
  return typeof value === 'string' && value.length > MOST_CHARACTERS
    ? `${value.slice(0, MOST_CHARACTERS - 1)}…`
    : value;
}
