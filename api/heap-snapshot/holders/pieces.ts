/** In which pieces an object may have been made: compiled code allocates it together with others. */
import type { HeapGraph } from '../graph/graph.ts';
import type { ShortestPaths } from '../graph/paths.ts';

/** The largest piece: the sampler counts it as one object. */
export const MOST_TOGETHER_BYTES = 512;
/** V8's note of where an array was made, behind the array. */
const ALLOCATION_MEMENTO_BYTES = 16;
/** What an object keeps its contents in. */
const PARTS = ['elements', 'properties', 'table', 'context'];
/** Of an object that is looked at for its parts: one with more was not made in one piece. */
const MOST_EDGES = 24;
/** Objects beside one that are tried, and how many of them together. */
const MOST_BESIDE = 8;
const MOST_TOGETHER = 3;

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
  const own = ownOf(graph, paths);

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

/**
 * Tells in which larger pieces an object may have been made: with what it leads to, what leads to it, and what
 * else that leads to. Which of a piece the sampler takes for the whole is the one that was made first, often a number.
 *
 * @example a number of 16 bytes in an object of 48, which holds a text of 32 → 64, 48 and 96
 */
export function widerPiecesOf(
  graph: HeapGraph,
  paths: ShortestPaths,
): (node: number) => Set<number> {
  const own = ownOf(graph, paths);

  function* beside(node: number): Generator<number> {
    const inner = [...own(node)];
    yield* inner;
    for (const each of inner) yield* own(each);
    const parent = paths.parentOf(node);
    yield parent;
    yield* own(parent);
  }

  return (node) => {
    const sizes: number[] = [];
    for (const each of beside(node)) {
      const bytes = graph.selfBytes[each]!;
      if (each !== node && bytes > 0 && bytes <= MOST_TOGETHER_BYTES) sizes.push(bytes);
      if (sizes.length === MOST_BESIDE) break;
    }
    let sums = new Set([graph.selfBytes[node]!]);
    const found = new Set<number>();
    for (let taken = 0; taken < MOST_TOGETHER; taken++) {
      const larger = new Set<number>();
      for (const sum of sums) for (const size of sizes) larger.add(sum + size);
      for (const sum of larger) if (sum <= MOST_TOGETHER_BYTES) found.add(sum);
      sums = larger;
    }
    return found;
  };
}

/** What an object leads to and nothing shorter does, by the edges that are meant. */
function ownOf(graph: HeapGraph, paths: ShortestPaths) {
  return function* own(
    node: number,
    isMeant: (edge: number) => boolean = () => true,
  ): Generator<number> {
    const end = Math.min(graph.firstEdge[node + 1]!, graph.firstEdge[node]! + MOST_EDGES);
    for (let edge = graph.firstEdge[node]!; edge < end; edge++) {
      const to = graph.edgeTo[edge]!;
      if (isMeant(edge) && paths.parentOf(to) === node) yield to;
    }
  };
}
