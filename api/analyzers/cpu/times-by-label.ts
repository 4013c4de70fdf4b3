/** The time of a profile, by what its samples are labeled with. */
import type { Profile, Sample } from '../../profile/profile.ts';
import { addTimes, percentOf, type Times, timesReader } from './times.ts';

export interface LabelTimes {
  /** Null for samples without the label. */
  value: string | null;
  times: Times;
  /** Share of the profile's wall time, 0 to 100. */
  percent: number;
  /** The samples of this value alone. */
  profile: Profile;
}

/** In the order in which the values come. */
export function timesByLabel(profile: Profile, label: string): LabelTimes[] {
  const read = timesReader(profile);
  const all = read.zero();
  const values = new Map<string | null, { times: Times; samples: Sample[] }>();
  for (const sample of profile.samples) {
    const value = sample.labels?.[label] ?? null;
    const ofValue = values.get(value) ?? { times: read.zero(), samples: [] };
    values.set(value, ofValue);
    ofValue.samples.push(sample);
    const times = read.times(sample);
    addTimes(ofValue.times, times);
    addTimes(all, times);
  }
  return [...values].map(([value, { times, samples }]) => ({
    value,
    times,
    percent: percentOf(times.wallMs, all.wallMs),
    profile: { ...profile, samples },
  }));
}
