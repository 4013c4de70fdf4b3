/** How many samples of which size each stack has, as V8's sampler holds them now. */
import { math } from '../../../base/numbers/math.ts';
import type { SampledSizes } from '../../readings/memory/heap-snapshot.ts';
import type { HeapNode } from '../driver.ts';
import { createHeapColumnsBuilder, NO_PARENT } from './columns.ts';
import { samplesOf, samplesOfSum } from './sample-weight.ts';

/** @param intervalBytes mean bytes between two samples */
export function sampledSizes(root: HeapNode, intervalBytes: number): SampledSizes {
  const builder = createHeapColumnsBuilder();
  const [node, sizeBytes, samples]: [number[], number[], number[]] = [[], [], []];
  const left: [HeapNode, parent: number][] = [[root, NO_PARENT]];
  for (let next = left.pop(); next !== undefined; next = left.pop()) {
    const [at, parent] = next;
    const index =
      at === root
        ? NO_PARENT
        : builder.addNode(
            parent,
            builder.intern(at.name ?? ''),
            builder.intern(at.scriptName),
            at.lineNumber ?? 0,
            at.columnNumber ?? 0,
          );
    for (const allocation of at.allocations) {
      const [bytes, count] = liveSamples(allocation, intervalBytes);
      if (count === 0) continue;
      node.push(index);
      sizeBytes.push(bytes);
      samples.push(count);
    }
    for (const child of at.children) left.push([child, index]);
  }
  const { values: _values, evidence: _evidence, ...tree } = builder.finish();
  return {
    tree,
    node: Int32Array.from(node),
    sizeBytes: Float64Array.from(sizeBytes),
    samples: Float64Array.from(samples),
  };
}

function liveSamples(
  allocation: HeapNode['allocations'][number],
  intervalBytes: number,
): [sizeBytes: number, samples: number] {
  if ('sizeBytes' in allocation) {
    const { sizeBytes, count } = allocation;
    return [sizeBytes, math.round(samplesOfSum(count, sizeBytes, intervalBytes))];
  }
  const { allocObjects, allocSpaceBytes, inuseObjects } = allocation;
  if (allocObjects === 0) return [0, 0];
  const sizeBytes = allocSpaceBytes / allocObjects;
  return [math.round(sizeBytes), math.round(samplesOf(inuseObjects, sizeBytes, intervalBytes))];
}
