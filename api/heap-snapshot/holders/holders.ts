/** Who holds the objects of an allocation stack: their paths from a root, merged and counted. */
import { entryCounter } from '../graph/entries.ts';
import type { HeapGraph } from '../graph/graph.ts';
import { shortestPaths } from '../graph/paths.ts';
import { sampledObjects } from './candidates.ts';
import { evidenceTeller } from './evidence.ts';
import { type Held, holderOf, isOfNodeItself, isOfPprofql, keyOf } from './held.ts';
import { likelyObjects } from './likely.ts';
import { sampleSizes } from './sampled.ts';
import { stepTeller } from './steps.ts';
import { mergedPaths } from './telling/merged-paths.ts';
import { treeOf } from './telling/tree.ts';
import type { Holders, HoldersQuestion } from './types.ts';
import { attribute } from './weights.ts';

export function findHolders(graph: HeapGraph, question: HoldersQuestion): Holders {
  const paths = shortestPaths(graph);
  const stepsTo = stepTeller(graph, paths);
  const entriesOf = entryCounter(graph);
  const stacks = [question, ...question.others];
  const evidenceOf = evidenceTeller(graph, stacks);
  const sampled = sampledObjects(graph, paths)
    .map((object) => ({ ...object, steps: stepsTo(object.node) }))
    .filter(({ steps }) => steps.length > 0 && !isOfNodeItself(steps))
    .map((object) => ({ ...object, holder: holderOf(object.node, object.steps, entriesOf) }));
  const sizes = sampleSizes(
    sampled,
    stacks.map((stack) => stack.sizes),
    evidenceOf,
  );
  const objects: Held[] = [];
  for (const [{ node, steps, holder }, size] of sizes) {
    if (!question.sizes.has(size) || isOfPprofql(steps)) continue;
    objects.push({ node, size, steps, holder, key: keyOf(steps.slice(0, holder + 1)), weight: 0 });
  }
  const candidates = likelyObjects(objects, stacks, evidenceOf);
  attribute(candidates, question, evidenceOf);
  const weighed = candidates.filter(({ weight }) => weight > 0);
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
