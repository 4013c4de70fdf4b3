/**
 * What functions deal with, by what V8 has noted of their calls: the shapes of the objects that they make, and of
 * the classes that they construct, are among it, and the functions within them.
 */
import { follow, type HeapGraph, nodeText, nodeTypeText } from './graph.ts';
import type { ClosurePlace } from './scripts.ts';

export interface SoughtFunction {
  function: string;
  /** Path or URL; empty for any. */
  file: string;
  /** Where it begins, 1-based; 0 for any. Many functions of a file have no name. */
  line: number;
}

/** From a function to what it calls, such as a constructor, and on to what that calls. */
const CALLS_DEEP = 2;

/** What V8 has noted of functions. */
export interface FunctionNotes {
  /** Nodes of shapes that they have met. */
  shapes: ReadonlySet<number>;
  /** Nodes that all functions of one place share, of those that are written within them; see `placeNoteOf`. */
  inner: ReadonlySet<number>;
}

/** @returns what is noted of functions among those that are sought */
export function functionNotes(
  graph: HeapGraph,
  sought: readonly SoughtFunction[],
  placeOf: (closure: number) => ClosurePlace,
): (functions: readonly SoughtFunction[]) => FunctionNotes {
  const closuresOf = closureIndex(graph, sought, placeOf);
  const notes = new Map<number, readonly number[]>();

  function notesOf(closure: number): readonly number[] {
    const known = notes.get(closure) ?? feedbackOf(graph, closure);
    notes.set(closure, known);
    return known;
  }

  return (functions) => {
    const shapes = new Set<number>();
    const seen = new Set<number>();
    let closures = functions.flatMap(closuresOf);
    const inner = new Set(closures.flatMap((closure) => innerNotesOf(graph, closure)));
    for (let depth = 0; depth <= CALLS_DEEP; depth++) {
      const called: number[] = [];
      for (const closure of closures) {
        if (seen.has(closure)) continue;
        seen.add(closure);
        for (const known of notesOf(closure)) {
          const type = nodeTypeText(graph, known);
          if (type === 'object shape') shapes.add(known);
          else if (type === 'closure' && isOfProgram(placeOf(known).file)) called.push(known);
        }
      }
      closures = called;
    }
    return { shapes, inner };
  };
}

/** The shape of an object; -1 for what has none. */
export function shapeOf(graph: HeapGraph, node: number): number {
  return follow(graph, node, graph.edgeTypes.indexOf('internal'), graph.indexOf('map'));
}

function isOfProgram(file: string): boolean {
  return file !== '' && !file.startsWith('node:');
}

/** A function that was made anew many times has noted the same each time. */
const MOST_CLOSURES = 100;

/** Looks through the heap once, for all functions that are sought. */
function closureIndex(
  graph: HeapGraph,
  sought: readonly SoughtFunction[],
  placeOf: (closure: number) => ClosurePlace,
): (wanted: SoughtFunction) => number[] {
  const closureType = graph.nodeTypes.indexOf('closure');
  /** By the index of the name, then by file and line. */
  const found = new Map<number, Map<string, Map<number, number[]>>>();
  for (const { function: name } of sought) found.set(graph.indexOf(name), new Map());
  for (let node = 1; node < graph.nodeCount; node++) {
    if (graph.nodeType[node] !== closureType) continue;
    const files = found.get(graph.nodeName[node]!);
    if (files === undefined) continue;
    const { file, line } = placeOf(node);
    const lines = files.get(file) ?? new Map<number, number[]>();
    files.set(file, lines);
    const closures = lines.get(line) ?? [];
    if (closures.length < MOST_CLOSURES) closures.push(node);
    lines.set(line, closures);
  }
  return ({ function: name, file, line }) => {
    const files = found.get(graph.indexOf(name));
    if (files === undefined) return [];
    const meant = file === '' ? [...files.values()] : [files.get(file) ?? new Map()];
    return meant.flatMap((lines) =>
      line === 0 ? [...lines.values()].flat() : (lines.get(line) ?? []),
    );
  };
}

/** What V8 keeps for all functions that are made in one place; -1 for none. */
export function placeNoteOf(graph: HeapGraph, closure: number): number {
  return follow(
    graph,
    closure,
    graph.edgeTypes.indexOf('internal'),
    graph.indexOf('feedback_cell'),
  );
}

/** The same of the functions within: in a list of its own, beside the feedback or, of cold functions, in its place. */
function innerNotesOf(graph: HeapGraph, closure: number): number[] {
  const vector = feedbackVectorOf(graph, closure);
  if (vector < 0) return [];
  const lists = [vector, ...targetsOf(graph, vector)];
  const list = lists.find((node) => nodeText(graph, node) === 'system / ClosureFeedbackCellArray');
  return list === undefined ? [] : targetsOf(graph, list);
}

function feedbackVectorOf(graph: HeapGraph, closure: number): number {
  const cell = placeNoteOf(graph, closure);
  if (cell < 0) return -1;
  return follow(graph, cell, graph.edgeTypes.indexOf('internal'), graph.indexOf('value'));
}

function targetsOf(graph: HeapGraph, node: number): number[] {
  return Array.from(graph.edgeTo.subarray(graph.firstEdge[node]!, graph.firstEdge[node + 1]!));
}

/** Everything that the feedback of a function refers to. */
function feedbackOf(graph: HeapGraph, closure: number): readonly number[] {
  const internal = graph.edgeTypes.indexOf('internal');
  const vector = feedbackVectorOf(graph, closure);
  if (vector < 0) return [];
  const notes: number[] = [];
  for (const to of targetsOf(graph, vector)) {
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
