/**
 * What is evaluated in a worker thread, in the midst of whatever runs there: quick, and leaving no code
 * behind. No regular expression among it (`RegExp.$1` is the program's), no lazy getter of `process`.
 */

import { MAX_MAPPING_CHARACTERS } from '../../probe/process/loaded-map.ts';
import type { LoadedMapRequest } from '../../probe/readings/loaded-map.ts';

export interface ThreadFacts {
  /** The kernel's id of the thread; null where the system does not tell. */
  kernelId: number | null;
  /** Of its old space, in megabytes; null where the program has set none. */
  limitMb: number | null;
}

export const FACTS = `(() => {
  let kernelId = null;
  try {
    kernelId = Number(process.getBuiltinModule('node:fs').readlinkSync('/proc/thread-self').split('/').pop());
  } catch {}
  const { resourceLimits } = process.getBuiltinModule('node:worker_threads');
  return JSON.stringify({ kernelId, limitMb: resourceLimits.maxOldGenerationSizeMb ?? null });
})()`;

/**
 * What nobody counts in a worker until it is asked for: its collections, and how long the turns of its loop
 * take. Two objects of Node's own count them in native code. The inspector holds them, the program has no
 * way to them, and an idle worker is not woken. Older Nodes measure a loop by a timer, which would wake it:
 * they do not know the option, and do not complain of a wrong one.
 */
export const COUNTERS = `(() => {
  const counters = { turns: null, collections: null };
  try {
    counters.collections = new (process.getBuiltinModule('node:v8').GCProfiler)();
    counters.collections.start();
  } catch {
    counters.collections = null;
  }
  const { monitorEventLoopDelay } = process.getBuiltinModule('node:perf_hooks');
  try {
    monitorEventLoopDelay({ samplePerIteration: 'unless it is known' });
  } catch {
    try {
      counters.turns = monitorEventLoopDelay({ samplePerIteration: true });
      counters.turns.enable();
    } catch {
      counters.turns = null;
    }
  }
  return counters;
})()`;

/** Called on them, with nothing left after it. */
export const STOP_COUNTERS = `function () {
  this.turns?.disable();
  this.collections?.stop();
}`;

/** Collections of one kind since the last reading. */
export interface CountedCollections {
  count: number;
  totalNs: number;
  maxNs: number;
}

/** As `readLoadedMap` does in the main thread; null where the worker has none. */
export const loadedMap = ({ file, url }: LoadedMapRequest): string => `(() => {
  let map;
  try {
    map =
      process.getBuiltinModule('node:module').findSourceMap(${JSON.stringify(url)})?.payload ??
      globalThis.__vitest_worker__?.evaluatedModules?.getModuleSourceMapById?.(${JSON.stringify(file)})?.map;
  } catch {}
  if (typeof map?.mappings !== 'string' || map.mappings.length > ${MAX_MAPPING_CHARACTERS}) return 'null';
  const { version, mappings, sources, sourceRoot } = map;
  return JSON.stringify({ version, mappings, sources, sourceRoot });
})()`;

export interface ThreadFigures {
  /** Null where this Node does not count them, as are the turns. */
  collections: { byType: Record<string, CountedCollections>; lastPauseNs: number | null } | null;
  /** How long turns of its loop took since it was last called with true; 0 before the first has ended. */
  turns: { p50Ns: number; p99Ns: number; maxNs: number } | null;
  heapUsedBytes: number;
  heapTotalBytes: number;
  heapLimitBytes: number;
  oldSpaceUsedBytes: number;
  externalBytes: number;
  arrayBuffersBytes: number;
  /** Since its loop began; both 0 before that. */
  idleMs: number;
  loopMs: number;
  /** Null where Node does not tell it by thread. */
  cpu: { user: number; system: number } | null;
}

/** Called on the counters. A collection between the start of the next profiler and the end of this one would count twice: nothing is made there. */
export const FIGURES = `function (closesInterval) {
  const v8 = process.getBuiltinModule('node:v8');
  const { performance } = process.getBuiltinModule('node:perf_hooks');
  let collections = null;
  if (this.collections !== null) {
    const next = new v8.GCProfiler();
    const ended = this.collections;
    this.collections = next;
    next.start();
    const { statistics } = ended.stop();
    collections = { byType: {}, lastPauseNs: null };
    for (const { gcType, cost } of statistics) {
      const pauseNs = cost * 1_000;
      const sums = (collections.byType[gcType] ??= { count: 0, totalNs: 0, maxNs: 0 });
      sums.count += 1;
      sums.totalNs += pauseNs;
      if (pauseNs > sums.maxNs) sums.maxNs = pauseNs;
      collections.lastPauseNs = pauseNs;
    }
  }
  let turns = null;
  if (this.turns !== null) {
    const isEmpty = this.turns.count === 0;
    turns = {
      p50Ns: isEmpty ? 0 : this.turns.percentile(50),
      p99Ns: isEmpty ? 0 : this.turns.percentile(99),
      maxNs: isEmpty ? 0 : this.turns.max,
    };
    if (closesInterval) this.turns.reset();
  }
  const heap = v8.getHeapStatistics();
  const memory = process.memoryUsage();
  const { loopStart, idleTime } = performance.nodeTiming;
  let oldSpaceUsedBytes = 0;
  for (const space of v8.getHeapSpaceStatistics()) {
    const name = space.space_name;
    if (!name.startsWith('new_') && !name.startsWith('read_only_')) oldSpaceUsedBytes += space.space_used_size;
  }
  return JSON.stringify({
    collections,
    turns,
    heapUsedBytes: heap.used_heap_size,
    heapTotalBytes: heap.total_heap_size,
    heapLimitBytes: heap.heap_size_limit,
    oldSpaceUsedBytes,
    externalBytes: memory.external,
    arrayBuffersBytes: memory.arrayBuffers,
    idleMs: loopStart > 0 ? idleTime : 0,
    loopMs: loopStart > 0 ? performance.now() - loopStart : 0,
    cpu: process.threadCpuUsage?.() ?? null,
  });
}`;

export interface ThreadLook {
  /** One a frame, as V8 prints it, those of the look itself on top. */
  lines: string[];
  /** Turns of its loop so far. */
  turns: number;
}

export const LOOK = `(() => {
  const { prepareStackTrace, stackTraceLimit } = Error;
  let lines = [];
  try {
    Error.stackTraceLimit = 64;
    Error.prepareStackTrace = (_error, sites) => sites.map(String);
    const holder = {};
    Error.captureStackTrace(holder);
    if (Array.isArray(holder.stack)) lines = holder.stack;
  } catch {
  } finally {
    try {
      if (prepareStackTrace === undefined) delete Error.prepareStackTrace;
      else Error.prepareStackTrace = prepareStackTrace;
      Error.stackTraceLimit = stackTraceLimit;
    } catch {}
  }
  const { nodeTiming } = process.getBuiltinModule('node:perf_hooks').performance;
  return JSON.stringify({ lines, turns: nodeTiming.uvMetricsInfo.loopCount });
})()`;
/** Frames of the look itself: the function, and the script around it. */
export const LOOK_FRAMES = 2;

export const RESOURCES = 'JSON.stringify(process.getActiveResourcesInfo())';

/**
 * To be waited for: tells when the call that is running has returned, whether or not the loop turns
 * after it. A port hands out up to a thousand messages in one turn, and a worker of a pool may wait for
 * its next task by `Atomics.wait` within one. Held by the microtask queue, it is not collected before.
 */
export const CALL_RETURNED = '(async () => { await null; return Date.now(); })()';
