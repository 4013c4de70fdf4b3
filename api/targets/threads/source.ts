/** The readings of one worker thread. */
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isOwnFile } from '../../base/files/own-files.ts';
import { packageNameOf } from '../../base/files/package-name.ts';
import { clamp } from '../../base/numbers/clamp.ts';
import { BYTES_PER_MIB, NS_PER_MS, US_PER_MS } from '../../base/numbers/units.ts';
import { openThreadTime } from '../../base/thread-time.ts';
import { singleFlight } from '../../base/waiting/single-flight.ts';
import { allocationSnapshot } from '../../diagnostics/heap/allocations.ts';
import type { UnavailableField } from '../../diagnostics/pprof.ts';
import type { ProcessFacts } from '../../diagnostics/process-facts.ts';
import type { InspectedThread } from '../../link/threads.ts';
import type { EventLoopReading } from '../../probe/process/event-loop.ts';
import type { TargetReading, TargetSource, ThreadStatus } from '../target.ts';
import { sumCollections } from './collections.ts';
import { callOn, evaluate, hold, letGo } from './evaluate.ts';
import {
  COUNTERS,
  FACTS,
  FIGURES,
  STOP_COUNTERS,
  type ThreadFacts,
  type ThreadFigures,
} from './expressions.ts';
import { type ThreadLoop, watchThreadLoop } from './loop-watch.ts';
import {
  createThreadHeap,
  type ThreadHeap,
  type ThreadHeapOptions,
  takeThreadProfile,
} from './profiles.ts';
import { createThreadTasks, type ThreadTasksOptions } from './tasks.ts';

export interface ThreadSourceOptions
  extends ThreadHeapOptions,
    Pick<ThreadTasksOptions, 'categoryRules' | 'pauseBudgetPercent'> {
  stallThresholdMs: number;
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
  /** In a request of which route it was made. */
  noteRoute(route: string): void;
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

/** A thread that does more than this has its collections told at each tick, that they do not pile up there. */
const BUSY_PERCENT = 10;
/** Where nobody tells who is busy, each thread counts as such once in so many ticks. */
const UNKNOWN_EVERY = 5;

interface LastFigures {
  figures: ThreadFigures;
  atMs: number;
  ranMs: number | null;
  /** Nothing has been counted since an interval was closed. */
  isIntervalNew: boolean;
}

const UNAVAILABLE: readonly UnavailableField[] = [
  { field: 'memory.totalAlloc', reason: 'not told of a worker thread' },
  { field: 'memory.sys', reason: 'memory is the whole process’: see the target of the process' },
  { field: 'memory.heapObjects', reason: 'V8’s sampler in a worker does not count them' },
  {
    field: 'inuseAllocations.count',
    reason: 'V8’s sampler in a worker does not count objects',
  },
  {
    field: 'inuseAllocations.liveCount',
    reason: 'V8’s sampler in a worker does not count objects',
  },
  { field: 'topAllocations', reason: 'V8’s sampler in a worker tells live memory alone' },
  { field: 'requests', reason: 'requests are observed on the main thread' },
  { field: 'routes', reason: 'requests are observed on the main thread' },
];
const NO_COLLECTIONS = 'this Node does not count the collections of a worker';
const NO_TURNS =
  'Node 22 measures a loop by a timer, which would wake the worker; Node 24 and later tell how long its turns take';

export function createThreadSource(
  thread: InspectedThread,
  options: ThreadSourceOptions,
): ThreadSource {
  const title = `worker-${thread.id} of ${placeOf(thread)}`;
  let facts: ThreadFacts | null = null;
  let lastFigures: LastFigures | null = null;
  /** Null until something is counted there. */
  let counters: string | null = null;
  const collections = sumCollections();
  let ticks = 0;
  let route: string | null = null;
  /** At the end of the interval before. */
  let interval: ThreadFigures | null = null;
  let utilization: number | null = null;
  const loop = watchThreadLoop(thread, {
    ...options,
    thresholdMs: options.stallThresholdMs,
    openTime: () => (facts?.kernelId == null ? null : openThreadTime(facts.kernelId)),
  });
  const heap = createThreadHeap(thread, options);
  const tasks = createThreadTasks(thread, {
    ...options,
    heapUsedBytes: () => lastFigures?.figures.heapUsedBytes ?? 0,
  });

  const learn = singleFlight(async () => {
    if (facts !== null || Date.now() - thread.startedAtMs < SETTLED_MS) return;
    facts = await evaluate<ThreadFacts>(thread, FACTS).catch(() => null);
  });

  const count = singleFlight(async () => {
    counters ??= await hold(thread, COUNTERS);
    return counters;
  });

  async function askFigures(closesInterval: boolean): Promise<LastFigures> {
    const ageMs = Date.now() - thread.startedAtMs;
    if (ageMs < SETTLED_MS) await sleep(SETTLED_MS - ageMs, undefined, { ref: false });
    await learn();
    const figures = await callOn<ThreadFigures>(thread, await count(), FIGURES, closesInterval);
    if (figures.collections !== null) collections.add(figures.collections);
    const told = { figures, atMs: Date.now(), ranMs: loop.ranMs(), isIntervalNew: closesInterval };
    const turns = figures.turns && { p50Ns: 0, p99Ns: 0, maxNs: 0 };
    lastFigures = closesInterval ? { ...told, figures: { ...figures, turns } } : told;
    return told;
  }

  const askToLook = singleFlight(() => askFigures(false));
  const askToClose = singleFlight(() => askFigures(true));

  /** What an idle thread told last is still so: it is not woken for it. */
  async function figuresNow(closesInterval: boolean): Promise<LastFigures> {
    const known = lastFigures;
    if (known !== null && (known.isIntervalNew || !closesInterval)) {
      const ranMs = loop.ranMs();
      const isIdle = ranMs !== null && known.ranMs !== null && ranMs - known.ranMs < IDLE_MS;
      if (isIdle || (!closesInterval && Date.now() - known.atMs < FRESH_MS)) return known;
    }
    return closesInterval ? askToClose() : askToLook();
  }

  /** Each collection that is counted takes some memory of its thread until it has been told. */
  async function tellCollections(): Promise<void> {
    const percent = loop.cpuPercent();
    ticks += 1;
    const isBusy = percent === null ? ticks % UNKNOWN_EVERY === 0 : percent > BUSY_PERCENT;
    if (isBusy || lastFigures === null) await askToLook().catch(() => {});
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
    const { figures, atMs } = await figuresNow(closeInterval);
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
        gc:
          figures.collections === null
            ? { count: null, lastPauseNs: null, interval: {} }
            : collections.read({ closesInterval: closeInterval }),
        eventLoop: {
          ...delaysOf(figures),
          utilization: busy ?? utilization,
        },
        liveTasks: null,
        requestsInFlight: null,
        instrumentation: tasks.instrumentation(),
      },
      cpu: null,
      process: {
        ...process,
        instanceId: `${process.instanceId}-${thread.id}`,
        startedAtMs: thread.startedAtMs,
        title,
      },
      heapObjects: null,
      unavailable: [...UNAVAILABLE, ...uncounted(figures)],
    };
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
    readGoroutines: tasks.read,
    readLoop: async () => ({ status: loop.status(), stalls: loop.stalls() }),
    readCpuProfile: (request) => takeThreadProfile(thread, options.locateStack, request),
    async tick() {
      await learn();
      void tellCollections();
      await loop.tick();
    },
    noteRoute(told) {
      route = told;
    },
    status: () => ({
      id: thread.id,
      file: thread.file,
      threadName: thread.name,
      route,
      startedAtMs: thread.startedAtMs,
      cpuPercent: loop.cpuPercent(),
      utilization,
      heapUsedBytes: lastFigures?.figures.heapUsedBytes ?? null,
      loop: loop.status(),
    }),
    close() {
      loop.close();
      heap.close();
      if (counters !== null) letGo(thread, counters, STOP_COUNTERS);
    },
  };
}

/** Of the turns of its loop; null before the first that has ended, as of any loop. */
function delaysOf({ turns }: ThreadFigures): Omit<EventLoopReading, 'utilization'> {
  const delayMs = (ns: number | undefined) => (ns ? ns / NS_PER_MS : null);
  return {
    delayP50Ms: delayMs(turns?.p50Ns),
    delayP99Ms: delayMs(turns?.p99Ns),
    delayMaxMs: delayMs(turns?.maxNs),
  };
}

function uncounted({ collections, turns }: ThreadFigures): UnavailableField[] {
  const lacking: UnavailableField[] = [];
  const add = (reason: string, fields: readonly string[]) => {
    for (const field of fields) lacking.push({ field, reason });
  };
  if (collections === null) add(NO_COLLECTIONS, ['runtime.numGc', 'runtime.gcPauseNs']);
  if (turns === null) {
    add(NO_TURNS, ['eventLoop.delayP50Ms', 'eventLoop.delayP99Ms', 'eventLoop.delayMaxMs']);
  }
  return lacking;
}

/** For example `pool.js`, `piscina/worker.js` of a dependency, or the name that the program gave it. */
function placeOf({ file, name: given }: InspectedThread): string {
  if (given !== null) return given;
  if (file === null) return 'evaluated code';
  const place = decodeURIComponent(file.split('?')[0] ?? file);
  const name = path.posix.basename(place);
  const ofPackage = packageNameOf(place);
  return ofPackage === null ? name : `${ofPackage}/${name}`;
}
