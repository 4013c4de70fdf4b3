/** Diffs as the API gives them, of a few numbers each. */
import type { Diff } from '../methods/diff.ts';

const SAMPLING_INTERVAL_BYTES = 1_000;
const BASE_HEAP_BYTES = 1_000_000;

type MemoryRow = NonNullable<Diff['allocations']>['grown'][number];
type TaskRow = Diff['tasks']['grown'][number];

export interface DiffNumbers {
  /** Bytes of growth by stack, top frame first: `{ 'work<main': 5_000 }`. Every 100 bytes are an object. */
  memory?: Record<string, number>;
  /** Of each stack, of what was there before. @default 0 */
  freedBytes?: number;
  /** Tasks of growth by stack. */
  tasks?: Record<string, number>;
  route?: string;
  /** Of what is outside the heap, by kind and stack: `{ 'BUFFER work<main': { count: 2, bytes: 4_000_000 } }`. */
  outside?: Record<string, { count: number; bytes?: number; marginBytes?: number }>;
  includesGarbage?: boolean;
  /** Heap used, where it was 1,000,000 bytes at the base. @default 1_000_000 */
  heapUsedBytes?: number;
  /** Of tasks. @default 1 */
  samplingRate?: number;
}

/** Every function `name` is in `/app/name.js`, line 1; one that begins with `node:` is Node's. */
function framesOf(stack: string) {
  return stack.split('<').map((name): MemoryRow['frames'][number] => {
    const isRuntime = name.startsWith('node:');
    return {
      function: name,
      file: isRuntime ? name : `/app/${name}.js`,
      path: isRuntime ? name : `${name}.js`,
      line: 1,
      origin: isRuntime ? 'RUNTIME' : 'OWN',
    };
  });
}

function memoryRow([stack, bytesDelta]: [string, number], numbers: DiffNumbers): MemoryRow {
  const frames = framesOf(stack);
  const [place] = frames as [MemoryRow['frames'][number]];
  const change = bytesDelta > 0 ? 'GREW' : 'SHRANK';
  const countDelta = bytesDelta / 100;
  const allocatedBytes = Math.max(0, bytesDelta) + (numbers.freedBytes ?? 0);
  return {
    ...place,
    ...{ id: stack, stackId: stack, change, bytesDelta, countDelta, frames, allocatedBytes },
    ...{
      baseBytes: 1e6,
      baseCount: 1e4,
      toBytes: 1e6 + bytesDelta,
      toCount: 1e4 + countDelta,
      marginBytes: null,
      baseSamples: null,
      toSamples: null,
    },
  };
}

function taskRow([stack, countDelta]: [string, number], numbers: DiffNumbers): TaskRow {
  const frames = framesOf(stack);
  const toCount = 100 + countDelta;
  return {
    ...{ id: stack, change: 'GREW', countDelta, baseCount: 100, toCount },
    group: {
      state: 'await',
      category: 'UNKNOWN',
      sampledCount: toCount * (numbers.samplingRate ?? 1),
      topFunc: frames[0]!.function,
      topFrame: frames[0]!,
      frames,
      routes: numbers.route === undefined ? [] : [{ route: numbers.route, count: toCount }],
      oldestWaitMs: 1,
      outlivedRequest: 0,
      stuckReason: null,
    },
  };
}

export function diffOf(numbers: DiffNumbers): Diff {
  const memory = Object.entries(numbers.memory ?? {});
  const isGrowth = ([, delta]: [string, number]) => delta > 0;
  const grown = memory.filter(isGrowth).map((entry) => memoryRow(entry, numbers));
  const shrunk = memory
    .filter((entry) => !isGrowth(entry))
    .map((entry) => memoryRow(entry, numbers));
  const tasks = Object.entries(numbers.tasks ?? {}).map((entry) => taskRow(entry, numbers));
  const to = {
    includesGarbage: numbers.includesGarbage ?? false,
    samplingIntervalBytes: SAMPLING_INTERVAL_BYTES,
    memory: { alloc: numbers.heapUsedBytes ?? BASE_HEAP_BYTES },
    instrumentation: { samplingRate: numbers.samplingRate ?? 1, dutyCycle: 1 },
  };
  const base = { memory: { alloc: BASE_HEAP_BYTES } };
  return {
    base,
    to,
    allocations: { grown, shrunk },
    tasks: { grown: tasks, shrunk: [] },
    outside: Object.entries(numbers.outside ?? {}).map(
      ([what, { count, bytes = 0, marginBytes = null }]) => {
        const [kind, stack] = what.split(' ') as [string, string];
        const frames = framesOf(stack);
        return { id: what, kind, countDelta: count, bytesDelta: bytes, marginBytes, frames };
      },
    ),
  } as unknown as Diff;
}
