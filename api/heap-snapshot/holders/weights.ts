/** How likely each object is of the stack: by the numbers of its samples, and by what its path has to do with it. */
import { type HeapGraph, nodeText, nodeTypeText } from '../graph/graph.ts';
import { closurePlaces } from '../graph/scripts.ts';
import { type SoughtFunction, shapeOf, shapesOf } from '../graph/shapes.ts';
import { memberships } from './attribution.ts';
import { type Held, isOfProgram, keyOf } from './held.ts';
import type { SizeCounts } from './sampled.ts';
import type { HoldersQuestion } from './types.ts';

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

/** Of a holder of which nothing is known yet. */
const LEAST_SHARE = 0.005;

/** Gives each object its weight. */
export function attribute(
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
