/** Flattens V8's sampled call tree. Iterative: a stack in it may be as deep as V8's own limit. */

import type { HeapNode } from '../driver.ts';
import {
  ALLOC_BYTES,
  ALLOC_OBJECTS,
  ALLOC_SAMPLES,
  ALLOC_VARIANCE,
  createHeapColumnsBuilder,
  type HeapColumns,
  type HeapColumnsBuilder,
  INUSE_BYTES,
  INUSE_OBJECTS,
  INUSE_SAMPLES,
  INUSE_VARIANCE,
  NO_PARENT,
} from './columns.ts';
import { bytesVariance, objectsPerSample, samplesOf, samplesOfSum } from './sample-weight.ts';

type Allocation = HeapNode['allocations'][number];

/**
 * V8's tree as columns. The root, which stands for no function, is left out unless it was sampled
 * itself; so is everything below a frame that `isLeftOut` names. External memory (buffers)
 * is not part of it: V8 knows neither who allocated it nor how much was freed.
 * @param intervalBytes mean bytes between two samples
 */
export function flattenHeapTree(
  root: HeapNode,
  isLeftOut: (node: HeapNode) => boolean,
  intervalBytes: number,
): HeapColumns {
  const builder = createHeapColumnsBuilder();
  const addNode = (parent: number, node: HeapNode, file: string): number => {
    const index = builder.addNode(
      parent,
      builder.intern(node.name ?? ''),
      builder.intern(file),
      node.lineNumber ?? 0,
      node.columnNumber ?? 0,
    );
    for (const allocation of node.allocations) {
      addAllocation(builder, index, allocation, intervalBytes);
    }
    return index;
  };
  if (root.allocations.length > 0) addNode(NO_PARENT, root, '');
  const nodes: HeapNode[] = [...root.children];
  const parents: number[] = nodes.map(() => NO_PARENT);
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const parent = parents.pop()!;
    if (isLeftOut(node)) continue;
    const index = addNode(parent, node, node.scriptName);
    for (const child of node.children) {
      nodes.push(child);
      parents.push(index);
    }
  }
  return builder.finish();
}

/** V8 lists a node's allocations by object size. */
function addAllocation(
  builder: HeapColumnsBuilder,
  node: number,
  allocation: Allocation,
  intervalBytes: number,
): void {
  if ('sizeBytes' in allocation) {
    const { sizeBytes, count } = allocation;
    addLive(builder, node, sizeBytes, samplesOfSum(count, sizeBytes, intervalBytes), intervalBytes);
    return;
  }
  const { allocObjects, allocSpaceBytes, inuseObjects } = allocation;
  if (allocObjects === 0) return;
  const sizeBytes = allocSpaceBytes / allocObjects;
  const samples = samplesOf(allocObjects, sizeBytes, intervalBytes);
  const objects = samples * objectsPerSample(sizeBytes, intervalBytes);
  builder.addValue(node, ALLOC_OBJECTS, objects);
  builder.addValue(node, ALLOC_BYTES, objects * sizeBytes);
  builder.addEvidence(node, ALLOC_SAMPLES, samples);
  builder.addEvidence(node, ALLOC_VARIANCE, samples * bytesVariance(sizeBytes, intervalBytes));
  const liveSamples = samplesOf(inuseObjects, sizeBytes, intervalBytes);
  addLive(builder, node, sizeBytes, liveSamples, intervalBytes);
}

function addLive(
  builder: HeapColumnsBuilder,
  node: number,
  sizeBytes: number,
  samples: number,
  intervalBytes: number,
): void {
  const objects = samples * objectsPerSample(sizeBytes, intervalBytes);
  builder.addValue(node, INUSE_OBJECTS, objects);
  builder.addValue(node, INUSE_BYTES, objects * sizeBytes);
  builder.addEvidence(node, INUSE_SAMPLES, samples);
  builder.addEvidence(node, INUSE_VARIANCE, samples * bytesVariance(sizeBytes, intervalBytes));
}
