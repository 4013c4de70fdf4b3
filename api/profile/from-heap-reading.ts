/** Turns a heap reading of a Node isolate into a profile. */
import { fileURLToPath } from 'node:url';
import { INUSE_OBJECTS, NO_PARENT, VALUES_PER_NODE } from '../probe/heap-columns.ts';
import type { HeapReading } from '../probe/probe.ts';
import type { Frame, Profile, Sample, ValueType } from './profile.ts';

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
  const { frames, frameOfNode } = internFrames(reading);
  const samples: Sample[] = [];
  for (let node = 0; node < reading.parent.length; node++) {
    const start = node * VALUES_PER_NODE;
    const values = reading.values.subarray(start + firstType, start + VALUES_PER_NODE);
    if (values.some((value) => value !== 0)) {
      samples.push({ stack: stackOf(node, reading.parent, frameOfNode), values });
    }
  }
  return { sampleTypes: SAMPLE_TYPES.slice(firstType), frames, samples };
}

function stackOf(leaf: number, parent: Int32Array, frameOfNode: Int32Array): number[] {
  const stack: number[] = [];
  for (let node = leaf; node !== NO_PARENT; node = parent[node]!) stack.push(frameOfNode[node]!);
  return stack;
}

function internFrames(reading: HeapReading): { frames: Frame[]; frameOfNode: Int32Array } {
  const frames: Frame[] = [];
  const indexByPlace = new Map<string, number>();
  const paths = new Map<number, string>();
  const pathOf = (file: number) => {
    const known = paths.get(file);
    if (known !== undefined) return known;
    const path = toPath(reading.strings[file]!);
    paths.set(file, path);
    return path;
  };
  const frameOfNode = reading.functionName.map((functionName, node) => {
    const file = pathOf(reading.file[node]!);
    const line = reading.line[node]!;
    const place = `${functionName} ${line} ${file}`;
    const known = indexByPlace.get(place);
    if (known !== undefined) return known;
    indexByPlace.set(place, frames.length);
    return (
      frames.push({ function: reading.strings[functionName] || '(anonymous)', file, line }) - 1
    );
  });
  return { frames, frameOfNode };
}

function toPath(file: string): string {
  if (!file.startsWith('file:')) return file;
  try {
    return fileURLToPath(file);
  } catch {
    // Programs may name their scripts anything, such as a `file:` URL of another system.
    return file;
  }
}
