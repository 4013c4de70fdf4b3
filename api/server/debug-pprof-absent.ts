/** Profiles that Go has and one JavaScript thread has not: empty, as Go gives them unless told to measure. */
import type { Diagnostics } from '../diagnostics/types.ts';
import { encodeProfile } from '../formats/pprof.ts';
import type { Profile } from '../profile/profile.ts';
import type { PprofEndpoint } from './debug-pprof-query.ts';

const COUNT = { type: 'contentions', unit: 'count' };
const DELAY = { type: 'delay', unit: 'nanoseconds' };

const NO_CONTENTION: Profile = {
  sampleTypes: [COUNT, DELAY],
  frames: [],
  samples: [],
  periodType: COUNT,
  period: 1,
  comments: ['Always empty: JavaScript waits for no locks. What tasks wait for is at goroutine.'],
};

/** Scrapers ask for them by default, and count a missing one as a failure. */
export function absentEndpoints(diagnostics: Diagnostics): PprofEndpoint[] {
  return ['block', 'mutex'].map((name) => ({
    name,
    description: 'Always empty, for scrapers that ask for it.',
    async answer() {
      const { title: program } = await diagnostics.process();
      const profile = { ...NO_CONTENTION, startedAtMs: Date.now() };
      return { kind: 'profile', fileName: name, chunks: encodeProfile(profile, { program }) };
    },
  }));
}
