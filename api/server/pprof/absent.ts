/** Profiles that Go has and one JavaScript thread has not: empty, as Go gives them unless told to measure. */
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import type { Diagnostics } from '../../diagnostics/types.ts';
import { encodeProfile } from '../../formats/pprof/profile.ts';
import type { Profile, ValueType } from '../../profile/profile.ts';
import { debugOf, deltaSecondsOf, type PprofEndpoint, profileForm, waitSeconds } from './query.ts';

const CONTENTIONS = { type: 'contentions', unit: 'count' };
const DELAY = { type: 'delay', unit: 'nanoseconds' };
const THREADS = { type: 'threadcreate', unit: 'count' };

const NO_LOCKS =
  'Always empty: JavaScript waits for no locks. What tasks wait for is at goroutine.';

interface AbsentProfile {
  name: string;
  sampleTypes: [ValueType, ...ValueType[]];
  comment: string;
  /** With `debug=1`, as Go prints it. Delays are in nanoseconds, hence so many cycles a second. */
  text: string;
}

const ABSENT: readonly AbsentProfile[] = [
  {
    name: 'block',
    sampleTypes: [CONTENTIONS, DELAY],
    comment: NO_LOCKS,
    text: '--- contention:\ncycles/second=1000000000\n',
  },
  {
    name: 'mutex',
    sampleTypes: [CONTENTIONS, DELAY],
    comment: NO_LOCKS,
    text: '--- mutex:\ncycles/second=1000000000\nsampling period=0\n',
  },
  {
    name: 'threadcreate',
    sampleTypes: [THREADS],
    comment: 'Always empty: Node does not tell what its threads were started for.',
    text: 'threadcreate profile: total 0\n',
  },
];

/** Scrapers ask for them by default, and count a missing one as a failure. */
export function absentEndpoints(diagnostics: Diagnostics): PprofEndpoint[] {
  return ABSENT.map((absent) => ({
    name: absent.name,
    description: 'Always empty, for scrapers that ask for it.',
    form: (params) => profileForm(absent.name, params),
    async answer({ params, signal }) {
      const seconds = deltaSecondsOf(params);
      if (debugOf(params) !== 0) return { kind: 'text', text: absent.text };
      if (seconds !== null) await waitSeconds(seconds, signal);
      const { title: program } = await diagnostics.process();
      const chunks = encodeProfile(emptyProfile(absent, seconds ?? 0), { program });
      const fileName = seconds === null ? absent.name : `${absent.name}-delta`;
      return { kind: 'profile', fileName, chunks };
    },
  }));
}

function emptyProfile({ sampleTypes, comment }: AbsentProfile, seconds: number): Profile {
  return {
    sampleTypes,
    frames: [],
    samples: [],
    periodType: sampleTypes[0],
    period: 1,
    startedAtMs: Date.now(),
    durationMs: seconds * MS_PER_SECOND,
    comments: [comment],
  };
}
