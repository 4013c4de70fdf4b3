/**
 * What can still run. From the roots everything is reached that a program could get at, but what waits for
 * a promise only once something that can settle that promise is reached.
 */
import type { HeapGraph } from '../graph/graph.ts';
import {
  OTHER,
  PROMISE,
  REACTION,
  RESOLVER,
  SUSPENDED,
  type WaitingParts,
} from './waiting-parts.ts';

/** @returns by node: 1 where it can be reached without somebody settling what nobody can settle */
export function settleable(graph: HeapGraph, parts: WaitingParts): Uint8Array {
  const { nodeCount, nodeName, nodeType, firstEdge, edgeTo, edgeType } = graph;
  const { partOf } = parts;
  const typeOf = (name: string) => graph.nodeTypes.indexOf(name);
  const [object, hiddenNode] = [typeOf('object'), typeOf('hidden')];
  const engineTypes = new Set(['synthetic', 'native', 'hidden', 'code'].map(typeOf));
  const [weak, hidden, property, element] = ['weak', 'hidden', 'property', 'element'].map((type) =>
    graph.edgeTypes.indexOf(type),
  );
  const context = graph.indexOf('system / Context');
  // An error's stack tells of promises, and settles none.
  const callSite = graph.indexOf('system / CallSiteInfo');
  const weakRef = graph.indexOf('WeakRef');
  const isReached = new Uint8Array(nodeCount);
  const canBeSettled = new Uint8Array(nodeCount);
  /** Each is on it once. */
  const stack = new Uint32Array(nodeCount);
  let height = 0;

  function reach(node: number): void {
    if (isReached[node] === 1) return;
    isReached[node] = 1;
    stack[height++] = node;
  }

  function settle(promise: number): void {
    if (canBeSettled[promise] === 1) return;
    canBeSettled[promise] = 1;
    // Where it was passed before this was known, its reactions were left out.
    const reaction = isReached[promise] === 1 ? parts.reactionOf(promise) : -1;
    reach(reaction < 0 ? promise : reaction);
  }

  /** Whether the engine itself has it there, and not a variable or a property of the program. */
  function isOfEngine(node: number, edge: number): boolean {
    if (nodeName[node] === context && (nodeType[node] === object || nodeType[node] === hiddenNode))
      return edgeType[edge] === hidden;
    if (edgeType[edge] === property || edgeType[edge] === element) return false;
    const part = partOf[node]!;
    if (part === REACTION || part === SUSPENDED) return true;
    return part === OTHER && engineTypes.has(nodeType[node]!) && nodeName[node] !== callSite;
  }

  function visit(node: number): void {
    const isPromise = partOf[node] === PROMISE;
    if (partOf[node] === RESOLVER) {
      const promise = parts.settles.get(node);
      if (promise !== undefined) settle(promise);
    }
    const isWeakRef = nodeName[node] === weakRef && nodeType[node] === object;
    for (let edge = firstEdge[node]!; edge < firstEdge[node + 1]!; edge++) {
      // Whoever has a WeakRef gets at what it refers to while that is there.
      if (edgeType[edge] === weak && !isWeakRef) continue;
      const to = edgeTo[edge]!;
      if (isPromise && partOf[to] === REACTION && canBeSettled[node] === 0) continue;
      if (partOf[to] === PROMISE && isOfEngine(node, edge)) settle(to);
      else reach(to);
    }
  }

  reach(0);
  while (height > 0) visit(stack[--height]!);
  return isReached;
}
