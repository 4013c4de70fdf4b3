/**
 * The objects that V8's heap sampler has sampled. It holds them by weak handles, and a snapshot shows what
 * handles point to, but not of which sample each is.
 */
import { type HeapGraph, nodeText } from './graph.ts';

/** How many samples there are of each size in bytes. */
export type SizeCounts = ReadonlyMap<number, number>;

export interface SampledObject {
  node: number;
  bytes: number;
}

/** Compiled code allocates an object and its parts in one piece, and the sampler counts that. */
const MOST_TOGETHER_BYTES = 512;

/** Everything that a weak handle points to, the sampled objects among it. */
export function weaklyHeld(graph: HeapGraph): number[] {
  const weak = graph.edgeTypes.indexOf('weak');
  const held = new Set<number>();
  for (let node = 1; node < graph.nodeCount; node++) {
    if (nodeText(graph, node) !== '(Global handles)') continue;
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      if (graph.edgeType[edge] === weak) held.add(graph.edgeTo[edge]!);
    }
    break;
  }
  return [...held];
}

/**
 * Each object takes a sample of its own size where there is one, and else of the next larger one. What
 * finds none was not sampled.
 *
 * @example objects of 48, 48, 48 and 176 bytes, two samples of 48 and one of 208 → 48, 48, none, 208
 * @param objects those that come first go first
 * @param ofSizes samples of all stacks
 */
export function sampleSizes<Sampled extends SampledObject>(
  objects: readonly Sampled[],
  ofSizes: SizeCounts,
): Map<Sampled, number> {
  const left = new Map(ofSizes);
  const ordered = [...ofSizes.keys()].sort((a, b) => a - b);
  const found = new Map<Sampled, number>();
  const rest: Sampled[] = [];
  const take = (object: Sampled, size: number) => {
    left.set(size, left.get(size)! - 1);
    found.set(object, size);
  };
  for (const object of objects) {
    if ((left.get(object.bytes) ?? 0) >= 1) take(object, object.bytes);
    else rest.push(object);
  }
  // The largest first: else a small one takes what a larger one needs, and so on to the end.
  for (const object of rest.sort((a, b) => b.bytes - a.bytes)) {
    const { bytes } = object;
    const size = ordered.find(
      (each) => each > bytes && each <= bytes + MOST_TOGETHER_BYTES && left.get(each)! >= 1,
    );
    if (size !== undefined) take(object, size);
  }
  return found;
}
