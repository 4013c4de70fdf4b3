/** Which route of the program's server the time went to. */
import { ROUTE_LABEL } from '../../profile/from-readings/cpu.ts';
import type { Profile } from '../../profile/profile.ts';
import { byMostTime } from './times.ts';
import { type LabelTimes, timesByLabel } from './times-by-label.ts';

export interface RouteTimes extends Omit<LabelTimes, 'value'> {
  /** For example `GET /users/:id`; null for work outside of any request. */
  route: string | null;
}

/** Routes by time, then name; work outside of any request comes last. */
export function routeTimes(profile: Profile): RouteTimes[] {
  return timesByLabel(profile, ROUTE_LABEL)
    .map(({ value: route, ...times }) => ({ route, ...times }))
    .sort(byTime);
}

function byTime(a: RouteTimes, b: RouteTimes): number {
  if (a.route === null || b.route === null)
    return Number(a.route === null) - Number(b.route === null);
  return byMostTime(a.times, b.times) || Number(a.route > b.route) - Number(a.route < b.route);
}
