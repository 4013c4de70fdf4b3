/**
 * The shortest path from a root to every object, by a search in breadth. What the engine keeps for itself
 * (shapes, compiled code, caches) leads to nearly everything, and explains nothing: it is followed last.
 */
import { type HeapGraph, nodeText } from './graph.ts';

/** Of each object the edge by which its path ends; what no path leads to has none. */
export interface ShortestPaths {
  /** Edges from the root to the object; empty where there is no path. */
  to(node: number): number[];
  isReached(node: number): boolean;
  /** Where the last edge of the path begins. */
  parentOf(node: number): number;
}

const NO_EDGE = 0xffff_ffff;

/** Roots that a program's own references begin at. */
const ROOTS_OF_PROGRAMS = new Set(['(Global handles)', '(Traced handles)', '(Eternal handles)']);
/** What links objects without one keeping the other for the program. */
const LATE_NAMES = [
  'map',
  'code',
  'shared',
  'feedback_cell',
  'scope_info',
  'descriptors',
  'dependent_code',
  'transition_info',
  'transitions',
  'back_pointer',
  'constructor',
  'prototype_info',
  '__proto__',
  'initial_map',
  'native_context',
  'script_or_debug_info',
  'name_or_scope_info',
  'feedback_metadata',
  'prototype',
] as const;
/** Of those, what a program names as well. */
const LATE_PROPERTIES = new Set<string>(['__proto__', 'constructor', 'prototype']);

export function shortestPaths(graph: HeapGraph): ShortestPaths {
  const { nodeCount, firstEdge, edgeTo, edgeType, edgeName } = graph;
  const via = new Uint32Array(nodeCount).fill(NO_EDGE);
  const parent = new Uint32Array(nodeCount);
  const queue = new Uint32Array(nodeCount);
  const isReached = new Uint8Array(nodeCount);
  const weak = graph.edgeTypes.indexOf('weak');
  const internal = graph.edgeTypes.indexOf('internal');
  const property = graph.edgeTypes.indexOf('property');
  const late = new Set(LATE_NAMES.map(graph.indexOf));
  const lateProperties = new Set([...LATE_PROPERTIES].map(graph.indexOf));
  const isLateNode = lateNodes(graph);
  let tail = 0;

  const isLate = (from: number, edge: number) =>
    isLateNode[from] === 1 ||
    (edgeType[edge] === internal && late.has(edgeName[edge]!)) ||
    (edgeType[edge] === property && lateProperties.has(edgeName[edge]!));

  function visit(from: number, takesLate: boolean): void {
    const end = firstEdge[from + 1]!;
    for (let edge = firstEdge[from]!; edge < end; edge++) {
      const to = edgeTo[edge]!;
      if (isReached[to] === 1 || edgeType[edge] === weak) continue;
      if (isLate(from, edge) !== takesLate) continue;
      isReached[to] = 1;
      via[to] = edge;
      parent[to] = from;
      queue[tail++] = to;
    }
  }

  isReached[0] = 1;
  queue[tail++] = 0;
  let plain = 0;
  for (let seen = 0; seen < tail; seen++) {
    for (; plain < tail; plain++) visit(queue[plain]!, false);
    visit(queue[seen]!, true);
  }

  return {
    isReached: (node) => isReached[node] === 1,
    parentOf: (node) => parent[node]!,
    to(node) {
      const edges: number[] = [];
      for (let at = node; via[at] !== NO_EDGE; at = parent[at]!) edges.push(via[at]!);
      return edges.reverse();
    },
  };
}

/** Roots that are the engine's own: stacks, caches, tables. */
function lateNodes(graph: HeapGraph): Uint8Array {
  const isLate = new Uint8Array(graph.nodeCount);
  const synthetic = graph.nodeTypes.indexOf('synthetic');
  for (let node = 1; node < graph.nodeCount; node++) {
    if (graph.nodeType[node] !== synthetic) continue;
    const name = nodeText(graph, node);
    if (name.startsWith('(') && name !== '(GC roots)' && !ROOTS_OF_PROGRAMS.has(name)) {
      isLate[node] = 1;
    }
  }
  return isLate;
}
