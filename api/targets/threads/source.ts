/** The readings of one worker thread. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CategoryRule } from '../../base/category-rule.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { isOwnFile } from '../../base/files/own-files.ts';
import { clamp } from '../../base/numbers/clamp.ts';
import { BYTES_PER_MIB, US_PER_MS } from '../../base/numbers/units.ts';
import { singleFlight } from '../../base/waiting/single-flight.ts';
import { allocationSnapshot } from '../../diagnostics/heap/allocations.ts';
import type { UnavailableField } from '../../diagnostics/pprof.ts';
import type { ProcessFacts } from '../../diagnostics/process-facts.ts';
import {
  type GoroutineSnapshot,
  goroutinesOf,
  type TasksRequest,
} from '../../diagnostics/tasks.ts';
import type { InspectedThread } from '../../link/threads.ts';
import type { InstrumentationReading } from '../../probe/readings/instrumentation.ts';
import type { TasksReading } from '../../probe/readings/tasks.ts';
import type { FrameLocator } from '../../source-maps/frame-locator.ts';
import { UNTRACKED } from '../asked/untracked.ts';
import type { TargetReading, TargetSource, ThreadStatus } from '../target.ts';
import { evaluate } from './evaluate.ts';
import { FACTS, FIGURES, RESOURCES, type ThreadFacts, type ThreadFigures } from './expressions.ts';
import { type ThreadLoop, watchThreadLoop } from './loop-watch.ts';
import { createThreadHeap, type ThreadHeap, takeThreadProfile } from './profiles.ts';

export interface ThreadSourceOptions {
  locateStack: FrameLocator['locateStack'];
  stallThresholdMs: number;
  categoryRules: readonly CategoryRule[];
  isMainInNative: () => boolean;
  /** Of the process that it is in. */
  processFacts: () => Promise<ProcessFacts>;
}

export interface ThreadSource extends TargetSource {
  readonly title: string;
  readonly loop: ThreadLoop;
  readonly heap: ThreadHeap;
  /** Once a second or so. Never rejects. */
  tick(): Promise<void>;
  status(): ThreadStatus;
  /** At which it ends; null before it was asked. */
  heapLimitBytes(): number | null;
  close(): void;
}

/** Asked sooner, it may not have begun with what Node itself does at its start. */
const SETTLED_MS = 300;
/** One that has used less than this since its last reading has done nothing: its figures are the same. */
const IDLE_MS = 2;
/** Several questions within so long are about one moment. */
const FRESH_MS = 500;

const INSTRUMENTATION: InstrumentationReading = {
  ...UNTRACKED,
  disabledReason: 'nothing of pprofql runs in a worker thread: its handles are counted by type',
};

const UNAVAILABLE: readonly UnavailableField[] = [
  { field: 'memory.totalAlloc', reason: 'not told of a worker thread' },
  { field: 'memory.sys', reason: 'memory is the whole process’: see the target of the process' },
  { field: 'memory.heapObjects', reason: 'V8’s sampler in a worker does not count them' },
  {
    field: 'inuseAllocations.count',
    reason: 'V8’s sampler in a worker does not count objects: 0 stands for unknown',
  },
  {
    field: 'inuseAllocations.liveCount',
    reason: 'V8’s sampler in a worker does not count objects: 0 stands for unknown',
  },
  { field: 'topAllocations', reason: 'V8’s sampler in a worker tells live memory alone' },
  { field: 'runtime.numGc', reason: 'collections of a worker are not watched' },
  { field: 'runtime.gcPauseNs', reason: 'collections of a worker are not watched' },
  { field: 'requests', reason: 'requests are observed on the main thread' },
  { field: 'routes', reason: 'requests are observed on the main thread' },
];

export function createThreadSource(
  thread: InspectedThread,
  options: ThreadSourceOptions,
): ThreadSource {
  const title = `worker-${thread.id} of ${placeOf(thread)}`;
  let facts: ThreadFacts | null = null;
  let lastFigures: { figures: ThreadFigures; atMs: number; ranMs: number | null } | null = null;
  /** At the end of the interval before. */
  let interval: ThreadFigures | null = null;
  let utilization: number | null = null;
  const loop = watchThreadLoop(thread, {
    ...options,
    thresholdMs: options.stallThresholdMs,
    kernelId: () => facts?.kernelId ?? null,
  });
  const heap = createThreadHeap(thread, options.locateStack);

  const learn = singleFlight(async () => {
    if (facts !== null || Date.now() - thread.startedAtMs < SETTLED_MS) return;
    facts = await evaluate<ThreadFacts>(thread, FACTS).catch(() => null);
  });

  const askFigures = singleFlight(async () => {
    const ageMs = Date.now() - thread.startedAtMs;
    if (ageMs < SETTLED_MS) await sleep(SETTLED_MS - ageMs, undefined, { ref: false });
    await learn();
    const figures = await evaluate<ThreadFigures>(thread, FIGURES);
    lastFigures = { figures, atMs: Date.now(), ranMs: loop.ranMs() };
    return lastFigures;
  });

  /** What an idle thread told last is still so: it is not woken for it. */
  async function figuresNow() {
    const known = lastFigures;
    if (known === null) return askFigures();
    const ranMs = loop.ranMs();
    const isIdle = ranMs !== null && known.ranMs !== null && ranMs - known.ranMs < IDLE_MS;
    return isIdle || Date.now() - known.atMs < FRESH_MS ? known : askFigures();
  }

  function utilizationSince(before: ThreadFigures | null, now: ThreadFigures): number | null {
    if (before === null) return null;
    const allMs = now.loopMs - before.loopMs;
    // Not asked since: it had nothing to do.
    return allMs <= 0 ? 0 : clamp(1 - (now.idleMs - before.idleMs) / allMs, 0, 1);
  }

  function heapLimitBytes(): number | null {
    if (facts?.limitMb != null) return facts.limitMb * BYTES_PER_MIB;
    return lastFigures?.figures.heapLimitBytes ?? null;
  }

  async function read({ closeInterval }: { closeInterval: boolean }): Promise<TargetReading> {
    const { figures, atMs } = await figuresNow();
    const busy = utilizationSince(interval, figures);
    if (closeInterval) {
      interval = figures;
      utilization = busy;
    }
    const ranMs = loop.ranMs();
    const process = await options.processFacts();
    const { cpu } = figures;
    return {
      figures: {
        takenAtMs: closeInterval ? Date.now() : atMs,
        memory: {
          heapUsedBytes: figures.heapUsedBytes,
          heapTotalBytes: figures.heapTotalBytes,
          heapLimitBytes: heapLimitBytes(),
          oldSpaceUsedBytes: figures.oldSpaceUsedBytes,
          externalBytes: figures.externalBytes,
          arrayBuffersBytes: figures.arrayBuffersBytes,
          rssBytes: null,
        },
        cpu:
          ranMs !== null
            ? { userUs: ranMs * US_PER_MS, systemUs: null }
            : cpu && { userUs: cpu.user, systemUs: cpu.system },
        gc: { count: null, lastPauseNs: null, interval: {} },
        eventLoop: {
          delayP50Ms: null,
          delayP99Ms: null,
          delayMaxMs: null,
          utilization: busy ?? utilization,
        },
        liveTasks: null,
        requestsInFlight: null,
        instrumentation: INSTRUMENTATION,
      },
      cpu: null,
      process: {
        ...process,
        instanceId: `${process.instanceId}-${thread.id}`,
        startedAtMs: thread.startedAtMs,
        title,
      },
      heapObjects: null,
      unavailable: [...UNAVAILABLE],
    };
  }

  async function readGoroutines({ raw, exact }: TasksRequest): Promise<GoroutineSnapshot> {
    if (exact) {
      throw new DiagnosticsError('UNAVAILABLE', 'tasks of a worker thread are not read exactly');
    }
    const names = await evaluate<string[]>(thread, RESOURCES);
    const untracked: Record<string, number> = {};
    for (const name of names) untracked[name] = (untracked[name] ?? 0) + 1;
    const reading: TasksReading = {
      takenAtMs: Date.now(),
      isExact: false,
      tasks: [],
      stacks: [],
      requests: [],
      untracked,
      longestSliceMs: 0,
      instrumentation: INSTRUMENTATION,
    };
    return goroutinesOf(reading, {
      raw,
      categoryRules: options.categoryRules,
      observation: { via: 'INSPECTOR', measuredAtMs: reading.takenAtMs },
    });
  }

  return {
    kind: 'NODE_THREAD',
    title,
    loop,
    heap,
    read,
    async readAllocations() {
      return allocationSnapshot(await heap.read(), { isOwnFile });
    },
    heapLimitBytes,
    readHeap: heap.read,
    readGoroutines,
    readLoop: async () => ({ status: loop.status(), stalls: loop.stalls() }),
    readCpuProfile: (request) => takeThreadProfile(thread, options.locateStack, request),
    async tick() {
      await learn();
      await loop.tick();
    },
    status: () => ({
      id: thread.id,
      file: thread.file,
      threadName: thread.name,
      startedAtMs: thread.startedAtMs,
      cpuPercent: loop.cpuPercent(),
      utilization,
      heapUsedBytes: lastFigures?.figures.heapUsedBytes ?? null,
      loop: loop.status(),
    }),
    close() {
      loop.close();
      heap.close();
    },
  };
}

/** For example `pool.js`, or the name that the program gave it. */
function placeOf({ file, name }: InspectedThread): string {
  if (name !== null) return name;
  if (file === null) return 'evaluated code';
  return path.posix.basename(decodeURIComponent(file.split('?')[0] ?? file));
}
