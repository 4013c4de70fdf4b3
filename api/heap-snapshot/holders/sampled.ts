/**
 * The objects that V8's heap sampler has sampled. It holds them by weak handles, and a snapshot shows what
 * handles point to, but not of which sample each is.
 */
import { type HeapGraph, nodeText } from '../graph/graph.ts';
import { MOST_TOGETHER_BYTES } from './pieces.ts';

/** How many samples there are of each size in bytes. */
export type SizeCounts = ReadonlyMap<number, number>;

export interface SampledObject {
  node: number;
  bytes: number;
  /** Sizes of the pieces that it may have been made in, with its parts or what it is a part of; see `piecesOf`. */
  pieces: readonly number[];
  /** Sizes of the pieces that it may have been made in with whatever is beside it; see `widerPiecesOf`. */
  wider?: ReadonlySet<number>;
}

/** Of more samples than objects some are of what is gone or looks different by now. */
const ENOUGH = 0.8;

/** Everything that a weak handle points to, the sampled objects among it. */
export function weaklyHeld(graph: HeapGraph): number[] {
  const weak = graph.edgeTypes.indexOf('weak');
  const held = new Set<number>();
  for (let node = 1; node < graph.nodeCount; node++) {
    if (nodeText(graph, node) !== '(Global handles)') continue;
    for (let edge = graph.firstEdge[node]!; edge < graph.firstEdge[node + 1]!; edge++) {
      if (graph.edgeType[edge] === weak) held.add(graph.edgeTo[edge]!);
    }
    break;
  }
  return [...held];
}

/** How much a size has for it that is a piece with anything beside the object, or merely larger. */
const WIDER_PIECE_ODDS = 0.3;
const LARGER_ODDS = 0.1;

/** Objects that are alike, and samples of one stack that they may be. */
interface Choice<Sampled> {
  alike: Sampled[];
  stack: number;
  size: number;
  odds: number;
  /** Of the objects' own sizes and pieces, how many there are to choose from; then, which it is. */
  among: number;
  rank: number;
}

/**
 * Each object takes a sample of its own size where there are enough for all, else one of a piece that it may
 * have been made in, and else of the next larger size. What finds none was not sampled.
 *
 * @example objects of 48, 48, 48 and 176 bytes, two samples of 48 and one of 208 → 48, 48, none, 208
 * @param stacks samples of each stack
 * @param evidenceOf how much each stack has for an object, in their order: the most likely go first
 */
export function sampleSizes<Sampled extends SampledObject>(
  objects: readonly Sampled[],
  stacks: readonly SizeCounts[],
  evidenceOf: (object: Sampled) => readonly number[] = () => stacks.map(() => 1),
): Map<Sampled, number> {
  const choices = choicesOf(objects, stacks, evidenceOf);
  // Who is likelier goes first, then who has no other choice.
  choices.sort((a, b) => b.odds - a.odds || a.among - b.among || a.rank - b.rank);
  const left = stacks.map((sizes) => new Map(sizes));
  const found = new Map<Sampled, number>();
  for (const { alike, stack, size } of choices) {
    let count = left[stack]!.get(size)!;
    for (; count >= 1 && alike.length > 0; count--) found.set(alike.shift()!, size);
    left[stack]!.set(size, count);
  }
  return found;
}

function choicesOf<Sampled extends SampledObject>(
  objects: readonly Sampled[],
  stacks: readonly SizeCounts[],
  evidenceOf: (object: Sampled) => readonly number[],
): Choice<Sampled>[] {
  const samples = new Map<number, number>();
  /** By size, the stacks with such samples. */
  const stacksOf = new Map<number, number[]>();
  stacks.forEach((sizes, stack) => {
    for (const [size, count] of sizes) {
      samples.set(size, (samples.get(size) ?? 0) + count);
      stacksOf.set(size, [...(stacksOf.get(size) ?? []), stack]);
    }
  });
  const ordered = [...samples.keys()].sort((a, b) => a - b);
  const ofSize = Map.groupBy(objects, ({ bytes }) => bytes);
  const choices: Choice<Sampled>[] = [];
  for (const alike of groupsOf(objects, evidenceOf)) {
    const { bytes, pieces: possible, wider } = alike[0]!;
    const evidence = evidenceOf(alike[0]!);
    const pieces = possible.filter((size) => (samples.get(size) ?? 0) >= 1);
    const isEnough = (samples.get(bytes) ?? 0) >= ofSize.get(bytes)!.length * ENOUGH;
    const likely = isEnough ? [bytes, ...pieces] : [...pieces, bytes];
    const among = likely.length;
    const most = Math.max(...evidence);
    const choose = (size: number, odds: number, rank: number) => {
      for (const stack of stacksOf.get(size) ?? []) {
        // What is merely larger says too little against another stack.
        if (odds === LARGER_ODDS && evidence[stack]! < most) continue;
        choices.push({ alike, stack, size, odds: odds * evidence[stack]!, among, rank });
      }
    };
    likely.forEach((size, rank) => {
      choose(size, 1, rank);
    });
    for (const size of ordered) {
      if (size <= bytes || size > bytes + MOST_TOGETHER_BYTES || likely.includes(size)) continue;
      // The largest first: else a small one takes what a larger one needs, and so on to the end.
      choose(size, wider?.has(size) ? WIDER_PIECE_ODDS : LARGER_ODDS, size - 2 * bytes);
    }
  }
  return choices;
}

/** Objects of which the same is known are alike. */
function groupsOf<Sampled extends SampledObject>(
  objects: readonly Sampled[],
  evidenceOf: (object: Sampled) => readonly number[],
): Sampled[][] {
  const groups = Map.groupBy(objects, (object) =>
    JSON.stringify([object.bytes, object.pieces, [...(object.wider ?? [])], evidenceOf(object)]),
  );
  return [...groups.values()];
}
