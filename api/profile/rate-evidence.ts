/**
 * How far the figures of a heap profile from elsewhere can be trusted. Go scales the samples of each
 * row up by the mean size of its objects and the sampling rate, which stands in the profile as its
 * period: so the samples can be counted back.
 */
import { RESTARTED_COMMENT } from './heap-profile.ts';
import { type Evidence, type Profile, sampleTypeIndex } from './profile.ts';

const PERIOD_TYPE = 'space';

/**
 * The same profile with evidence for each sample; as it is where it does not tell its rate, and where
 * the sampler was restarted with another one.
 */
export function withRateEvidence(profile: Profile): Profile {
  const { period = 0, periodType } = profile;
  if (periodType?.type !== PERIOD_TYPE || period <= 0) return profile;
  if (profile.comments?.some((comment) => comment.startsWith(RESTARTED_COMMENT))) return profile;
  const index = (type: string) => sampleTypeIndex(profile, type);
  const live = { objects: index('inuse_objects'), bytes: index('inuse_space') };
  const cumulative = { objects: index('alloc_objects'), bytes: index('alloc_space') };
  return {
    ...profile,
    samples: profile.samples.map((sample) => {
      const its = [live, cumulative].map((columns) => evidenceOf(sample.values, columns, period));
      const [ofLive, ofCumulative] = its;
      return ofLive && ofCumulative
        ? { ...sample, evidence: { live: ofLive, cumulative: ofCumulative } }
        : sample;
    }),
  };
}

/** Below zero in a profile of differences: as uncertain as if it had grown by as much. */
function evidenceOf(
  values: ArrayLike<number>,
  columns: { objects: number; bytes: number },
  intervalBytes: number,
): Evidence | null {
  const objects = Math.abs(values[columns.objects] ?? 0);
  const bytes = Math.abs(values[columns.bytes] ?? 0);
  if (bytes === 0) return { samples: 0, variance: 0, doubtBytes: 0 };
  // Of how many objects these are, is not told.
  if (objects === 0) return null;
  const sizeBytes = bytes / objects;
  const probability = -Math.expm1(-sizeBytes / intervalBytes);
  const samples = Math.max(1, Math.round(objects * probability));
  const variance = (samples * sizeBytes ** 2 * (1 - probability)) / probability ** 2;
  return { samples, variance, doubtBytes: 0 };
}
