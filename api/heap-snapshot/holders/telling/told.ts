import type { Step } from '../steps.ts';
import type { ToldStep } from '../types.ts';

/** Of paths and boxes of the tree: with a smaller share of the objects they are left out. */
export const LEAST_SHARE = 0.005;

export function told({ node: _node, ...step }: Step): ToldStep {
  return step;
}
