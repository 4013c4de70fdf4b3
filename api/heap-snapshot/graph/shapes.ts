/**
 * The shapes of the objects that functions deal with, by what V8 has noted of their calls: those that they
 * make are among them, and those of the classes that they construct.
 */
import { follow, type HeapGraph, nodeText, nodeTypeText } from './graph.ts';
import type { ClosurePlace } from './scripts.ts';

export interface SoughtFunction {
  function: string;
  /** Path or URL; empty for any. */
  file: string;
}

/** From a function to what it calls, such as a constructor, and on to what that calls. */
const CALLS_DEEP = 2;

/** @returns nodes of shapes */
export function shapesOf(
  graph: HeapGraph,
  functions: readonly SoughtFunction[],
  placeOf: (closure: number) => ClosurePlace,
): Set<number> {
  const shapes = new Set<number>();
  const seen = new Set<number>();
  let closures = soughtClosures(graph, functions, placeOf);
  for (let depth = 0; depth <= CALLS_DEEP; depth++) {
    const called: number[] = [];
    for (const closure of closures) {
      if (seen.has(closure)) continue;
      seen.add(closure);
      for (const known of notesOf(graph, closure)) {
        const type = nodeTypeText(graph, known);
        if (type === 'object shape') shapes.add(known);
        else if (type === 'closure' && isOfProgram(placeOf(known).file)) called.push(known);
      }
    }
    closures = called;
  }
  return shapes;
}

/** The shape of an object; -1 for what has none. */
export function shapeOf(graph: HeapGraph, node: number): number {
  return follow(graph, node, graph.edgeTypes.indexOf('internal'), graph.indexOf('map'));
}

function isOfProgram(file: string): boolean {
  return file !== '' && !file.startsWith('node:');
}

function soughtClosures(
  graph: HeapGraph,
  functions: readonly SoughtFunction[],
  placeOf: (closure: number) => ClosurePlace,
): number[] {
  const closureType = graph.nodeTypes.indexOf('closure');
  const names = new Set(functions.map((each) => graph.indexOf(each.function)));
  const found: number[] = [];
  for (let node = 1; node < graph.nodeCount && found.length < MAX_CLOSURES; node++) {
    if (graph.nodeType[node] !== closureType || !names.has(graph.nodeName[node]!)) continue;
    const name = nodeText(graph, node);
    const { file } = placeOf(node);
    const isSought = functions.some(
      (each) => each.function === name && (each.file === '' || each.file === file),
    );
    if (isSought) found.push(node);
  }
  return found;
}

/** A function that was made anew many times has noted the same each time. */
const MAX_CLOSURES = 100;

/** Everything that the feedback of a function refers to. */
function notesOf(graph: HeapGraph, closure: number): number[] {
  const internal = graph.edgeTypes.indexOf('internal');
  const cell = follow(graph, closure, internal, graph.indexOf('feedback_cell'));
  const vector = cell < 0 ? -1 : follow(graph, cell, internal, graph.indexOf('value'));
  if (vector < 0) return [];
  const notes: number[] = [];
  for (let edge = graph.firstEdge[vector]!; edge < graph.firstEdge[vector + 1]!; edge++) {
    const to = graph.edgeTo[edge]!;
    notes.push(to);
    if (nodeText(graph, to) !== 'system / AllocationSite') continue;
    // What literals are copied from.
    const made = ['transition_info', 'transition_info_or_boilerplate', 'boilerplate']
      .map((name) => follow(graph, to, internal, graph.indexOf(name)))
      .find((node) => node >= 0);
    if (made !== undefined) notes.push(shapeOf(graph, made));
  }
  return notes.filter((node) => node >= 0);
}
