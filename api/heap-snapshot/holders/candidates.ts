/** The objects in a heap snapshot that the sampler may have sampled. */
import { follow, type HeapGraph, nodeText, nodeTypeText } from '../graph/graph.ts';
import type { ShortestPaths } from '../graph/paths.ts';
import { piecesOf, widerPiecesOf } from './pieces.ts';
import { type SampledObject, weaklyHeld } from './sampled.ts';

const TYPES_OF_PROGRAMS = new Set([
  'object',
  'array',
  'closure',
  'string',
  'concatenated string',
  'sliced string',
  'regexp',
  'number',
  'bigint',
]);

/** Those that the program can have made: Node's own handles lead to objects of its snapshot and modules. */
export function sampledObjects(graph: HeapGraph, paths: ShortestPaths): SampledObject[] {
  const ofNode = objectsOfNode(graph);
  const piecesFor = piecesOf(graph, paths);
  const widerFor = widerPiecesOf(graph, paths);
  return weaklyHeld(graph)
    .filter((node) => TYPES_OF_PROGRAMS.has(nodeTypeText(graph, node)) && paths.isReached(node))
    .filter((node) => nodeText(graph, node) !== 'ModuleWrap' && !ofNode.has(node))
    .map((node) => ({
      node,
      bytes: graph.selfBytes[node]!,
      pieces: piecesFor(node),
      wider: widerFor(node),
    }));
}

/** What Node has brought along in the snapshot that it starts from. */
function objectsOfNode(graph: HeapGraph): Set<number> {
  const found = new Set<number>();
  const internal = graph.edgeTypes.indexOf('internal');
  const name = graph.indexOf('serialized_objects');
  const context = graph.indexOf('system / NativeContext');
  for (let node = 1; node < graph.nodeCount; node++) {
    if (name < 0 || graph.nodeName[node] !== context) continue;
    const list = follow(graph, node, internal, name);
    if (list < 0) continue;
    for (let edge = graph.firstEdge[list]!; edge < graph.firstEdge[list + 1]!; edge++) {
      found.add(graph.edgeTo[edge]!);
    }
  }
  return found;
}
