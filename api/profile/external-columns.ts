/**
 * Buffers outside the heap within a heap profile: columns of their own, so that no reader adds them up
 * with the heap by mistake.
 */
import { type Profile, type Sample, sampleTypeIndex } from './profile.ts';

/** The name within a heap profile of each column of buffers. */
const NAMES = [
  ['external_alloc_objects', 'alloc_objects'],
  ['external_alloc_space', 'alloc_space'],
  ['external_objects', 'inuse_objects'],
  ['external_space', 'inuse_space'],
] as const;

const COMMENT =
  'external_* are buffers outside the heap, as seen being made by functions of Buffer; their lines are those of the calls.';

/**
 * A heap profile with buffers as columns in front of its own, so that those of the heap stay the last,
 * which readers show first.
 */
export function withExternalColumns(heap: Profile, external: Profile): Profile {
  const columns = NAMES.map(([, type]) => sampleTypeIndex(external, type));
  const unitOf = (type: string) => (type.endsWith('_objects') ? 'count' : 'bytes');
  const none = NAMES.map(() => 0);
  const offset = heap.frames.length;
  const ofHeap = heap.samples.map(
    (sample): Sample => ({ ...sample, values: [...none, ...Array.from(sample.values)] }),
  );
  const ofBuffers = external.samples.map(
    ({ stack, values }): Sample => ({
      stack: Array.from(stack, (frame) => frame + offset),
      values: [...columns.map((at) => values[at] ?? 0), ...heap.sampleTypes.map(() => 0)],
    }),
  );
  return {
    ...heap,
    sampleTypes: [...NAMES.map(([type]) => ({ type, unit: unitOf(type) })), ...heap.sampleTypes],
    frames: [...heap.frames, ...external.frames],
    samples: [...ofHeap, ...ofBuffers],
    comments: [...(heap.comments ?? []), COMMENT],
  };
}

/** The buffers of such a profile, under the names of a heap profile; null where it has none. */
export function externalColumnsOf(profile: Profile): Profile | null {
  const columns = NAMES.map(([name, type]) => ({ at: sampleTypeIndex(profile, name), type }));
  if (columns.some(({ at }) => at < 0)) return null;
  const samples = profile.samples.map(({ stack, values }) => ({
    stack,
    values: columns.map(({ at }) => values[at] ?? 0),
  }));
  return {
    sampleTypes: columns.map(({ at, type }) => ({ type, unit: profile.sampleTypes[at]!.unit })),
    frames: profile.frames,
    samples: samples.filter(({ values }) => values.some((value) => value !== 0)),
  };
}
