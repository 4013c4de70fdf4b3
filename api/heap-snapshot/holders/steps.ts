/**
 * A path as a person would tell it: variables, properties and entries, with the classes of what they hold.
 *
 *   global.Registry → closure → context → previous → context `sessions` → Map → table → [17] → Session → items
 *   → `sessions` Map in session-cache.ts → [] Session → items Array
 */
import { closuresOfContexts } from '../graph/contexts.ts';
import { follow, type HeapGraph, nodeText, nodeTypeText } from '../graph/graph.ts';
import { CELL, exportedVariables } from '../graph/modules.ts';
import type { ShortestPaths } from '../graph/paths.ts';
import { closurePlaces } from '../graph/scripts.ts';

export type StepKind = 'ROOT' | 'GLOBAL' | 'VARIABLE' | 'PROPERTY' | 'ENTRY' | 'INTERNAL';

export interface Step {
  kind: StepKind;
  /** Of the variable or property; null for entries, which may be called after values. */
  name: string | null;
  /** Class of what is held there; `function` for one. */
  className: string;
  /** Of the function whose closure the variable is in, or that is held; null where there is none. */
  function: string | null;
  file: string | null;
  /** 1-based; null where unknown, and for variables of a whole file. */
  line: number | null;
  column: number | null;
  node: number;
}

/** Classes of timers, and where each has what it calls. */
export const TIMERS: ReadonlyMap<string, string> = new Map([
  ['Timeout', '_onTimeout'],
  ['Immediate', '_onImmediate'],
]);

interface Hop {
  kind: StepKind;
  name: string | null;
  /** Of an exported variable. */
  file?: string;
}

/** An object with more properties, most of which hold the same class, is used as a map: its keys may be values. */
const DICTIONARY_FROM = 20;
const DICTIONARY_SHARE = 0.8;
const RANK: Record<StepKind, number> = {
  VARIABLE: 5,
  GLOBAL: 4,
  PROPERTY: 3,
  ENTRY: 2,
  INTERNAL: 1,
  ROOT: 0,
};
/** What these lead to is the inside of what they begin at. */
const INSIDES = new Set([
  'table',
  'elements',
  'properties',
  'context',
  'previous',
  'extension',
  'value',
  'shared',
  'code',
  'object',
]);

export function stepTeller(graph: HeapGraph, paths: ShortestPaths): (node: number) => Step[] {
  const { edgeTypes } = graph;
  const internal = edgeTypes.indexOf('internal');
  const previous = graph.indexOf('previous');
  const placeOf = closurePlaces(graph);
  const closureIn = closuresOfContexts(graph);
  const exported = exportedVariables(graph, placeOf);
  const dictionaries = new Map<number, boolean>();

  function isDictionary(node: number): boolean {
    const known = dictionaries.get(node);
    if (known !== undefined) return known;
    const property = edgeTypes.indexOf('property');
    const classes = new Map<number, number>();
    let count = 0;
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      if (graph.edgeType[edge] !== property) continue;
      count += 1;
      const name = graph.nodeName[graph.edgeTo[edge]!]!;
      classes.set(name, (classes.get(name) ?? 0) + 1);
    }
    const most = Math.max(0, ...classes.values());
    const is = count > DICTIONARY_FROM && most >= count * DICTIONARY_SHARE;
    dictionaries.set(node, is);
    return is;
  }

  /** What one edge says; null for the inside of something. */
  function hopOf(from: number, edge: number): Hop | null {
    const type = edgeTypes[graph.edgeType[edge]!]!;
    if (type === 'element') return { kind: 'ENTRY', name: null };
    if (type === 'hidden' || type === 'shortcut' || type === 'weak') return null;
    const variable = nodeText(graph, from) === CELL ? exported.get(from) : undefined;
    if (variable !== undefined) return { kind: 'VARIABLE', ...variable };
    const name = graph.text(graph.edgeName[edge]!);
    if (type === 'context') return { kind: 'VARIABLE', name };
    if (type === 'property') {
      if (nodeText(graph, from).startsWith('global (')) return { kind: 'GLOBAL', name };
      return isDictionary(from) ? { kind: 'ENTRY', name: null } : { kind: 'PROPERTY', name };
    }
    if (/^\d+$/.test(name) || / -> /.test(name)) {
      return nodeTypeText(graph, from) === 'synthetic' ? null : { kind: 'ENTRY', name: null };
    }
    return INSIDES.has(name) ? null : { kind: 'INTERNAL', name };
  }

  /** A whole file's variables, or those of the global scope. */
  function isOfFile(context: number): boolean {
    const outer = follow(graph, context, internal, previous);
    return outer < 0 || nodeText(graph, outer) === 'system / NativeContext';
  }

  return (node) => {
    let steps: Step[] = [];
    let hop: Hop | null = null;
    let context = -1;
    let closure = -1;
    for (const edge of paths.to(node)) {
      const to = graph.edgeTo[edge]!;
      const from = paths.parentOf(to);
      const told = hopOf(from, edge);
      if (told !== null && (hop === null || RANK[told.kind] > RANK[hop.kind])) {
        hop = told;
        if (told.kind === 'VARIABLE') context = from;
      }
      const type = nodeTypeText(graph, to);
      if (!isShown(type, nodeText(graph, to))) continue;
      const said: Hop = hop ?? { kind: 'INTERNAL', name: null };
      hop = null;
      if (isChained(steps.at(-1), said, to)) {
        steps[steps.length - 1] = stepTo(to, said);
        continue;
      }
      const step = stepTo(to, said);
      if (step.kind === 'GLOBAL') steps = [];
      if (step.kind === 'VARIABLE') {
        const isFile = said.file !== undefined || isOfFile(context);
        // By which of the functions of a file its variables are reached says nothing.
        if (isFile) steps = [];
        // An exported variable is in no context, and its file is known.
        const teller = closure >= 0 || context < 0 ? closure : closureIn(context);
        const place = teller < 0 ? null : placeOf(teller);
        step.file = said.file || place?.file || null;
        step.function = isFile ? null : (place?.function ?? null);
        step.line = isFile || !place?.line ? null : place.line;
        step.column = isFile || !place?.column ? null : place.column;
      }
      steps.length = lengthWithoutRing(steps, step);
      steps.push(step);
      // What is behind anything else is not in the scope of a function before it.
      closure = type === 'closure' ? to : -1;
    }
    return steps;
  };

  /** A chain of the same, as in a linked list, is told once, by its end. */
  function isChained(last: Step | undefined, { kind, name }: Hop, node: number): boolean {
    if (last === undefined || graph.nodeName[last.node] !== graph.nodeName[node]) return false;
    // Node has timers in lists that go both ways.
    if (TIMERS.has(last.className) && kind === 'PROPERTY') return true;
    return kind === 'PROPERTY' && last.kind === kind && last.name === name;
  }

  function stepTo(node: number, { kind, name }: Hop): Step {
    const step: Step = {
      kind,
      name,
      className: classOf(node),
      function: null,
      file: null,
      line: null,
      column: null,
      node,
    };
    const called = nodeTypeText(graph, node) === 'closure' ? node : callbackOf(node);
    if (called < 0 || kind === 'VARIABLE') return step;
    const place = placeOf(called);
    return {
      ...step,
      ...(called !== node && { kind: 'ENTRY', name: null }),
      function: place.function || '(anonymous)',
      file: place.file || null,
      line: place.line || null,
      column: place.column || null,
    };
  }

  /** What a timer calls; -1 for what is none. */
  function callbackOf(node: number): number {
    const name = TIMERS.get(nodeText(graph, node));
    if (name === undefined) return -1;
    const found = follow(graph, node, edgeTypes.indexOf('property'), graph.indexOf(name));
    return found >= 0 && nodeTypeText(graph, found) === 'closure' ? found : -1;
  }

  function classOf(node: number): string {
    const type = nodeTypeText(graph, node);
    if (type === 'closure') return 'function';
    if (type === 'object') return nodeText(graph, node) || 'Object';
    return type === 'concatenated string' || type === 'sliced string' ? 'string' : type;
  }
}

function isShown(type: string, name: string): boolean {
  if (type === 'object') return !name.startsWith('system /') && !name.startsWith('global (');
  return ['closure', 'string', 'concatenated string', 'sliced string', 'regexp'].includes(type);
}

/**
 * A chain of several steps each, as of closures that hold the ones before them, is told by its first two links and its end.
 *
 *   theThing → original → someMethod → original → someMethod → original
 *   → theThing → original → someMethod → original
 */
function lengthWithoutRing(steps: readonly Step[], step: Step): number {
  if (step.name === null || steps.length < MOST_LINKS) return steps.length;
  const key = stepKey(step);
  const links = steps.flatMap((each, at) =>
    each.name === step.name && stepKey(each) === key ? [at] : [],
  );
  return links.length < MOST_LINKS ? steps.length : links[MOST_LINKS - 1]!;
}

const MOST_LINKS = 2;

export function stepKey({ kind, name, className, function: fn, file, line, column }: Step): string {
  return JSON.stringify([kind, name, className, fn, file, line, column]);
}
