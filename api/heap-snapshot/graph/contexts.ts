/** Whose variables a context has: each belongs to one file, which the functions in it tell. */
import { follow, type HeapGraph } from './graph.ts';

/**
 * Paths lead to a context by whatever is shortest: by a function in it, but also by the module it is of, or by a
 * generator that stands still.
 * @returns a function whose variables are in the context, or that stands in it; -1 for none
 */
export function closuresOfContexts(graph: HeapGraph): (context: number) => number {
  const internal = graph.edgeTypes.indexOf('internal');
  const contextName = graph.indexOf('context');
  const functionName = graph.indexOf('function');
  const closureType = graph.nodeTypes.indexOf('closure');
  let known: Int32Array | null = null;

  /** Looks through the heap once, where it is needed. */
  function all(): Int32Array {
    const found = new Int32Array(graph.nodeCount).fill(-1);
    for (let node = 1; node < graph.nodeCount; node++) {
      const isClosure = graph.nodeType[node] === closureType;
      // Anything else that has both is a generator or an async function.
      const closure = isClosure ? node : follow(graph, node, internal, functionName);
      if (closure < 0 || graph.nodeType[closure] !== closureType) continue;
      const context = follow(graph, node, internal, contextName);
      if (context >= 0 && (isClosure || found[context] === -1)) found[context] = closure;
    }
    return found;
  }

  return (context) => {
    known ??= all();
    return known[context]!;
  };
}
