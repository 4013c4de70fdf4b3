/** Where functions were written, by what V8 keeps of their scripts. */
import { follow, type HeapGraph, nodeText } from './graph.ts';

export interface ClosurePlace {
  function: string;
  /** Path or URL as V8 has it; empty where unknown. */
  file: string;
  /** 1-based; 0 where unknown. */
  line: number;
  /** 1-based; 0 where unknown. */
  column: number;
}

const LOCATION_WIDTH = 4;

/** @returns the place of the function of a closure */
export function closurePlaces(graph: HeapGraph): (closure: number) => ClosurePlace {
  const internal = graph.edgeTypes.indexOf('internal');
  const shared = graph.indexOf('shared');
  const scripts = ['script', 'script_or_debug_info'].map(graph.indexOf);
  const { locations } = graph;
  const locationOf = new Map<number, number>();
  for (let at = 0; at < locations.length; at += LOCATION_WIDTH) locationOf.set(locations[at]!, at);

  function fileOf(closure: number): string {
    const info = follow(graph, closure, internal, shared);
    if (info < 0) return '';
    for (const name of scripts) {
      const script = follow(graph, info, internal, name);
      if (script < 0) continue;
      const text = nodeText(graph, script);
      // A script under a debugger hangs on its debug information.
      if (!text.startsWith('system /')) return text;
    }
    return '';
  }

  return (closure) => {
    const at = locationOf.get(closure);
    return {
      function: nodeText(graph, closure),
      file: fileOf(closure),
      line: at === undefined ? 0 : locations[at + 2]! + 1,
      column: at === undefined ? 0 : locations[at + 3]! + 1,
    };
  };
}
