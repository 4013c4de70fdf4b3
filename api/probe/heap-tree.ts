/** Flattens V8's sampled call tree. Iterative: a stack in it may be as deep as V8's own limit. */
import {
  ALLOC_BYTES,
  ALLOC_OBJECTS,
  createHeapColumnsBuilder,
  type HeapColumns,
  type HeapColumnsBuilder,
  INUSE_BYTES,
  INUSE_OBJECTS,
  NO_PARENT,
} from './heap-columns.ts';
import type { HeapNode } from './heap-driver.ts';

type Allocation = HeapNode['allocations'][number];

/**
 * V8's tree as columns. The root, which stands for no function, is left out unless it was sampled
 * itself; so is everything below a frame of a file that `isLeftOut` names. External memory (buffers)
 * is not part of it: V8 knows neither who allocated it nor how much was freed.
 */
export function flattenHeapTree(root: HeapNode, isLeftOut: (file: string) => boolean): HeapColumns {
  const builder = createHeapColumnsBuilder();
  if (root.allocations.length > 0) addNode(builder, NO_PARENT, root, '');
  const nodes: HeapNode[] = [...root.children];
  const parents: number[] = nodes.map(() => NO_PARENT);
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    const parent = parents.pop()!;
    const file = node.scriptName;
    if (isLeftOut(file)) continue;
    const index = addNode(builder, parent, node, file);
    for (const child of node.children) {
      nodes.push(child);
      parents.push(index);
    }
  }
  return builder.finish();
}

function addNode(
  builder: HeapColumnsBuilder,
  parent: number,
  node: HeapNode,
  file: string,
): number {
  const index = builder.addNode(
    parent,
    builder.intern(node.name ?? ''),
    builder.intern(file),
    node.lineNumber ?? 0,
    node.columnNumber ?? 0,
  );
  for (const allocation of node.allocations) addAllocation(builder, index, allocation);
  return index;
}

/** V8 lists a node's allocations by object size. */
function addAllocation(builder: HeapColumnsBuilder, node: number, allocation: Allocation): void {
  if ('sizeBytes' in allocation) {
    builder.addValue(node, INUSE_OBJECTS, allocation.count);
    builder.addValue(node, INUSE_BYTES, allocation.count * allocation.sizeBytes);
    return;
  }
  builder.addValue(node, ALLOC_OBJECTS, allocation.allocObjects);
  builder.addValue(node, ALLOC_BYTES, allocation.allocSpaceBytes);
  builder.addValue(node, INUSE_OBJECTS, allocation.inuseObjects);
  builder.addValue(node, INUSE_BYTES, allocation.inuseSpaceBytes);
}
