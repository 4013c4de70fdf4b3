/** The assertion that a piece of work leaves nothing behind, for tests and load runs. */
import type { DiffQuery } from './generated/graphql.ts';
import { type Growth, growthsOf, sizeOf } from './growth.ts';
import { compareLeaks, type Leak, LeakFoundError } from './leak-found-error.ts';

export interface LeakTolerance {
  /**
   * Live bytes by which one call stack may grow. Memory is sampled: less than a few sampling
   * intervals cannot be told from noise.
   * @default 4 sampling intervals of the observed process (2 MiB unless configured)
   */
  bytes?: number;
  /** Live async tasks by which one group may grow. @default 2 */
  tasks?: number;
}

export interface NoLeaksOptions {
  /** Growth that is no leak, for each stack or group of tasks. */
  tolerance?: LeakTolerance;
  /**
   * Stacks to leave out: those with a frame whose function or file matches one of these, and tasks
   * of a route that does. @default none
   */
  ignore?: readonly RegExp[];
  /** Runs before the measurement, so that what is made once is made. @default 1 */
  warmup?: number;
  /**
   * Further runs after one that shows growth. Only what grows in every one of them is a leak.
   * @default 4, and 12 where the observed runtime cannot collect garbage first (Node below 26)
   */
  retries?: number;
  /** Milliseconds that what has grown gets to go by itself, after each run. @default 500 */
  settleMs?: number;
  /** Whether pprofql's own allocations count. @default false */
  includeOwn?: boolean;
  /** Aborts requests and waits; work under way is not interrupted. */
  signal?: AbortSignal;
}

/** The requests that the assertion makes. */
export interface LeakSource {
  capture(name: string, options: { signal?: AbortSignal }): Promise<unknown>;
  deleteCapture(name: string): Promise<unknown>;
  diff(request: {
    base: string;
    limit: number;
    includeOwn: boolean;
    signal?: AbortSignal;
  }): Promise<DiffQuery['diff']>;
}

/**
 * Noise of what is freed and allocated anew, measured: 20 samples that turn over differ by more
 * than 4 in one of five comparisons, but never rise over five runs.
 */
const TOLERATED_SAMPLES = 4;
const TOLERATED_TASKS = 2;
const RETRIES = 4;
const RETRIES_WITH_GARBAGE = 12;
const SETTLE_MS = 500;
/** Rows of each list of a diff; the largest the API gives. */
const DIFF_LIMIT = 1_000;
/** Each run must add at least this share of what the runs before it added on average. */
const STEADY_SHARE = 0.25;
/** Standard deviations by which an estimated number of tasks may be off. */
const SAMPLING_DEVIATIONS = 3;

const GARBAGE_NOTE =
  'This runtime cannot collect garbage before the heap is read: live memory includes objects that are dead already. Node 26 and later tell them apart.';

/**
 * Runs the work, and again where something has grown.
 * @throws LeakFoundError where something grew in every run; whatever the work throws; and as every
 * request of the client
 */
export async function expectNoLeaks(
  source: LeakSource,
  work: () => unknown,
  options: NoLeaksOptions = {},
): Promise<void> {
  const { warmup = 1, signal } = options;
  for (let run = 0; run < warmup; run++) await runApart(work);
  const base = `expectNoLeaks ${crypto.randomUUID()}`;
  await source.capture(base, { signal });
  try {
    await runUntilClear(source, base, work, options);
  } finally {
    // Whatever ended the runs says more than a capture that could not be removed.
    await source.deleteCapture(base).catch(() => {});
  }
}

async function runUntilClear(
  source: LeakSource,
  base: string,
  work: () => unknown,
  options: NoLeaksOptions,
): Promise<void> {
  let suspects: ReadonlyMap<string, Leak> | null = null;
  for (let run = 0; ; run++) {
    options.signal?.throwIfAborted();
    await runApart(work);
    const diff = await readSettled(source, base, suspects, options);
    suspects = findSuspects(diff, suspects, options);
    if (suspects.size === 0) return;
    if (run >= retriesFor(diff, options)) {
      const notes = diff.target.includesGarbage ? [GARBAGE_NOTE] : [];
      throw new LeakFoundError([...suspects.values()].sort(compareLeaks), notes);
    }
  }
}

/**
 * From a timer each time, so that work in the observed process itself has the same stack in every
 * run, whatever was awaited before.
 */
async function runApart(work: () => unknown): Promise<void> {
  await pause(0);
  await work();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What is only on its way out when the work ends is given a moment. */
async function readSettled(
  source: LeakSource,
  base: string,
  suspects: ReadonlyMap<string, Leak> | null,
  options: NoLeaksOptions,
): Promise<DiffQuery['diff']> {
  const { settleMs = SETTLE_MS, includeOwn = false, signal } = options;
  const read = () => source.diff({ base, limit: DIFF_LIMIT, includeOwn, signal });
  const diff = await read();
  if (findSuspects(diff, suspects, options).size === 0) return diff;
  await pause(settleMs);
  return read();
}

function retriesFor({ target }: DiffQuery['diff'], { retries }: NoLeaksOptions): number {
  return retries ?? (target.includesGarbage ? RETRIES_WITH_GARBAGE : RETRIES);
}

/** @param before null: everything may be suspect */
function findSuspects(
  diff: DiffQuery['diff'],
  before: ReadonlyMap<string, Leak> | null,
  options: NoLeaksOptions,
): Map<string, Leak> {
  const found = new Map<string, Leak>();
  for (const growth of growthsOf(diff)) {
    const earlier = before === null ? [] : before.get(growth.id)?.sizeAfterRuns;
    if (earlier === undefined || isIgnored(growth, options.ignore ?? [])) continue;
    if (sizeOf(growth) <= toleranceFor(growth, diff, options.tolerance ?? {})) continue;
    const leak = { ...growth, sizeAfterRuns: [...earlier, sizeOf(growth)] };
    if (isSteady(leak.sizeAfterRuns)) found.set(growth.id, leak);
  }
  return found;
}

function isIgnored({ frames, routes }: Growth, ignore: readonly RegExp[]): boolean {
  const names = [...frames.flatMap((frame) => [frame.function, frame.file]), ...routes];
  // `search` and not `test`, which in a global expression begins where the last one ended.
  return ignore.some((pattern) => names.some((name) => name.search(pattern) >= 0));
}

function toleranceFor(growth: Growth, diff: DiffQuery['diff'], tolerance: LeakTolerance): number {
  if (growth.kind === 'memory') {
    const { samplingIntervalBytes } = diff.target;
    return tolerance.bytes ?? TOLERATED_SAMPLES * (samplingIntervalBytes ?? 0);
  }
  const deviation = Math.sqrt(growth.count * Math.max(0, growth.weight - 1));
  return (tolerance.tasks ?? TOLERATED_TASKS) + SAMPLING_DEVIATIONS * deviation;
}

/**
 * Whether the last run added its share: what is made once grows in one run only. A single run
 * always did.
 *
 * @example `isSteady([4, 8, 12])` is true, `isSteady([4, 8, 8])` is false
 */
function isSteady(sizeAfterRuns: readonly number[]): boolean {
  const [last = 0, previous] = sizeAfterRuns.toReversed();
  if (previous === undefined) return true;
  const averageBefore = previous / (sizeAfterRuns.length - 1);
  return last - previous >= averageBefore * STEADY_SHARE;
}
