/** All paths to the objects, merged from the root on. */
import type { Held } from '../held.ts';
import { type Step, stepKey } from '../steps.ts';
import type { HolderNode } from '../types.ts';
import { LEAST_SHARE, told } from './told.ts';

const MAX_TREE_NODES = 200;

interface Branch {
  step: Step | null;
  weight: number;
  children: Map<string, Branch>;
}

/** Depth first, most first. */
export function treeOf(weighed: readonly Held[], total: number): HolderNode[] {
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
