/** What V8 makes of `await`: promises, the functions that are suspended on them, and what settles them. */
import { follow, type HeapGraph, nodeText } from '../graph/graph.ts';

export const OTHER = 0;
export const PROMISE = 1;
/** A suspended async function. */
export const SUSPENDED = 2;
/** An entry in a promise's list of what to do once it is settled. */
export const REACTION = 3;
/** A `resolve` or `reject` that a promise was made with. */
export const RESOLVER = 4;
/** By which the engine goes on with a function when what it awaits is settled. */
const CONTINUATION = 5;

export interface WaitingParts {
  /** By node: one of the numbers above. */
  readonly partOf: Uint8Array;
  /** The promise that an async function will settle when it ends, by the suspended function. */
  readonly outcomes: ReadonlyMap<number, number>;
  /** The closure of a suspended function. */
  readonly functions: ReadonlyMap<number, number>;
  /** The promise that a resolver settles. */
  readonly settles: ReadonlyMap<number, number>;
  /** The promise that a suspended function awaits. */
  readonly awaited: ReadonlyMap<number, number>;
  /** The first reaction of a promise; -1 for a settled one, and one that nobody waits for. */
  reactionOf(promise: number): number;
}

const RESOLVERS = ['PromiseCapabilityDefaultResolve', 'PromiseCapabilityDefaultReject'];
const CONTINUATIONS = ['AsyncFunctionAwaitResolveClosure', 'AsyncFunctionAwaitRejectClosure'];

export function waitingParts(graph: HeapGraph): WaitingParts {
  const { nodeCount, nodeName, nodeType, firstEdge, edgeTo } = graph;
  const [object, closure] = ['object', 'closure'].map((type) => graph.nodeTypes.indexOf(type));
  const [internal, hidden] = ['internal', 'hidden'].map((type) => graph.edgeTypes.indexOf(type));
  const [promiseName, generatorName, reactionName, code, context, extension, fn, reactions] = [
    'Promise',
    'Generator',
    'system / PromiseReaction',
    'code',
    'context',
    'extension',
    'function',
    'reactions_or_result',
  ].map(graph.indexOf) as [number, number, number, number, number, number, number, number];
  const namesOfCode = (names: string[]) =>
    new Set(names.map((name) => graph.indexOf(`(${name} builtin code)`)).filter((at) => at >= 0));
  const resolverCode = namesOfCode(RESOLVERS);
  const continuationCode = namesOfCode(CONTINUATIONS);
  const partOf = new Uint8Array(nodeCount);
  const outcomes = new Map<number, number>();
  const functions = new Map<number, number>();
  const settles = new Map<number, number>();
  const goesOn = new Map<number, number>();
  const awaited = new Map<number, number>();
  const inside = (node: number, name: number) => follow(graph, node, internal!, name);

  /** A promise among what the engine keeps in an object. */
  function promiseIn(node: number): number {
    if (node < 0) return -1;
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
      if (graph.edgeType[edge] !== hidden && graph.edgeType[edge] !== internal) continue;
      const to = edgeTo[edge]!;
      if (nodeType[to] !== object) continue;
      // One that nobody waits for has no reactions; classes that extend it have another name.
      if (nodeName[to] === promiseName || inside(to, reactions) >= 0) return to;
    }
    return -1;
  }

  function noteClosure(node: number): void {
    const codeNode = inside(node, code);
    if (codeNode < 0) return;
    if (resolverCode.has(nodeName[codeNode]!)) {
      partOf[node] = RESOLVER;
      const promise = promiseIn(inside(node, context));
      if (promise >= 0) settles.set(node, promise);
    } else if (continuationCode.has(nodeName[codeNode]!)) {
      const home = inside(node, context);
      const suspended = home < 0 ? -1 : inside(home, extension);
      if (suspended < 0) return;
      partOf[node] = CONTINUATION;
      goesOn.set(node, suspended);
    }
  }

  function noteGenerator(node: number): void {
    const closureNode = inside(node, fn);
    const outcome = closureNode < 0 ? -1 : promiseIn(node);
    if (outcome < 0) return;
    partOf[node] = SUSPENDED;
    outcomes.set(node, outcome);
    functions.set(node, closureNode);
  }

  function noteAwaited(promise: number): void {
    for (let at = inside(promise, reactions); at >= 0 && partOf[at] === REACTION; ) {
      let next = -1;
      for (let edge = firstEdge[at]!; edge < firstEdge[at + 1]!; edge++) {
        const to = edgeTo[edge]!;
        if (partOf[to] === CONTINUATION) awaited.set(goesOn.get(to)!, promise);
        else if (partOf[to] === REACTION) next = to;
      }
      at = next;
    }
  }

  for (let node = 1; node < nodeCount; node++) {
    const name = nodeName[node]!;
    if (nodeType[node] === closure) noteClosure(node);
    else if (name === reactionName) partOf[node] = REACTION;
    else if (nodeType[node] !== object) continue;
    else if (name === generatorName) noteGenerator(node);
    // Classes that extend it among them.
    else if (name === promiseName || inside(node, reactions) >= 0) partOf[node] = PROMISE;
  }
  for (let node = 1; node < nodeCount; node++) if (partOf[node] === PROMISE) noteAwaited(node);

  return {
    partOf,
    outcomes,
    functions,
    settles,
    awaited,
    reactionOf(promise) {
      const reaction = inside(promise, reactions);
      return reaction >= 0 && nodeText(graph, reaction) === 'system / PromiseReaction'
        ? reaction
        : -1;
    },
  };
}
