/** A process with all that it has started, as the kernel tells. */
import { readdirSync, readFileSync } from 'node:fs';
import { portsOf } from '../../../api/base/processes/ports.ts';

/** The ports that any of them listens on, in order. */
export function portsOfTree(pid: number): number[] {
  const ports = treeOf(pid).flatMap(portsOf);
  return [...new Set(ports)].toSorted((a, b) => a - b);
}

/** Its own id comes first. */
export function treeOf(pid: number): number[] {
  return [pid, ...childrenOf(pid).flatMap(treeOf)];
}

function childrenOf(pid: number): number[] {
  try {
    // Each of its threads has its own.
    const lists = readdirSync(`/proc/${pid}/task`).map((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8'),
    );
    return lists.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
  } catch {
    // It ends just now.
    return [];
  }
}
