/** CPU profiles and allocation tables of a worker, by V8's own samplers in it: nothing native is loaded there. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DiagnosticsError } from '../../base/errors.ts';
import { MS_PER_SECOND, US_PER_MS } from '../../base/numbers/units.ts';
import type { ResolvedOptions } from '../../base/options/options.ts';
import type { HeapProfileSnapshot } from '../../diagnostics/heap/types.ts';
import type { InspectedThread } from '../../link/threads.ts';
import type { Profile } from '../../profile/profile.ts';
import type { FrameLocator } from '../../source-maps/frame-locator.ts';
import { profileFromCpuProfile, profileFromHeapProfile } from '../files/devtools/file.ts';
import type { CpuProfileJson, HeapProfileJson } from '../files/devtools/json.ts';

const CPU_INTERVAL_US = 1_000;
/** V8 looks through the heap as it starts a CPU profile, and writes down all of it at the end. */
const PROFILE_DEADLINE_MS = 30_000;
/** Nobody has asked for so long: the sampler is given back. */
const HEAP_IDLE_MS = 10 * 60_000;

export async function takeThreadProfile(
  thread: InspectedThread,
  locate: FrameLocator['locateStack'],
  { seconds, signal }: { seconds: number; signal: AbortSignal },
): Promise<Profile> {
  await thread.ask('Profiler.enable');
  await thread.ask('Profiler.setSamplingInterval', { interval: CPU_INTERVAL_US });
  await thread.ask('Profiler.start', {}, PROFILE_DEADLINE_MS);
  try {
    await sleep(seconds * MS_PER_SECOND, undefined, { signal, ref: false }).catch(() => {});
    const { profile } = (await thread.ask('Profiler.stop', {}, PROFILE_DEADLINE_MS)) as {
      profile: CpuProfileJson;
    };
    const { startedAtMs: _machineTime, ...read } = profileFromCpuProfile(profile);
    const startedAtMs = Date.now() - (profile.endTime - profile.startTime) / US_PER_MS;
    return located({ ...read, startedAtMs }, locate);
  } finally {
    thread.ask('Profiler.disable').catch(() => {});
  }
}

export interface ThreadHeap {
  /**
   * What was allocated since the first read and lives: the first begins to look.
   * @throws DiagnosticsError `UNAVAILABLE` where the program samples that heap itself
   */
  read(): Promise<HeapProfileSnapshot>;
  /** Since when it looks; null before the first read. */
  sinceMs(): number | null;
  close(): void;
}

export type ThreadHeapOptions = Pick<FrameLocator, 'locateStack'> &
  Pick<ResolvedOptions, 'heapSamplingIntervalBytes'>;

export function createThreadHeap(
  thread: InspectedThread,
  { locateStack, heapSamplingIntervalBytes }: ThreadHeapOptions,
): ThreadHeap {
  let sinceMs: number | null = null;
  let idle: NodeJS.Timeout | undefined;

  function stop(): void {
    clearTimeout(idle);
    if (sinceMs === null) return;
    sinceMs = null;
    thread.ask('HeapProfiler.stopSampling').catch(() => {});
  }

  return {
    async read() {
      if (sinceMs === null) {
        await thread.ask('HeapProfiler.startSampling', {
          samplingInterval: heapSamplingIntervalBytes,
        });
        sinceMs = Date.now();
      }
      clearTimeout(idle);
      idle = setTimeout(stop, HEAP_IDLE_MS);
      idle.unref();
      const askedAtMs = performance.now();
      const { profile } = (await thread.ask(
        'HeapProfiler.getSamplingProfile',
        {},
        PROFILE_DEADLINE_MS,
      )) as { profile: HeapProfileJson };
      return {
        profile: await located(profileFromHeapProfile(profile), locateStack),
        collectedAtMs: Date.now(),
        pauseMs: performance.now() - askedAtMs,
        samplingIntervalBytes: heapSamplingIntervalBytes,
        rotations: 0,
        cumulativeUnavailable: 'V8’s own sampler in a worker counts live memory alone',
      };
    },
    sinceMs: () => sinceMs,
    close: () => clearTimeout(idle),
  };
}

const LOCATE_DEADLINE_MS = 5_000;

async function located(profile: Profile, locate: FrameLocator['locateStack']): Promise<Profile> {
  const frames = profile.frames.map((frame) => ({
    ...frame,
    column: frame.column ?? 0,
    isAsync: false,
  }));
  const places = await locate(frames, LOCATE_DEADLINE_MS);
  if (places.length !== frames.length) {
    throw new DiagnosticsError('TARGET_FAILED', 'a profile lost frames');
  }
  return { ...profile, frames: places.map(({ isAsync: _never, ...frame }) => frame) };
}
