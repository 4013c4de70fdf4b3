/** What ES modules export: V8 keeps each of these variables in a cell, and the names beside the cells. */
import { follow, type HeapGraph, nodeText, nodeTypeText } from './graph.ts';
import type { ClosurePlace } from './scripts.ts';

export interface ExportedVariable {
  name: string;
  /** Path or URL; empty where unknown. */
  file: string;
}

export const CELL = 'system / Cell';

/** @returns by the node of the cell */
export function exportedVariables(
  graph: HeapGraph,
  placeOf: (closure: number) => ClosurePlace,
): Map<number, ExportedVariable> {
  const found = new Map<number, ExportedVariable>();
  const module = graph.indexOf('system / SourceTextModule');
  const hidden = graph.edgeTypes.indexOf('hidden');
  for (let node = 1; node < graph.nodeCount; node++) {
    if (module < 0 || graph.nodeName[node] !== module) continue;
    const file = fileOf(graph, node, placeOf);
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      const table = graph.edgeTo[edge]!;
      if (graph.edgeType[edge] !== hidden || nodeTypeText(graph, table) !== 'array') continue;
      for (const [name, cell] of cellsOf(graph, table)) {
        if (name !== '' && !found.has(cell)) found.set(cell, { name, file });
      }
    }
  }
  return found;
}

/** A table has each name right before its cell. */
function* cellsOf(graph: HeapGraph, table: number): Generator<[name: string, cell: number]> {
  for (let edge = graph.firstEdge[table]! + 1; edge < graph.firstEdge[table + 1]!; edge++) {
    const cell = graph.edgeTo[edge]!;
    const key = graph.edgeTo[edge - 1]!;
    if (nodeText(graph, cell) !== CELL || nodeTypeText(graph, key) !== 'string') continue;
    yield [nodeText(graph, key), cell];
  }
}

/** By the function that the module's code is. */
function fileOf(
  graph: HeapGraph,
  module: number,
  placeOf: (closure: number) => ClosurePlace,
): string {
  const internal = graph.edgeTypes.indexOf('internal');
  const fn = graph.indexOf('function');
  for (let edge = graph.firstEdge[module]!; edge < graph.firstEdge[module + 1]!; edge++) {
    const to = graph.edgeTo[edge]!;
    const closure = nodeTypeText(graph, to) === 'closure' ? to : follow(graph, to, internal, fn);
    const file = closure < 0 ? '' : placeOf(closure).file;
    if (file !== '') return file;
  }
  return '';
}
