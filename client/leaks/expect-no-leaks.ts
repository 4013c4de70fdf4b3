/** The assertion that a piece of work leaves nothing behind, for tests and load runs. */
import type { Diff } from '../methods/diff.ts';
import type { TaskProofs } from '../methods/holders.ts';
import { findHolders, type HolderSource } from './held-leaks.ts';
import { type Leak, LeakFoundError } from './leak-found-error.ts';
import { leakReport } from './leak-report.ts';
import { areBeyondNoise, findSuspects, type LeakTolerance, visibleFrom } from './leak-suspects.ts';
import { type ProofSource, prove, provenLeaks, withVerdicts } from './proven-leaks.ts';

export interface NoLeaksOptions {
  /** Growth that is no leak, for each stack or group of tasks. */
  tolerance?: LeakTolerance;
  /**
   * Stacks to leave out: those with a frame whose function or file matches one of these, and tasks
   * of a route that does. Of memory, V8 leaves out inlined functions: files are the safer choice.
   * @default none
   */
  ignore?: readonly RegExp[];
  /** Runs before the measurement, so that what is made once is made. @default 1 */
  warmup?: number;
  /**
   * Further runs after one that shows growth. Only what grows in every one of them is a leak.
   * @default 5; where garbage cannot be collected before the heap is read (Node below 26) 60, or
   * until the heap has grown fourfold, which V8 does not let happen without a collection
   */
  retries?: number;
  /** Milliseconds that what has grown gets to go by itself, after each run. @default 500 */
  settleMs?: number;
  /** Whether pprofql's own allocations count. @default false */
  includeOwn?: boolean;
  /**
   * Whether to find out who holds the memory that is accused, by a heap snapshot for each of the first
   * three stacks: that stops the observed process for seconds, after the last run. @default false
   */
  holders?: boolean;
  /**
   * Whether to tell tasks that provably nobody can settle any more from those that merely wait, by heap
   * snapshots, each of which stops the observed process for a second or more: one before the runs, one after
   * the first, and one more where tasks are accused. What is proven after the first run is a leak at once,
   * however little it is; all else must grow in every run, as without, and is labeled.
   * @default false
   */
  proof?: boolean;
  /** Aborts requests, and ends the assertion before the next run; a run is not interrupted. */
  signal?: AbortSignal;
}

/** What a quiet answer means. */
export interface NoLeaksReport {
  /** Measured runs, without the warm-up. */
  runs: number;
  /**
   * The least growth, of one stack or group of tasks, that would have been looked into; infinite
   * where the observed process has no heap sampler, or does not track tasks.
   */
  visibleFrom: Required<LeakTolerance>;
}

/** The requests that the assertion makes. */
export interface LeakSource extends HolderSource, ProofSource {
  capture(name: string, options: { watchOutside: boolean; signal?: AbortSignal }): Promise<unknown>;
  deleteCapture(name: string): Promise<unknown>;
  diff(request: {
    base: string;
    limit: number;
    includeOwn: boolean;
    signal?: AbortSignal;
  }): Promise<Diff>;
}

const RETRIES = 5;
const RETRIES_WITH_GARBAGE = 60;
/** The most by which V8 lets a heap grow before it collects all of it. */
const GROWTH_WITHOUT_COLLECTION = 4;
const SETTLE_MS = 500;
/** Rows of each list of a diff; the largest the API gives. */
const DIFF_LIMIT = 1_000;

const GARBAGE_NOTE =
  'This runtime cannot collect garbage before the heap is read: live memory includes objects that are dead already. Node 26 and later tell them apart; elsewhere run with --expose-gc and let the work end with gc().';

/**
 * Runs the work, and again where something has grown.
 * @throws LeakFoundError where something grew in every run; whatever the work throws; and as every
 * request of the client
 */
export async function expectNoLeaks(
  source: LeakSource,
  work: () => unknown,
  options: NoLeaksOptions = {},
): Promise<NoLeaksReport> {
  const { warmup = 1, signal } = options;
  for (let run = 0; run < warmup; run++) await runApart(work);
  const base = `expectNoLeaks ${crypto.randomUUID()}`;
  await source.capture(base, { watchOutside: true, signal });
  try {
    // Refused it rejects: a quiet answer would speak of what nobody has looked at.
    const proofs = options.proof === true ? await prove(source, signal) : null;
    return await runUntilClear(source, { base, proofs }, work, options);
  } finally {
    // Whatever ended the runs says more than a capture that could not be removed.
    await source.deleteCapture(base).catch(() => {});
  }
}

async function runUntilClear(
  source: LeakSource,
  { base, proofs }: { base: string; proofs: TaskProofs | null },
  work: () => unknown,
  options: NoLeaksOptions,
): Promise<NoLeaksReport> {
  const diffs: Diff[] = [];
  for (;;) {
    options.signal?.throwIfAborted();
    await runApart(work);
    const diff = await readSettled(source, base, diffs, options);
    diffs.push(diff);
    if (proofs !== null && diffs.length === 1) {
      const proven = provenLeaks(proofs, await prove(source, options.signal), options.ignore);
      if (proven.length > 0) throw new LeakFoundError(leakReport(proven), proven);
    }
    const runs = diffs.length;
    const suspects = findSuspects(diffs, options);
    const isLast = runs > retriesFor(diff, options);
    if (suspects.length === 0 || (isLast && !areBeyondNoise(suspects, diff))) {
      return { runs, visibleFrom: visibleFrom(diff, options) };
    }
    if (isLast) {
      const notes = diff.to.includesGarbage ? [GARBAGE_NOTE] : [];
      const told = await explained(source, suspects, options);
      throw new LeakFoundError(leakReport(told.leaks, [...notes, ...told.notes]), told.leaks);
    }
  }
}

/** The leaks with whatever else was asked for. */
async function explained(
  source: LeakSource,
  suspects: Leak[],
  { holders, proof, signal }: NoLeaksOptions,
): Promise<{ leaks: Leak[]; notes: string[] }> {
  const notes: string[] = [];
  let leaks = suspects;
  if (proof === true && leaks.some(({ kind }) => kind === 'tasks')) {
    try {
      leaks = withVerdicts(leaks, await prove(source, signal));
    } catch (error) {
      const reason = error instanceof Error ? error.message : error;
      notes.push(`Whether the tasks can go on is not known: ${reason}`);
    }
  }
  if (holders !== true) return { leaks, notes };
  const held = await findHolders(source, leaks, signal);
  return { leaks: held.leaks, notes: [...notes, ...held.notes] };
}

/**
 * From a timer each time, so that work in the observed process itself has the same stack in every
 * run, whatever was awaited before.
 */
async function runApart(work: () => unknown): Promise<void> {
  await pause(0);
  await work();
}

/** What is only on its way out when the work ends is given a moment. */
async function readSettled(
  source: LeakSource,
  base: string,
  before: readonly Diff[],
  options: NoLeaksOptions,
): Promise<Diff> {
  const { settleMs = SETTLE_MS, includeOwn = false, signal } = options;
  const read = () => source.diff({ base, limit: DIFF_LIMIT, includeOwn, signal });
  const diff = await read();
  if (findSuspects([...before, diff], options).length === 0) return diff;
  await pause(settleMs);
  return read();
}

function retriesFor({ base, to }: Diff, { retries }: NoLeaksOptions): number {
  if (retries !== undefined) return retries;
  const { alloc } = base.memory;
  const mayBeGarbage =
    to.includesGarbage &&
    (alloc === null || (to.memory.alloc ?? 0) < alloc * GROWTH_WITHOUT_COLLECTION);
  return mayBeGarbage ? RETRIES_WITH_GARBAGE : RETRIES;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
