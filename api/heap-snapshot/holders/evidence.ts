/** How likely an object is of each stack, by what its path and its class have to do with the functions of the stack. */
import { type HeapGraph, nodeText, nodeTypeText } from '../graph/graph.ts';
import { closurePlaces } from '../graph/scripts.ts';
import {
  type FunctionNotes,
  functionNotes,
  placeNoteOf,
  type SoughtFunction,
  shapeOf,
} from '../graph/shapes.ts';
import { type Held, isOfProgram, keyOf } from './held.ts';
import type { SampledStack } from './types.ts';

/** How much likelier an object is of the stack if a function of it, or its file, is on its path. */
const SAME_FUNCTION_ODDS = 8;
const SAME_FILE_ODDS = 3;
const SAME_SHAPE_ODDS = 20;
/** And of a stack of the program if only Node is on its path. */
const OF_NODE_ODDS = 0.01;
/** Innermost functions of a stack whose shapes count. */
const ALLOCATING_FUNCTIONS = 3;
/** Classes whose shape nearly every function knows. */
const COMMON_CLASSES = new Set(['Array', 'Map', 'Set', 'Promise', 'Date']);

type Placed = Pick<Held, 'node' | 'steps' | 'holder'>;

/** What is known of a stack. */
interface Trait extends FunctionNotes {
  functions: readonly SoughtFunction[];
  names: ReadonlySet<string>;
  files: ReadonlySet<string>;
}

/** @returns of an object, how much each stack has for it, in the order of the stacks: 1 where nothing is known */
export function evidenceTeller(
  graph: HeapGraph,
  stacks: readonly SampledStack[],
): (object: Placed) => readonly number[] {
  const notesOf = functionNotes(
    graph,
    stacks.flatMap(({ functions }) => innermost(functions)),
    closurePlaces(graph),
  );
  const traits = stacks.map(({ functions }): Trait => {
    const inlined = inlinedInto(functions, stacks);
    const all = [...inlined, ...functions];
    return {
      functions: all,
      names: new Set(all.map((each) => each.function).filter((name) => name !== '')),
      files: new Set(all.map((each) => each.file).filter((file) => file !== '')),
      ...notesOf([...inlined, ...innermost(functions)]),
    };
  });
  // Objects on the same path are alike.
  const known = new Map<string, readonly number[]>();
  return (object) => {
    const key = keyOf(object.steps);
    const told = known.get(key) ?? evidenceFor(graph, object, traits);
    known.set(key, told);
    return told;
  };
}

const innermost = (functions: readonly SoughtFunction[]) =>
  functions.slice(0, ALLOCATING_FUNCTIONS);

/**
 * What V8 inlines is in no stack any more: what a function makes is of the stack of its caller then. As long as
 * it was called, it was in a stack.
 *
 * @example of `remember < handle`, with a stack `Session < remember < handle` → Session
 */
function inlinedInto(
  functions: readonly SoughtFunction[],
  stacks: readonly SampledStack[],
): SoughtFunction[] {
  if (functions.length === 0) return [];
  const key = JSON.stringify(functions);
  return stacks.flatMap((stack) => {
    const more = stack.functions.length - functions.length;
    if (more <= 0 || more > ALLOCATING_FUNCTIONS) return [];
    return JSON.stringify(stack.functions.slice(more)) === key
      ? stack.functions.slice(0, more)
      : [];
  });
}

function evidenceFor(
  graph: HeapGraph,
  { node, steps, holder }: Placed,
  traits: readonly Trait[],
): number[] {
  const name = nodeText(graph, node);
  const shapes = [node, ...steps.slice(holder + 1).map((step) => step.node)]
    .filter((each) => nodeTypeText(graph, each) === 'object')
    .filter((each) => !COMMON_CLASSES.has(nodeText(graph, each)))
    .map((each) => shapeOf(graph, each));
  const places = steps
    .filter((step) => nodeTypeText(graph, step.node) === 'closure')
    .map((step) => placeNoteOf(graph, step.node));
  const isProgram = isOfProgram(steps);
  return traits.map((trait) => {
    if (trait.functions.length === 0) return 1;
    const isOfFunction =
      trait.names.has(name) ||
      places.some((place) => trait.inner.has(place)) ||
      steps.some(
        (step) =>
          trait.names.has(step.className) ||
          trait.functions.some(
            (each) =>
              each.function !== '' && each.function === step.function && each.file === step.file,
          ),
      );
    return (
      (shapes.some((shape) => trait.shapes.has(shape)) ? SAME_SHAPE_ODDS : 1) *
      (isOfFunction ? SAME_FUNCTION_ODDS : 1) *
      (steps.some(({ file }) => file !== null && trait.files.has(file)) ? SAME_FILE_ODDS : 1) *
      (isProgram ? 1 : OF_NODE_ODDS)
    );
  });
}
