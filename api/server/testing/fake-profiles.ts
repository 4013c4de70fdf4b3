/** Diagnostics with one small profile of every kind, for the routes that serve them. */
import { Readable } from 'node:stream';
import { cpuProfileOf } from '../../diagnostics/cpu/profile.ts';
import type { CpuProfileOutcome, CpuProfiles } from '../../diagnostics/cpu/profiles.ts';
import type { HeapProfileSnapshot } from '../../diagnostics/heap/types.ts';
import { cpuReading } from '../../formats/testing/cpu-reading.ts';
import { type FoldedStack, foldedProfile } from '../../formats/testing/folded-profile.ts';
import { taskGroup } from '../../formats/testing/task-group.ts';
import { decodeProfile } from '../../profile/decode/decode.ts';
import { type FakeDiagnostics, fakeDiagnostics } from './fake-diagnostics.ts';
import { serve } from './serve.ts';

export const heapOf = (
  stacks: FoldedStack[],
  collectedAtMs = 5_000,
  cumulativeUnavailable: string | null = null,
): HeapProfileSnapshot => ({
  collectedAtMs,
  pauseMs: 1,
  samplingIntervalBytes: 1_024,
  rotations: 0,
  profile: foldedProfile(stacks),
  cumulativeUnavailable,
});

export const cpuProfile = cpuProfileOf('instance-1', { reading: cpuReading, via: 'DIRECT' });

/** Keeps `instance-1`; adds the seconds of every profile to `asked`. */
export function cpuProfilesGiving(outcome: CpuProfileOutcome, asked: number[] = []): CpuProfiles {
  return {
    ...fakeDiagnostics().cpuProfiles,
    take: async ({ seconds }) => {
      asked.push(seconds);
      return outcome;
    },
    get: (id) => (id === cpuProfile.id ? cpuProfile : null),
  };
}

function fakeProfiles(): FakeDiagnostics {
  const fake = fakeDiagnostics();
  return fakeDiagnostics({
    heapSnapshot: async () => ({ bytes: 2, stream: Readable.from(['{}']) }),
    cpuProfiles: cpuProfilesGiving({ kind: 'TAKEN', profile: cpuProfile }),
    heapProfile: async () => heapOf([['main;leak', 4, 400, 2, 200]]),
    goroutines: async (options) => ({
      ...(await fake.goroutines(options)),
      groups: [taskGroup({ count: 12 })],
    }),
  });
}

export const serveProfiles = (options: Parameters<typeof serve>[0] = {}) =>
  serve({ diagnostics: fakeProfiles(), ...options });

/** A profile as a reader of profile.proto gets it. */
export async function fetchProfile(url: string) {
  const response = await fetch(url);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { response, profile: decodeProfile(bytes), bytes };
}
