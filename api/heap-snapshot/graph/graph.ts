/**
 * The objects of a heap and what points from one to another, as columns: 13 bytes an object and 9 an edge.
 * Values of strings are no part of it.
 */

export interface HeapGraph {
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Index into `nodeTypes`. */
  readonly nodeType: Uint8Array;
  /** Index of the name; see `text`. */
  readonly nodeName: Uint32Array;
  readonly selfBytes: Uint32Array;
  /** The edges of node i are those from `firstEdge[i]` to before `firstEdge[i + 1]`. */
  readonly firstEdge: Uint32Array;
  /** Index into `edgeTypes`. */
  readonly edgeType: Uint8Array;
  /** Index of the name, or a number: of elements, and of what V8 keeps for itself. */
  readonly edgeName: Uint32Array;
  readonly edgeTo: Uint32Array;
  readonly nodeTypes: readonly string[];
  readonly edgeTypes: readonly string[];
  /** Where functions and the classes of objects begin: node, script, line, column, each counted from 0. */
  readonly locations: Uint32Array;
  /** A name; empty for the value of a string. */
  text(index: number): string;
  /** Index of a name; -1 where nothing is called so. */
  indexOf(text: string): number;
}

/** Bytes that the columns take, and what is worked out with them besides: marks, paths, queues. */
export function graphBytes(counts: { nodeCount: number; edgeCount: number }): number {
  return counts.nodeCount * (BYTES_PER_NODE + WORK_BYTES_PER_NODE) + counts.edgeCount * 9;
}

const BYTES_PER_NODE = 13;
const WORK_BYTES_PER_NODE = 20;

export function nodeText(graph: HeapGraph, node: number): string {
  return graph.text(graph.nodeName[node]!);
}

export function nodeTypeText(graph: HeapGraph, node: number): string {
  return graph.nodeTypes[graph.nodeType[node]!]!;
}

/** The first edge of this type and name; -1 for none. */
function findEdge(graph: HeapGraph, node: number, type: number, name: number): number {
  const end = graph.firstEdge[node + 1]!;
  for (let edge = graph.firstEdge[node]!; edge < end; edge++) {
    if (graph.edgeName[edge] === name && graph.edgeType[edge] === type) return edge;
  }
  return -1;
}

/** Where the first edge of this type and name leads; -1 for none. */
export function follow(graph: HeapGraph, node: number, type: number, name: number): number {
  const edge = findEdge(graph, node, type, name);
  return edge < 0 ? -1 : graph.edgeTo[edge]!;
}
