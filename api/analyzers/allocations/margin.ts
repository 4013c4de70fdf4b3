/** By how much an estimate of a heap sampler may be off. */
import type { Evidence, HeapEvidence } from '../../profile/profile.ts';

/** Standard deviations within which 95 % of all estimates are. */
const Z = 1.96;

/** @internal */
export const NO_EVIDENCE: Evidence = { samples: 0, variance: 0, doubtBytes: 0 };

export const noHeapEvidence = (): HeapEvidence => ({
  live: { ...NO_EVIDENCE },
  cumulative: { ...NO_EVIDENCE },
});

/**
 * The true value is within this of `bytes` in 95 of 100 cases. Wilson's interval for a count of
 * samples, whose upper half is the wider one: of few samples a multiple of what they show.
 *
 * For example one sample that stands for 512 kB: 512 kB and at most 2.4 MB more. 100 of them: 51 MB
 * and at most 11 MB more or less. Of objects much larger than the sampling interval: 0.
 */
export function marginBytes(bytes: number, evidence: Evidence): number {
  return chanceMargin(evidence.variance, bytesPerSample(bytes, evidence)) + evidence.doubtBytes;
}

/** Of each kind of evidence the sum, into the first. */
export function addEvidence(sum: HeapEvidence, more: HeapEvidence): void {
  for (const kind of ['live', 'cumulative'] as const) {
    sum[kind].samples += more[kind].samples;
    sum[kind].variance += more[kind].variance;
    sum[kind].doubtBytes += more[kind].doubtBytes;
  }
}

/** One side of a difference of live bytes. */
export interface MeasuredLive {
  liveBytes: number;
  evidence: HeapEvidence;
}

/**
 * The margin of the live bytes at the target minus those at the base. Objects that are there at both
 * moments are the same samples and add nothing to it. How many those are, cumulative samples tell:
 * what was allocated in between and what was freed are all that can differ.
 */
export function deltaMarginBytes(
  base: MeasuredLive,
  target: MeasuredLive,
  hasCumulative: boolean,
): number {
  const [before, after] = [base.evidence, target.evidence];
  const independent = before.live.variance + after.live.variance;
  const allocated = after.cumulative.variance - before.cumulative.variance;
  const grown = after.live.variance - before.live.variance;
  // Where samples were thinned out in between, that alone has made it grow.
  const turnover = Math.max(0, grown, 2 * allocated - grown);
  const variance = hasCumulative ? Math.min(independent, turnover) : independent;
  const perSample = Math.max(
    bytesPerSample(base.liveBytes, before.live),
    bytesPerSample(target.liveBytes, after.live),
  );
  return chanceMargin(variance, perSample) + before.live.doubtBytes + after.live.doubtBytes;
}

/**
 * Variance a byte: the sampling interval for small objects, 0 for those much larger than it. Where
 * hardly anything is thought to be left of what was sampled, its variance is that of what may be.
 */
function bytesPerSample(bytes: number, { variance, doubtBytes }: Evidence): number {
  const most = Math.max(Math.abs(bytes), doubtBytes);
  return most === 0 ? 0 : variance / most;
}

function chanceMargin(variance: number, perSample: number): number {
  if (variance <= 0) return 0;
  return (Z * Z * perSample) / 2 + Z * Math.sqrt(variance + (Z * perSample) ** 2 / 4);
}
