/**
 * How many objects a sample of V8's heap sampler stands for.
 *
 * V8 samples an object of `sizeBytes` with the probability 1 - exp(-sizeBytes / intervalBytes), so that
 * one sample stands for the reciprocal of that in objects. V8 gives whole numbers: of 576 kB objects at
 * an interval of 512 kB each sample stands for 1.48 and is given as 1, of 572 kB for 1.504 and given
 * as 2. Objects between a twentieth of the interval and four of it are off by up to a half that way.
 * Both sizes are known, so the samples can be counted back, and weighed exactly.
 */
import { math } from '../../../base/numbers/math.ts';

/** A fraction; 1 for objects much larger than the interval. */
export function objectsPerSample(sizeBytes: number, intervalBytes: number): number {
  return 1 / -math.expm1(-sizeBytes / intervalBytes);
}

/** What one sample adds to the variance of the estimated bytes: (n s / p) varies by n s² (1 - p) / p². */
export function bytesVariance(sizeBytes: number, intervalBytes: number): number {
  const weight = objectsPerSample(sizeBytes, intervalBytes);
  return sizeBytes ** 2 * weight * (weight - 1);
}

/** Where V8 rounds the weight of each sample and then adds up (Node 26). */
export function samplesOf(objects: number, sizeBytes: number, intervalBytes: number): number {
  return objects / rounded(objectsPerSample(sizeBytes, intervalBytes));
}

/** Where V8 adds up the samples of one size and rounds the sum (before Node 26). */
export function samplesOfSum(objects: number, sizeBytes: number, intervalBytes: number): number {
  if (objects === 0) return 0;
  return math.max(1, rounded(objects / objectsPerSample(sizeBytes, intervalBytes)));
}

/** As V8 rounds. */
function rounded(value: number): number {
  return math.floor(value + 0.5);
}
