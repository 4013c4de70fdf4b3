/** Turns a heap reading of a Node isolate into a profile. */
import {
  ALLOC_SAMPLES,
  ALLOC_VARIANCE,
  EVIDENCE_PER_NODE,
  INUSE_DOUBT_BYTES,
  INUSE_OBJECTS,
  INUSE_SAMPLES,
  INUSE_VARIANCE,
  VALUES_PER_NODE,
} from '../../probe/heap/tree/columns.ts';
import type { HeapReading } from '../../probe/readings/memory/heap.ts';
import type { HeapEvidence, Profile, Sample, ValueType } from '../profile.ts';
import { internFrames, stackOf } from './frame-columns.ts';

/** In the order of the columns; a reading without cumulative values has those from `inuse_objects` on. */
const SAMPLE_TYPES: readonly ValueType[] = [
  { type: 'alloc_objects', unit: 'count' },
  { type: 'alloc_space', unit: 'bytes' },
  { type: 'inuse_objects', unit: 'count' },
  { type: 'inuse_space', unit: 'bytes' },
];

/**
 * One sample for every node that was itself sampled, with its stack up to the root. `file:` URLs
 * become paths, so that ES modules and CommonJS files read alike. The lines are those where the
 * functions begin: V8 records no more.
 */
export function profileFromHeapReading(reading: HeapReading): Profile {
  const firstType = reading.cumulative ? 0 : INUSE_OBJECTS;
  // Rows name a file and a line: functions that differ in no more than their column are one place.
  const { frames, frameOfNode } = internFrames({ ...reading, column: undefined });
  const samples: Sample[] = [];
  for (let node = 0; node < reading.parent.length; node++) {
    const start = node * VALUES_PER_NODE;
    const values = reading.values.subarray(start + firstType, start + VALUES_PER_NODE).map(whole);
    if (values.some((value) => value !== 0)) {
      const stack = stackOf(node, reading.parent, frameOfNode);
      samples.push({ stack, values, evidence: evidenceOf(reading, node) });
    }
  }
  return { sampleTypes: SAMPLE_TYPES.slice(firstType), frames, samples };
}

/** What was sampled is weighted up to an estimate; fractions of bytes and objects mean nothing in it. */
function whole(value: number): number {
  // Something that is there is at least one.
  return value > 0 ? Math.max(1, Math.round(value)) : Math.round(value);
}

function evidenceOf({ evidence }: HeapReading, node: number): HeapEvidence {
  const at = node * EVIDENCE_PER_NODE;
  return {
    live: {
      samples: evidence[at + INUSE_SAMPLES]!,
      variance: evidence[at + INUSE_VARIANCE]!,
      doubtBytes: evidence[at + INUSE_DOUBT_BYTES]!,
    },
    cumulative: {
      samples: evidence[at + ALLOC_SAMPLES]!,
      variance: evidence[at + ALLOC_VARIANCE]!,
      doubtBytes: 0,
    },
  };
}
