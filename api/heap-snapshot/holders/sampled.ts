/**
 * The objects that V8's heap sampler has sampled. It holds them by weak handles, and a snapshot shows what
 * handles point to, but not of which sample each is.
 */
import { type HeapGraph, nodeText } from '../graph/graph.ts';
import type { ShortestPaths } from '../graph/paths.ts';

/** How many samples there are of each size in bytes. */
export type SizeCounts = ReadonlyMap<number, number>;

export interface SampledObject {
  node: number;
  bytes: number;
  /** Sizes of the pieces that it may have been made in, with its parts or what it is a part of; see `piecesOf`. */
  pieces: readonly number[];
}

/** Compiled code allocates an object and its parts in one piece, and the sampler counts that. */
const MOST_TOGETHER_BYTES = 512;
/** V8's note of where an array was made, behind the array. */
const ALLOCATION_MEMENTO_BYTES = 16;
/** What an object keeps its contents in. */
const PARTS = ['elements', 'properties', 'table', 'context'];
/** Of more samples than objects some are of what is gone or looks different by now. */
const ENOUGH = 0.8;

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
 * Tells in which pieces an object may have been made: with the part that holds its contents, with the object
 * whose part it is, or with an object that it leads to.
 *
 * @example an array of 32 bytes with elements of 336 → 368 and 384; so for its elements
 */
export function piecesOf(graph: HeapGraph, paths: ShortestPaths): (node: number) => number[] {
  const internal = graph.edgeTypes.indexOf('internal');
  const property = graph.edgeTypes.indexOf('property');
  const parts = new Set(PARTS.map(graph.indexOf).filter((name) => name >= 0));
  const isPart = (edge: number) =>
    graph.edgeType[edge] === internal && parts.has(graph.edgeName[edge]!);

  /** Those that nothing shorter leads to. */
  function* own(node: number, isMeant: (edge: number) => boolean): Generator<number> {
    const end = Math.min(graph.firstEdge[node + 1]!, graph.firstEdge[node]! + MOST_EDGES);
    for (let edge = graph.firstEdge[node]!; edge < end; edge++) {
      const to = graph.edgeTo[edge]!;
      if (isMeant(edge) && paths.parentOf(to) === node) yield to;
    }
  }

  /** The object alone, and with each of its parts. */
  function withParts(node: number): number[] {
    const bytes = graph.selfBytes[node]!;
    const sizes = [bytes];
    for (const part of own(node, isPart)) {
      const together = bytes + graph.selfBytes[part]!;
      sizes.push(together, together + ALLOCATION_MEMENTO_BYTES);
    }
    return sizes;
  }

  return (node) => {
    const bytes = graph.selfBytes[node]!;
    const sizes = withParts(node).slice(1);
    for (const inner of own(node, (edge) => graph.edgeType[edge] === property)) {
      for (const size of withParts(inner)) sizes.push(bytes + size);
    }
    if ([...own(paths.parentOf(node), isPart)].includes(node)) {
      const together = bytes + graph.selfBytes[paths.parentOf(node)]!;
      sizes.push(together, together + ALLOCATION_MEMENTO_BYTES);
    }
    return [...new Set(sizes)].sort((a, b) => b - a);
  };
}

/** Of an object that is looked at for its parts: one with more was not made in one piece. */
const MOST_EDGES = 24;

/**
 * Each object takes a sample of its own size where there are enough for all, else one of a piece that it may
 * have been made in, and else of the next larger size. What finds none was not sampled.
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
  const found = new Map<Sampled, number>();
  const isLeft = (size: number) => (left.get(size) ?? 0) >= 1;
  const take = (object: Sampled, size: number | undefined) => {
    if (size === undefined) return;
    left.set(size, left.get(size)! - 1);
    found.set(object, size);
  };
  const wanted = new Map<number, number>();
  for (const { bytes } of objects) wanted.set(bytes, (wanted.get(bytes) ?? 0) + 1);
  const choices = new Map(
    objects.map((object) => {
      const pieces = object.pieces.filter(isLeft);
      const isEnough = (ofSizes.get(object.bytes) ?? 0) >= wanted.get(object.bytes)! * ENOUGH;
      return [object, isEnough ? [object.bytes, ...pieces] : [...pieces, object.bytes]];
    }),
  );
  // Who has no other choice goes first.
  for (const object of objects.toSorted(
    (a, b) => choices.get(a)!.length - choices.get(b)!.length,
  )) {
    take(object, choices.get(object)!.find(isLeft));
  }
  const ordered = [...ofSizes.keys()].sort((a, b) => a - b);
  const rest = objects.filter((object) => !found.has(object));
  // The largest first: else a small one takes what a larger one needs, and so on to the end.
  for (const object of rest.sort((a, b) => b.bytes - a.bytes)) {
    const { bytes } = object;
    take(
      object,
      ordered.find((size) => size > bytes && size <= bytes + MOST_TOGETHER_BYTES && isLeft(size)),
    );
  }
  return found;
}
