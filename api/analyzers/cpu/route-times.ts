/** Which route of the program's server the time went to. */
import { ROUTE_LABEL } from '../../profile/from-readings/cpu.ts';
import type { Profile, Sample } from '../../profile/profile.ts';
import { addTimes, byMostTime, percentOf, type Times, timesReader } from './times.ts';

export interface RouteTimes {
  /** For example `GET /users/:id`; null for work outside of any request. */
  route: string | null;
  times: Times;
  /** Share of the profile's wall time, 0 to 100. */
  percent: number;
  /** The samples of this route alone. */
  profile: Profile;
}

/** Routes by time, then name; work outside of any request comes last. */
export function routeTimes(profile: Profile): RouteTimes[] {
  const read = timesReader(profile);
  const all = read.zero();
  const routes = new Map<string | null, { times: Times; samples: Sample[] }>();
  for (const sample of profile.samples) {
    const name = sample.labels?.[ROUTE_LABEL] ?? null;
    const route = routes.get(name) ?? { times: read.zero(), samples: [] };
    routes.set(name, route);
    route.samples.push(sample);
    const times = read.times(sample);
    addTimes(route.times, times);
    addTimes(all, times);
  }
  return [...routes]
    .map(([route, { times, samples }]) => ({
      route,
      times,
      percent: percentOf(times.wallMs, all.wallMs),
      profile: { ...profile, samples },
    }))
    .sort(byTime);
}

function byTime(a: RouteTimes, b: RouteTimes): number {
  if (a.route === null || b.route === null)
    return Number(a.route === null) - Number(b.route === null);
  return byMostTime(a.times, b.times) || Number(a.route > b.route) - Number(a.route < b.route);
}
