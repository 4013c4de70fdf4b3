/** A process with all that it has started, as the kernel tells. */
import { portsOf } from '../../../api/base/processes/ports.ts';
import { threadTexts } from '../../../api/base/processes/proc.ts';

/** The ports that any of them listens on, in order. */
export function portsOfTree(pid: number): number[] {
  const ports = treeOf(pid).flatMap(portsOf);
  return [...new Set(ports)].toSorted((a, b) => a - b);
}

/** Its own id comes first. */
export function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

/** Each of its threads has its own. None where it ends just now. */
function childrenOf(pid: number): number[] {
  const lists = threadTexts(pid, 'children');
  return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}
