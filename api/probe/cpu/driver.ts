/**
 * The native side of the CPU sampler: @datadog/pprof's wall profiler, which interrupts the thread at
 * a steady rate, running or waiting, and notes the stack, the CPU time and a context of our choice.
 */

import { createRequire } from 'node:module';
import { isMainThread } from 'node:worker_threads';
import type * as V8Types from '@datadog/pprof/out/src/v8-types.js';
import { ownProcess } from '../../base/builtins.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { NS_PER_US } from '../../base/numbers/units.ts';

/** A node of V8's call tree; valid only inside the callback of `stop`. */
export interface CpuNode extends Omit<V8Types.TimeProfileNode, 'children'> {
  children: CpuNode[];
}

export interface CpuTree {
  root: CpuNode;
  /** Samples in the whole tree. */
  sampleCount: number;
  /** CPU time of all other threads; null where samples have no details. */
  otherThreadsCpuUs: number | null;
}

export interface CpuDriver {
  /** Notes on every further sample what runs, compared by identity; does nothing where it cannot. */
  setContext(context: object | undefined): void;
  /** Ends the sampling. Its tree is gone with the callback. */
  stop<T>(use: (tree: CpuTree) => T): T;
}

export interface CpuDriverOptions {
  samplingIntervalUs: number;
  /** Room is made for the samples of twice this time; later ones are not kept. */
  durationMs: number;
}

/** Where it is a signal that interrupts the thread, a sample can carry its time, CPU time and context. */
export const HAS_SAMPLE_DETAILS = ownProcess.platform !== 'win32';

/** What the package's types leave out: its native class. */
interface NativeProfiler {
  start(): void;
  stopAndCollect<T>(restart: boolean, use: (profile: V8Types.TimeProfile) => T): T;
  dispose(): void;
  context: object | undefined;
}

type NativeProfilerClass = new (options: Record<string, unknown>) => NativeProfiler;

/**
 * Starts sampling the calling thread.
 * @throws DiagnosticsError `UNAVAILABLE` where another tool has the sampler, or there is none.
 */
export type StartCpuDriver = (options: CpuDriverOptions) => CpuDriver;

/**
 * Loads what sampling needs. That cannot wait for the first profile: where the loop is stuck it begins on
 * top of whatever the program runs, and a module that is loaded there may replace what Node has just
 * told the program of a URL or a file, in memory that all who ask share.
 */
export function loadCpuDriver(): StartCpuDriver {
  const TimeProfiler = loadProfiler();
  return (options) => {
    if (TimeProfiler instanceof DiagnosticsError) throw TimeProfiler;
    return startSampling(TimeProfiler, options);
  };
}

function startSampling(
  TimeProfiler: NativeProfilerClass,
  { samplingIntervalUs, durationMs }: CpuDriverOptions,
): CpuDriver {
  const profiler = new TimeProfiler({
    intervalMicros: samplingIntervalUs,
    durationMillis: durationMs,
    withContexts: HAS_SAMPLE_DETAILS,
    collectCpuTime: HAS_SAMPLE_DETAILS,
    collectAsyncId: false,
    // Lines of calls cannot be had together with contexts.
    lineNumbers: false,
    useCPED: false,
    // It concerns profilers that run on; ours starts anew each time.
    workaroundV8Bug: false,
    isMainThread,
  });
  try {
    profiler.start();
  } catch (cause) {
    throw new DiagnosticsError(
      'UNAVAILABLE',
      'another tool is already taking CPU profiles of this thread (a tracer, or a second pprofql); stop it first',
      { cause },
    );
  }
  return {
    setContext: (context) => {
      profiler.context = context;
    },
    stop(use) {
      try {
        return profiler.stopAndCollect(false, (profile) => use(treeOf(profile)));
      } finally {
        profiler.dispose();
      }
    },
  };
}

function treeOf(profile: V8Types.TimeProfile): CpuTree {
  // V8's own time of the profile begins before it looks through the heap: see sampled-time.ts.
  const { topDownRoot, totalHitCount, nonJSThreadsCpuTime } = profile;
  return {
    root: topDownRoot as CpuNode,
    sampleCount: totalHitCount ?? 0,
    otherThreadsCpuUs: HAS_SAMPLE_DETAILS ? (nonJSThreadsCpuTime ?? 0) / NS_PER_US : null,
  };
}

function loadProfiler(): NativeProfilerClass | DiagnosticsError {
  try {
    const require = createRequire(import.meta.url);
    return require('@datadog/pprof/out/src/time-profiler-bindings.js').TimeProfiler;
  } catch (cause) {
    const { platform, arch, version } = ownProcess;
    return new DiagnosticsError(
      'UNAVAILABLE',
      `the CPU sampler could not be loaded for Node ${version} on ${platform} ${arch}`,
      { cause },
    );
  }
}
