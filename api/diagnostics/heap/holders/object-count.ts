/** How many objects V8 has on a heap, by what is known of it without looking through it. */
import { type Profile, sampleTypeIndex } from '../../../profile/profile.ts';

export interface HeapSize {
  usedBytes: number;
  /** Without the young generation, much of which is garbage. */
  oldSpaceUsedBytes: number;
  /** Null where the heap was not sampled, or not read yet. */
  sampled: SampledObjects | null;
}

/** What the heap sampler saw of what is live. */
export interface SampledObjects {
  bytes: number;
  /** As V8 counts them. */
  objects: number;
  samples: number;
}

/** Of a program that has hardly begun. Measured, on Node 22 to 26. */
const BASE_OBJECTS = 90_000;
const BASE_HEAP_BYTES = 5_000_000;
/** Of heaps of 30 to 230 MB of small objects, texts and numbers together, as leaks mostly are. */
const USUAL_BYTES_PER_OBJECT = 45;
/** Six kinds of leaks had 41 to 57. */
const LEAST_BYTES_PER_OBJECT = 42;
/**
 * Objects that are made together, such as one with its array and its numbers, the sampler takes for one: of five that had
 * 42 bytes each it told 107. By so much the size that it tells may be that of a group.
 */
const GROUP_BYTES = 90;
/** With as many samples, they tell as much of the sizes as what is usual does. */
const SAMPLES_TO_TRUST = 10;

export function countObjects({ usedBytes, oldSpaceUsedBytes, sampled }: HeapSize): number {
  // Of the young generation some is live.
  const liveBytes = Math.max(0, (usedBytes + oldSpaceUsedBytes) / 2 - BASE_HEAP_BYTES);
  return Math.round(BASE_OBJECTS + liveBytes / bytesPerObject(sampled));
}

function bytesPerObject(sampled: SampledObjects | null): number {
  if (sampled === null || sampled.objects <= 0) return USUAL_BYTES_PER_OBJECT;
  const trust = sampled.samples / (sampled.samples + SAMPLES_TO_TRUST);
  return (sampled.bytes / sampled.objects) ** trust * USUAL_BYTES_PER_OBJECT ** (1 - trust);
}

export function sampledObjectsOf(profile: Profile): SampledObjects {
  const bytesAt = sampleTypeIndex(profile, 'inuse_space');
  const objectsAt = sampleTypeIndex(profile, 'inuse_objects');
  const sum: SampledObjects = { bytes: 0, objects: 0, samples: 0 };
  for (const { values, evidence } of profile.samples) {
    const [bytes = 0, objects = 0] = [values[bytesAt], values[objectsAt]];
    if (bytes <= 0 || objects <= 0) continue;
    sum.bytes += bytes;
    sum.objects += bytes / Math.max(LEAST_BYTES_PER_OBJECT, bytes / objects - GROUP_BYTES);
    sum.samples += evidence?.live.samples ?? 0;
  }
  return sum;
}
