/** Tells heap profiles from others before heap tables are made of one. */
import { DiagnosticsError } from '../base/errors.ts';
import { type Profile, sampleTypeIndex } from './profile.ts';

/** V8's sampling profiler names its live values so; Go says `inuse_…`. */
const LIVE_NAMES: ReadonlyMap<string, string> = new Map([
  ['space', 'inuse_space'],
  ['objects', 'inuse_objects'],
]);

/** How a comment of our own exports begins, which says that live values are more uncertain than samples tell. */
export const RESTARTED_COMMENT = 'The sampler was restarted';

/** What a table needs: bytes and objects ever allocated, or live bytes, of which V8's own sampler tells no objects. */
const TABLE_TYPES = [['alloc_space', 'alloc_objects'], ['inuse_space']] as const;

/**
 * The profile with its values under Go's names, ready for allocation tables.
 * @throws DiagnosticsError `INVALID_INPUT` when it has neither cumulative bytes and objects nor live bytes.
 */
export function heapProfileOrThrow(profile: Profile): Profile {
  const renamed: Profile = {
    ...profile,
    sampleTypes: profile.sampleTypes.map(({ type, unit }) => ({
      type: LIVE_NAMES.get(type) ?? type,
      unit,
    })),
  };
  if (TABLE_TYPES.some((types) => types.every((type) => sampleTypeIndex(renamed, type) >= 0)))
    return renamed;
  if (sampleTypeIndex(profile, 'goroutine') >= 0) {
    throw new DiagnosticsError(
      'INVALID_INPUT',
      'this is a goroutine profile without the states of goroutines; fetch it with debug=2',
    );
  }
  const found = profile.sampleTypes.map(({ type, unit }) => `${type} (${unit})`).join(', ');
  throw new DiagnosticsError(
    'INVALID_INPUT',
    `this is no heap profile: its values are ${found}; heap tables need alloc_space with alloc_objects, or inuse_space`,
  );
}
