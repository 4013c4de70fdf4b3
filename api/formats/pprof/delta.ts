/** What happened between two profiles of one process. */
import { createStackNumbers } from '../../analyzers/stack-numbers.ts';
import type { Profile, Sample } from '../../profile/profile.ts';
import { createFrameInterner } from '../frame-interner.ts';

/**
 * `target` minus `base`, stack by stack, without those that did not change. Live values fall where
 * more was freed than allocated. As Go does it, the time is the target's, and the duration that
 * between both. Both must have the same sample types; labels are not kept.
 *
 * For example `a;b 5` and `a;c 2` from `a;b 3` and `a;d 1` is `a;b 2`, `a;c 2` and `a;d -1`.
 */
export function profileDelta(base: Profile, target: Profile): Profile {
  const { frames, indexOf } = createFrameInterner();
  const stackNumbers = createStackNumbers();
  const samples: (Sample & { values: number[] })[] = [];

  function add(profile: Profile, sign: 1 | -1): void {
    const indexes = profile.frames.map(indexOf);
    for (const sample of profile.samples) {
      const stack = Array.from(sample.stack, (frame) => indexes[frame]!);
      const number = stackNumbers.numberOf(stack);
      samples[number] ??= { stack, values: profile.sampleTypes.map(() => 0) };
      const { values } = samples[number];
      for (const type of values.keys()) values[type]! += sign * sample.values[type]!;
    }
  }
  add(target, 1);
  add(base, -1);

  const { startedAtMs: endedAtMs = 0 } = target;
  return {
    ...target,
    frames,
    samples: samples.filter(({ values }) => values.some((value) => Math.round(value) !== 0)),
    durationMs: endedAtMs - (base.startedAtMs ?? endedAtMs),
  };
}
