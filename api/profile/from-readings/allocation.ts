/** Turns an allocation profile of a Node isolate into a profile. V8 counts no objects in it. */
import type { AllocationReading } from '../../probe/readings/memory/allocation.ts';
import type { Evidence, Profile, Sample } from '../profile.ts';
import { internFrames, stackOf } from './frame-columns.ts';

/** Which of it lives, nobody knows. */
const NO_EVIDENCE: Evidence = { samples: 0, variance: 0, doubtBytes: 0 };

/** One sample for every node that allocated something itself, with its stack up to the root. */
export function profileFromAllocationReading(reading: AllocationReading): Profile {
  const { frames, frameOfNode } = internFrames({ ...reading, column: undefined });
  const samples: Sample[] = [];
  for (let node = 0; node < reading.parent.length; node++) {
    const bytes = Math.round(reading.bytes[node]!);
    if (bytes === 0) continue;
    const cumulative: Evidence = {
      samples: reading.samples[node]!,
      variance: reading.variance[node]!,
      doubtBytes: 0,
    };
    samples.push({
      stack: stackOf(node, reading.parent, frameOfNode),
      values: [bytes],
      evidence: { live: NO_EVIDENCE, cumulative },
    });
  }
  return {
    sampleTypes: [{ type: 'alloc_space', unit: 'bytes' }],
    frames,
    samples,
    periodType: { type: 'space', unit: 'bytes' },
    period: reading.samplingIntervalBytes,
    startedAtMs: reading.startedAtMs,
    durationMs: reading.durationMs,
  };
}
