/** Which traces of OpenTelemetry the time went to. */
import { TRACE_LABEL } from '../../profile/from-readings/cpu.ts';
import type { Profile } from '../../profile/profile.ts';
import { byMostTime } from './times.ts';
import { type LabelTimes, timesByLabel } from './times-by-label.ts';

export interface TraceTimes extends Omit<LabelTimes, 'value'> {
  traceId: string;
}

/** Those with most time first; work outside of any trace is no row. */
export function traceTimes(profile: Profile): TraceTimes[] {
  return timesByLabel(profile, TRACE_LABEL)
    .flatMap(({ value: traceId, ...times }) => (traceId === null ? [] : [{ traceId, ...times }]))
    .sort((a, b) => byMostTime(a.times, b.times));
}
