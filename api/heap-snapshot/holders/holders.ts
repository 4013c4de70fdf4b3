/** Who holds the objects of an allocation stack: their paths from a root, merged and counted. */
import { isOwnFile } from '../../base/files/own-files.ts';
import { type EntryCounter, entryCounter } from '../graph/entries.ts';
import { follow, type HeapGraph, nodeText, nodeTypeText } from '../graph/graph.ts';
import { type ShortestPaths, shortestPaths } from '../graph/paths.ts';
import { closurePlaces } from '../graph/scripts.ts';
import { type SoughtFunction, shapeOf, shapesOf } from '../graph/shapes.ts';
import { memberships } from './attribution.ts';
import {
  piecesOf,
  type SampledObject,
  type SizeCounts,
  sampleSizes,
  weaklyHeld,
} from './sampled.ts';
import { type Step, stepKey, stepTeller, TIMERS } from './steps.ts';

export interface HoldersQuestion {
  /** Samples of the stack, by size. */
  sizes: SizeCounts;
  /** Samples of all stacks. */
  allSizes: SizeCounts;
  /** Of the stack, the one that allocated first. */
  functions: readonly SoughtFunction[];
}

/** What is told of a step; which object it was is nobody's business. */
export type ToldStep = Omit<Step, 'node'> & {
  /** The file as people read it; absent where nobody has looked it up. */
  path?: string;
};

/** One box of the tree of holders. */
export interface HolderNode extends ToldStep {
  /** Index into the same list, smaller than this one's; null for a first step. */
  parent: number | null;
  /** Of the sampled objects of the stack, 0 to 1. */
  share: number;
}

/** Objects that are held by one thing. */
export interface HolderPath {
  /** From the root to the holder, which is the last. */
  steps: ToldStep[];
  /** From the holder to the objects. */
  below: ToldStep[];
  /** How many it holds directly, of whatever kind; null where it is no container. */
  entries: number | null;
  /** How many holders of this kind there are. */
  holders: number;
  /** Of the sampled objects of the stack, 0 to 1. */
  share: number;
  /** Sampled objects behind it, weighted by how likely each is of the stack. */
  samples: number;
}

export interface Holders {
  /** Most first. */
  paths: HolderPath[];
  tree: HolderNode[];
  /** Sampled objects of the stack by the sampler, and how many of them were found and have a path. */
  samples: number;
  found: number;
  objectCount: number;
}

const MAX_PATHS = 10;
const MAX_TREE_NODES = 200;
/** Below it a step is left out. */
const LEAST_SHARE = 0.005;
/** How much likelier an object is of the stack if a function of it, or its file, is on its path. */
const SAME_FUNCTION_ODDS = 8;
const SAME_FILE_ODDS = 3;
const SAME_SHAPE_ODDS = 20;
/** And if only Node is on its path. */
const OF_NODE_ODDS = 0.01;
/** Innermost functions of a stack whose shapes count. */
const ALLOCATING_FUNCTIONS = 3;
/** Classes whose shape nearly every function knows. */
const COMMON_CLASSES = new Set(['Array', 'Map', 'Set', 'Promise', 'Date']);

/** Where all samples of a size are of the stack: what has that size may be no sample, as Node's own handles. */
const MOST_CERTAIN = 0.98;
const LEAST_UNLIKE = 0.05;
/** Each time the holders that were likely count for more: what grows in one place is of one stack. */
const ROUNDS = 3;

export function findHolders(graph: HeapGraph, question: HoldersQuestion): Holders {
  const paths = shortestPaths(graph);
  const stepsTo = stepTeller(graph, paths);
  const entriesOf = entryCounter(graph);
  const sampled = sampledObjects(graph, paths)
    .map((object) => ({ ...object, steps: stepsTo(object.node) }))
    .filter(({ steps }) => steps.length > 0)
    // Node's own take what is left.
    .sort((a, b) => Number(isOfProgram(b.steps)) - Number(isOfProgram(a.steps)));
  const objects: Held[] = [];
  for (const [{ node, steps }, size] of sampleSizes(sampled, question.allSizes)) {
    if (!question.sizes.has(size) || isOfPprofql(steps)) continue;
    const holder = holderOf(steps, entriesOf);
    objects.push({ node, size, steps, holder, key: keyOf(steps.slice(0, holder + 1)), weight: 0 });
  }
  attribute(graph, objects, question);
  const weighed = objects.filter(({ weight }) => weight > 0);
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  let samples = 0;
  for (const count of question.sizes.values()) samples += count;
  return {
    paths: total === 0 ? [] : mergedPaths(weighed, total, entriesOf),
    tree: total === 0 ? [] : treeOf(weighed, total),
    samples,
    found: Math.min(samples, total),
    objectCount: graph.nodeCount,
  };
}

/** Whether code of the program is on the path. */
function isOfProgram(steps: readonly Step[]): boolean {
  if (isOfPprofql(steps)) return false;
  return steps.some(
    ({ kind, file }) => kind === 'GLOBAL' || (file !== null && !file.startsWith('node:')),
  );
}

/** It holds nothing that the program allocates; what is like it was made by pprofql. */
function isOfPprofql(steps: readonly Step[]): boolean {
  return steps.some(({ file }) => file !== null && isOwnFile(file));
}

/** A sampled object that may be of the stack. */
interface Held {
  node: number;
  size: number;
  steps: Step[];
  /** Index of the step that is called its holder. */
  holder: number;
  /** Of the path to the holder. */
  key: string;
  /** How likely it is of the stack. */
  weight: number;
}

/** Gives each object its weight. */
function attribute(
  graph: HeapGraph,
  objects: readonly Held[],
  { sizes, allSizes, functions }: HoldersQuestion,
): void {
  const shapes = shapesOf(graph, functions.slice(0, ALLOCATING_FUNCTIONS), closurePlaces(graph));
  const evidenceOf = new Map(
    objects.map((object) => [object, evidenceFor(graph, object, functions, shapes)]),
  );
  const fits = holderFits(objects, sizes);
  /** Of all weight, that of a holder. */
  let shares = new Map<string, number>();
  for (let round = 0; round < ROUNDS; round++) {
    for (const [size, wanted] of sizes) {
      const prior = Math.min(MOST_CERTAIN, wanted / allSizes.get(size)!);
      const groups = Map.groupBy(
        objects.filter((object) => object.size === size),
        ({ steps }) => keyOf(steps),
      );
      const members = [...groups.values()];
      const chances = memberships(
        members.map((group) => ({
          count: group.length,
          prior: withOdds(
            prior,
            evidenceOf.get(group[0]!)! *
              fits.get(group[0]!.key)! *
              holderOdds(shares, group[0]!.key),
          ),
        })),
        Math.round(wanted),
      );
      members.forEach((group, at) => {
        for (const object of group) object.weight = chances[at]!;
      });
    }
    shares = sharesOf(objects);
  }
}

/**
 * How well the objects of each holder are, size by size, as many as the samples of the stack: they are the
 * same, if it holds all of the stack and nothing of others.
 */
function holderFits(objects: readonly Held[], sizes: SizeCounts): Map<string, number> {
  let wanted = 0;
  for (const count of sizes.values()) wanted += count;
  const fits = new Map<string, number>();
  for (const [key, held] of Map.groupBy(objects, (object) => object.key)) {
    let difference = 0;
    for (const [size, count] of sizes) {
      difference += Math.abs(held.filter((object) => object.size === size).length - count);
    }
    const unlike = difference / (held.length + wanted);
    fits.set(key, (1 - unlike) / (unlike + LEAST_UNLIKE));
  }
  return fits;
}

function sharesOf(objects: readonly Held[]): Map<string, number> {
  const shares = new Map<string, number>();
  let total = 0;
  for (const { key, weight } of objects) {
    shares.set(key, (shares.get(key) ?? 0) + weight);
    total += weight;
  }
  if (total > 0) for (const [key, weight] of shares) shares.set(key, weight / total);
  return shares;
}

/** As likely as others before anything is known. */
function holderOdds(shares: ReadonlyMap<string, number>, key: string): number {
  if (shares.size === 0) return 1;
  return ((shares.get(key) ?? 0) + LEAST_SHARE) * shares.size;
}

function withOdds(prior: number, odds: number): number {
  const all = (prior / (1 - prior)) * odds;
  return all / (1 + all);
}

function keyOf(steps: readonly Step[]): string {
  return steps.map(stepKey).join('\n');
}

const TYPES_OF_PROGRAMS = new Set([
  'object',
  'array',
  'closure',
  'string',
  'concatenated string',
  'sliced string',
  'regexp',
  'number',
  'bigint',
]);

/** Those that the program can have made: Node's own handles lead to objects of its snapshot and modules. */
function sampledObjects(graph: HeapGraph, paths: ShortestPaths): SampledObject[] {
  const ofNode = objectsOfNode(graph);
  const piecesFor = piecesOf(graph, paths);
  return weaklyHeld(graph)
    .filter((node) => TYPES_OF_PROGRAMS.has(nodeTypeText(graph, node)) && paths.isReached(node))
    .filter((node) => nodeText(graph, node) !== 'ModuleWrap' && !ofNode.has(node))
    .map((node) => ({ node, bytes: graph.selfBytes[node]!, pieces: piecesFor(node) }));
}

/** What Node has brought along in the snapshot that it starts from. */
function objectsOfNode(graph: HeapGraph): Set<number> {
  const found = new Set<number>();
  const internal = graph.edgeTypes.indexOf('internal');
  const name = graph.indexOf('serialized_objects');
  const context = graph.indexOf('system / NativeContext');
  for (let node = 1; node < graph.nodeCount; node++) {
    if (name < 0 || graph.nodeName[node] !== context) continue;
    const list = follow(graph, node, internal, name);
    if (list < 0) continue;
    for (let edge = graph.firstEdge[list]!; edge < graph.firstEdge[list + 1]!; edge++) {
      found.add(graph.edgeTo[edge]!);
    }
  }
  return found;
}

/** How much likelier it is of the stack by what its path and its class have to do with the functions. */
function evidenceFor(
  graph: HeapGraph,
  { node, steps, holder }: Held,
  functions: readonly SoughtFunction[],
  shapes: ReadonlySet<number>,
): number {
  const names = new Set(functions.map((each) => each.function));
  const files = new Set(functions.map((each) => each.file).filter((file) => file !== ''));
  const isOfFunction =
    names.has(nodeText(graph, node)) ||
    steps.some(
      (step) =>
        names.has(step.className) ||
        functions.some((each) => each.function === step.function && each.file === step.file),
    );
  const isOfFile = steps.some(({ file }) => file !== null && files.has(file));
  const isOfShape = [node, ...steps.slice(holder + 1).map((step) => step.node)].some(
    (each) =>
      nodeTypeText(graph, each) === 'object' &&
      !COMMON_CLASSES.has(nodeText(graph, each)) &&
      shapes.has(shapeOf(graph, each)),
  );
  return (
    (isOfShape ? SAME_SHAPE_ODDS : 1) *
    (isOfFunction ? SAME_FUNCTION_ODDS : 1) *
    (isOfFile ? SAME_FILE_ODDS : 1) *
    (isOfProgram(steps) ? 1 : OF_NODE_ODDS)
  );
}

interface Group {
  steps: Step[];
  below: Step[];
  weight: number;
  holders: Set<number>;
}

function mergedPaths(
  weighed: readonly Held[],
  total: number,
  entriesOf: EntryCounter,
): HolderPath[] {
  const groups = new Map<string, Group>();
  for (const { steps, weight, holder, key } of weighed) {
    const group = groups.get(key) ?? {
      steps: steps.slice(0, holder + 1),
      below: steps.slice(holder + 1),
      weight: 0,
      holders: new Set(),
    };
    group.weight += weight;
    group.holders.add(steps[holder]!.node);
    groups.set(key, group);
  }
  return [...groups.values()]
    .sort((a, b) => b.weight - a.weight)
    .slice(0, MAX_PATHS)
    .filter(({ weight }, rank) => rank === 0 || weight / total >= LEAST_SHARE)
    .map(({ steps, below, weight, holders }) => ({
      steps: steps.map(told),
      below: below.map(told),
      entries: TIMERS.has(steps.at(-1)!.className) ? null : sumOf([...holders].map(entriesOf)),
      holders: holders.size,
      share: weight / total,
      samples: weight,
    }));
}

/** What holds many: the container with the most entries, else the last that has a name. */
function holderOf(steps: readonly Step[], entriesOf: EntryCounter): number {
  const timer = steps.findIndex(({ className }) => TIMERS.has(className));
  if (timer >= 0) return timer;
  let best = -1;
  let most = 0;
  steps.forEach((step, at) => {
    if (at === steps.length - 1 || steps[at + 1]!.kind !== 'ENTRY') return;
    const entries = entriesOf(step.node) ?? 0;
    if (entries > most) [best, most] = [at, entries];
  });
  if (best >= 0 && most >= MANY) return best;
  const named = steps.findLastIndex(
    ({ kind }, at) => kind !== 'ENTRY' && kind !== 'INTERNAL' && at < steps.length - 1,
  );
  return best >= 0 ? best : Math.max(0, named);
}

const MANY = 8;

function sumOf(counts: readonly (number | null)[]): number | null {
  if (counts.every((count) => count === null)) return null;
  return counts.reduce<number>((sum, count) => sum + (count ?? 0), 0);
}

function told({ node: _node, ...step }: Step): ToldStep {
  return step;
}

interface Branch {
  step: Step | null;
  weight: number;
  children: Map<string, Branch>;
}

/** Depth first, most first. */
function treeOf(weighed: readonly Held[], total: number): HolderNode[] {
  const root: Branch = { step: null, weight: total, children: new Map() };
  for (const { steps, weight } of weighed) {
    let branch = root;
    for (const step of steps) {
      const key = stepKey(step);
      let child = branch.children.get(key);
      if (child === undefined) {
        child = { step, weight: 0, children: new Map() };
        branch.children.set(key, child);
      }
      child.weight += weight;
      branch = child;
    }
  }
  const tree: HolderNode[] = [];
  const stack: { branch: Branch; parent: number | null }[] = [{ branch: root, parent: null }];
  for (
    let next = stack.pop();
    next !== undefined && tree.length < MAX_TREE_NODES;
    next = stack.pop()
  ) {
    const { branch, parent } = next;
    let at = parent;
    if (branch.step !== null) {
      at = tree.push({ ...told(branch.step), parent, share: branch.weight / total }) - 1;
    }
    const children = [...branch.children.values()]
      .filter(({ weight }) => weight / total >= LEAST_SHARE)
      .sort((a, b) => a.weight - b.weight);
    for (const child of children) stack.push({ branch: child, parent: at });
  }
  return tree;
}
