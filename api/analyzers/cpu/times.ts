/** Time in a CPU profile, counted in its three ways. */
import { NS_PER_MS } from '../../base/numbers/units.ts';
import { type Profile, type Sample, sampleTypeIndex } from '../../profile/profile.ts';

/** Time of a function, of a node of the call tree, or of a route. */
export interface Times {
  samples: number;
  wallMs: number;
  /** Null where the profile has no CPU time. */
  cpuMs: number | null;
}

export interface TimesReader {
  zero(): Times;
  times(sample: Sample): Times;
}

/** Reads a CPU profile's samples; a profile with CPU time alone, such as Go's, counts it as wall time. */
export function timesReader(profile: Profile): TimesReader {
  const samples = sampleTypeIndex(profile, 'samples');
  const cpu = sampleTypeIndex(profile, 'cpu');
  const wall = sampleTypeIndex(profile, 'wall');
  const hasCpu = cpu >= 0;
  return {
    zero: () => ({ samples: 0, wallMs: 0, cpuMs: hasCpu ? 0 : null }),
    times: ({ values }) => ({
      samples: values[samples] ?? 0,
      wallMs: (values[wall >= 0 ? wall : cpu] ?? 0) / NS_PER_MS,
      cpuMs: hasCpu ? values[cpu]! / NS_PER_MS : null,
    }),
  };
}

export function addTimes(sum: Times, { samples, wallMs, cpuMs }: Times): void {
  sum.samples += samples;
  sum.wallMs += wallMs;
  if (sum.cpuMs !== null) sum.cpuMs += cpuMs ?? 0;
}

/** Most time first. Not by samples: the time from one to the next differs. */
export function byMostTime(a: Times, b: Times): number {
  return b.wallMs - a.wallMs || b.samples - a.samples;
}

export function percentOf(part: number, whole: number): number {
  return whole > 0 ? (part / whole) * 100 : 0;
}
