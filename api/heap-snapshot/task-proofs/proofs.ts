/** Which suspended async functions can provably never go on, because nobody can settle what they wait for. */
import type { HeapGraph } from '../graph/graph.ts';
import { shortestPaths } from '../graph/paths.ts';
import { type ClosurePlace, closurePlaces } from '../graph/scripts.ts';
import { stepTeller } from '../holders/steps.ts';
import type { ToldStep } from '../holders/types.ts';
import { settleable } from './settleable.ts';
import { type WaitingParts, waitingParts } from './waiting-parts.ts';

/** Suspended calls of one function that wait for the like. */
export interface WaitingFunction extends ClosurePlace {
  /** Suspended calls of it. */
  count: number;
  /** Whether nobody can settle what they wait for any more. */
  isStuck: boolean;
  /** Async functions that the first of them awaits, and these await, outermost first. */
  awaits: ClosurePlace[];
  /**
   * From a root to a function that settles what the innermost waits for; empty where nobody can, and where
   * no function of the program does.
   */
  settler: ToldStep[];
}

export interface TaskProofs {
  /** Those that are stuck first, most first. */
  functions: WaitingFunction[];
  /** Suspended async functions, and how many of them are stuck. */
  tasks: number;
  stuck: number;
  objectCount: number;
}

const MAX_FUNCTIONS = 500;
/** Functions of a chain that are told. */
const MAX_CHAIN = 20;

export function findStuckTasks(graph: HeapGraph): TaskProofs {
  const parts = waitingParts(graph);
  const canGoOn = settleable(graph, parts);
  const placeOf = closurePlaces(graph);
  const chainOf = chains(parts);
  const groups = new Map<string, WaitingFunction & { leaf: number }>();
  let stuck = 0;
  for (const [task, closure] of parts.functions) {
    // A generator that is not suspended at an `await` is not a task that waits.
    if (!parts.awaited.has(task)) continue;
    const isStuck = canGoOn[task] === 0;
    if (isStuck) stuck += 1;
    const { below, leaf } = chainOf(task);
    const place = placeOf(closure);
    const awaits = below.map((each) => placeOf(parts.functions.get(each)!));
    const key = JSON.stringify([isStuck, place, awaits]);
    const group = groups.get(key);
    if (group !== undefined) group.count += 1;
    else groups.set(key, { ...place, count: 1, isStuck, awaits, settler: [], leaf });
  }
  const found = [...groups.values()]
    .sort((a, b) => Number(b.isStuck) - Number(a.isStuck) || b.count - a.count)
    .slice(0, MAX_FUNCTIONS);
  const settlerOf = settlers(graph, parts);
  return {
    functions: found.map(({ leaf, ...group }) => ({
      ...group,
      settler: group.isStuck ? [] : settlerOf(leaf),
    })),
    tasks: parts.awaited.size,
    stuck,
    objectCount: graph.nodeCount,
  };
}

/** What a task awaits, as far down as these are async functions, and the promise at the end. */
function chains({ outcomes, awaited }: WaitingParts) {
  const ofOutcome = new Map([...outcomes].map(([task, promise]) => [promise, task]));
  return (task: number): { below: number[]; leaf: number } => {
    const below: number[] = [];
    let leaf = awaited.get(task) ?? -1;
    for (let next = ofOutcome.get(leaf); next !== undefined; next = ofOutcome.get(leaf)) {
      const awaits = awaited.get(next);
      if (below.length === MAX_CHAIN || awaits === undefined) break;
      below.push(next);
      leaf = awaits;
    }
    return { below, leaf };
  };
}

/** Who holds a function that settles a promise, by the shortest path to one. */
function settlers(graph: HeapGraph, { settles }: WaitingParts): (promise: number) => ToldStep[] {
  const resolvers = new Map<number, number[]>();
  for (const [resolver, promise] of settles) {
    resolvers.set(promise, [...(resolvers.get(promise) ?? []), resolver]);
  }
  const paths = shortestPaths(graph);
  const stepsTo = stepTeller(graph, paths);
  return (promise) =>
    (resolvers.get(promise) ?? [])
      .filter(paths.isReached)
      .map(stepsTo)
      .filter((steps) => steps.some(({ kind }) => kind !== 'ROOT'))
      .sort((a, b) => a.length - b.length)
      .slice(0, 1)
      .flatMap((steps) => steps.map(({ node: _node, ...step }) => step));
}
