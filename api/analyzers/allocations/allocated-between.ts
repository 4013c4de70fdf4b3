/** What was allocated between two reads of a heap that counts freed objects too. */
import { type Profile, type Sample, sampleTypeIndex } from '../../profile/profile.ts';
import { createJointFrames } from '../joint-frames.ts';
import { createStackNumbers } from '../stack-numbers.ts';

const TYPES = [
  { type: 'alloc_objects', unit: 'count' },
  { type: 'alloc_space', unit: 'bytes' },
];

interface Sum {
  stack: number[];
  objects: number;
  bytes: number;
  samples: number;
  variance: number;
}

/**
 * Stack by stack the cumulative values of the later read minus those of the earlier one, with the
 * evidence of what came in between. For example `a;b 500` from `a;b 300` and `a;c 100` from nothing
 * are `a;b 200` and `a;c 100`.
 */
export function allocatedBetween(base: Profile, to: Profile): Profile {
  const joint = createJointFrames();
  const numbers = createStackNumbers();
  const sums: Sum[] = [];

  function add(profile: Profile, sign: 1 | -1): void {
    const indexes = joint.indexesOf(profile);
    const objects = sampleTypeIndex(profile, 'alloc_objects');
    const bytes = sampleTypeIndex(profile, 'alloc_space');
    for (const { stack: own, values, evidence } of profile.samples) {
      const stack = Array.from(own, (frame) => indexes[frame]!);
      const number = numbers.numberOf(stack);
      sums[number] ??= { stack, objects: 0, bytes: 0, samples: 0, variance: 0 };
      const sum = sums[number];
      sum.objects += sign * values[objects]!;
      sum.bytes += sign * values[bytes]!;
      sum.samples += sign * (evidence?.cumulative.samples ?? 0);
      sum.variance += sign * (evidence?.cumulative.variance ?? 0);
    }
  }
  add(to, 1);
  add(base, -1);
  return {
    sampleTypes: TYPES,
    frames: joint.frames,
    samples: sums.filter(({ bytes }) => bytes > 0).map(sampleOf),
  };
}

function sampleOf({ stack, objects, bytes, samples, variance }: Sum): Sample {
  return {
    stack,
    values: [objects, bytes],
    evidence: {
      live: { samples: 0, variance: 0, doubtBytes: 0 },
      // What was sampled more finely before a restart comes out a little off.
      cumulative: { samples: Math.max(0, samples), variance: Math.max(0, variance), doubtBytes: 0 },
    },
  };
}
