/** Judges from the diffs after several runs what leaks. Pure. */
import type { Diff } from '../methods/diff.ts';
import { type Growth, growthsOf, sizeOf } from './growth.ts';
import { isMemory } from './growth-kind.ts';
import type { Leak } from './leak-found-error.ts';

export interface LeakTolerance {
  /**
   * Live bytes by which one call stack may grow. Memory is sampled: less than a few sampling
   * intervals cannot be told from noise.
   * @default 4 sampling intervals of the observed process (its option `heapSamplingIntervalBytes`)
   */
  bytes?: number;
  /** Live async tasks, handles, threads or listeners by which one group of them may grow. @default 2 */
  tasks?: number;
}

export interface SuspectOptions {
  tolerance?: LeakTolerance;
  ignore?: readonly RegExp[];
}

/**
 * Measured with 10 MB that turned over in each run: one comparison in three shows more growth than
 * this, one in ten does in two runs on end, and none of 200 series did in six.
 */
const TOLERATED_SAMPLES = 4;
const TOLERATED_TASKS = 2;
/** However well buffers are sampled: pools of them, which fill up slowly, are no leaks. */
const TOLERATED_BUFFER_BYTES = 2 * 1024 ** 2;
/** Each run must add at least this share of what the runs before it added on average. */
const STEADY_SHARE = 0.25;
/** Standard deviations by which live memory may seem to grow in the end without a leak. */
const NOISE_DEVIATIONS = 2;
/** Standard deviations by which an estimated number of tasks may be off. */
const SAMPLING_DEVIATIONS = 3;
/** Stacks that are named where only all of them together grow, and the share of it that is enough. */
const NAMED_STACKS = 5;
const NAMED_SHARE = 0.5;

/**
 * What has grown in every run, most first; empty where nothing has.
 *
 * Each path through the program is judged by itself, and memory also as a whole: V8 leaves out
 * inlined functions, so that a leak moves to another stack when its code is optimized; and it may
 * be spread over many.
 *
 * @param diffs one after each run, all with the same base
 */
export function findSuspects(diffs: readonly Diff[], options: SuspectOptions = {}): Leak[] {
  const runs = diffs.map((diff) => {
    const growths = growthsOf(diff).filter((growth) => !isIgnored(growth, options.ignore ?? []));
    return new Map(growths.map((growth) => [growth.id, growth]));
  });
  const latest = diffs.at(-1)!;
  const leaks = [...runs.at(-1)!.values()].map(
    (growth): Leak => ({ ...growth, sizeAfterRuns: runs.map((run) => sizeIn(run, growth.id)) }),
  );
  const steady = leaks.filter((leak) =>
    isSteady(leak.sizeAfterRuns, toleranceFor(leak, latest, options)),
  );
  const memoryAfterRuns = runs.map((run) =>
    total(
      [...run.values()].filter(({ kind }) => kind === 'memory'),
      'bytes',
    ),
  );
  if (isSteady(memoryAfterRuns, statedTolerance(latest, options).bytes)) {
    steady.push(...unsteadyPart(leaks, steady, memoryAfterRuns.at(-1)!));
  }
  return steady.filter((leak) => !isToldAsTasks(leak, steady)).sort(compareLeaks);
}

/** A handle is a task as well: one that is told by its stack is not told twice. */
function isToldAsTasks(leak: Leak, all: readonly Leak[]): boolean {
  const at = ({ place }: Leak) => `${place?.function}\t${place?.file}:${place?.line}`;
  return (
    leak.kind === 'handles' && all.some((other) => other.kind === 'tasks' && at(other) === at(leak))
  );
}

/** The largest of the other stacks, so many that with the steady ones most of the growth has a name. */
function unsteadyPart(leaks: readonly Leak[], steady: readonly Leak[], grownBytes: number): Leak[] {
  const part: Leak[] = [];
  let namedBytes = total(
    steady.filter(({ kind }) => kind === 'memory'),
    'bytes',
  );
  for (const leak of leaks.filter(grewLast).sort(compareLeaks)) {
    if (namedBytes >= grownBytes * NAMED_SHARE || part.length === NAMED_STACKS) break;
    if (leak.kind !== 'memory' || steady.includes(leak)) continue;
    part.push(leak);
    namedBytes += leak.bytes;
  }
  return part;
}

/**
 * Whether suspects are more than noise could be: of memory that was freed and made anew, by chance
 * more or less was sampled.
 */
export function areBeyondNoise(suspects: readonly Leak[], { to }: Diff): boolean {
  const intervalBytes = to.samplingIntervalBytes ?? 0;
  const samples = total(suspects, 'turnoverBytes') / Math.max(1, intervalBytes);
  const noiseBytes = NOISE_DEVIATIONS * Math.sqrt(samples) * intervalBytes;
  return suspects.some(({ kind }) => kind !== 'memory') || total(suspects, 'bytes') > noiseBytes;
}

/**
 * The least growth of one stack, or of one group of tasks, that a diff lets see: infinite for memory
 * without a heap sampler, and for tasks while they are not tracked.
 */
export function visibleFrom(diff: Diff, options: SuspectOptions): Required<LeakTolerance> {
  const { bytes, tasks } = statedTolerance(diff, options);
  const { samplingRate, dutyCycle } = diff.to.instrumentation;
  const weight = 1 / (samplingRate * dutyCycle);
  // From here on a group is larger than its own deviation.
  return {
    bytes: diff.allocations === null ? Number.POSITIVE_INFINITY : bytes,
    tasks: Math.ceil(tasks + SAMPLING_DEVIATIONS ** 2 * (weight - 1)),
  };
}

export function isIgnored({ frames, routes }: Growth, ignore: readonly RegExp[]): boolean {
  const names = [...frames.flatMap((frame) => [frame.function, frame.file]), ...routes];
  // `search` and not `test`, which in a global expression begins where the last one ended.
  return ignore.some((pattern) => names.some((name) => name.search(pattern) >= 0));
}

function toleranceFor(growth: Growth, diff: Diff, options: SuspectOptions): number {
  const { bytes, tasks } = statedTolerance(diff, options);
  if (growth.kind === 'memory') return bytes;
  if (growth.kind === 'buffers') {
    return Math.max(options.tolerance?.bytes ?? TOLERATED_BUFFER_BYTES, growth.marginBytes);
  }
  const deviation = Math.sqrt(growth.count * Math.max(0, growth.weight - 1));
  return tasks + SAMPLING_DEVIATIONS * deviation;
}

function statedTolerance(
  { to }: Diff,
  { tolerance = {} }: SuspectOptions,
): Required<LeakTolerance> {
  return {
    bytes: tolerance.bytes ?? TOLERATED_SAMPLES * (to.samplingIntervalBytes ?? 0),
    tasks: tolerance.tasks ?? TOLERATED_TASKS,
  };
}

function sizeIn(run: ReadonlyMap<string, Growth>, id: string): number {
  const growth = run.get(id);
  return growth === undefined ? 0 : sizeOf(growth);
}

function total(growths: Iterable<Growth>, quantity: 'bytes' | 'turnoverBytes'): number {
  let sum = 0;
  for (const growth of growths) sum += growth[quantity];
  return sum;
}

/**
 * Whether the size was above the tolerance after every run, and every run added its share: what is
 * made once grows in one run only.
 *
 * @example `isSteady([4, 8, 12], 1)` is true, `isSteady([4, 8, 8], 1)` is false
 */
function isSteady(sizeAfterRuns: readonly number[], tolerance: number): boolean {
  return sizeAfterRuns.every((size, run) => {
    if (size <= tolerance) return false;
    const before = run === 0 ? 0 : sizeAfterRuns[run - 1]!;
    const averageBefore = run === 0 ? 0 : before / run;
    return size - before >= averageBefore * STEADY_SHARE;
  });
}

function grewLast({ sizeAfterRuns }: Leak): boolean {
  const [last = 0, previous = 0] = sizeAfterRuns.toReversed();
  return last > previous;
}

/** Memory before what is counted, most growth first. */
function compareLeaks(a: Leak, b: Leak): number {
  return Number(isMemory(b)) - Number(isMemory(a)) || sizeOf(b) - sizeOf(a);
}
