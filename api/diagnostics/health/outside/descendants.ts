/** The processes that the program has begun, and those that they have, by what Linux tells of them. */
import { portsOf } from '../../../base/processes/ports.ts';
import { allPids, procList, procText, threadTexts } from '../../../base/processes/proc.ts';

export interface Descendants {
  /** Tells those that are there from those of another time. */
  key: string;
  /** CPU time that they and their ended children have used. */
  ticks: number;
  /** How many of them run pprofql, which works also where they do not. */
  observed: number;
  /** Whether one of them listens on a port; looked at only where somebody asks. */
  listen: () => boolean;
}

interface Process {
  pid: number;
  parent: number;
  ticks: number;
}

/** Offsets after the name, which may have blanks and brackets in it. */
const PARENT = 1;
const TIMES = { from: 11, to: 15 };
/** A program with more of them is not one that has forgotten a child. */
const MOST = 64;
const PPROFQL = 'pprofql';
const NODE_OPTIONS = 'NODE_OPTIONS=';

/** Some 10 ms with a thousand processes. Null where there are none, too many, or the system does not tell. */
export function readDescendants(pid: number): Descendants | null {
  const processes = allPids().flatMap((each) => processOf(each, procText(each, 'stat')) ?? []);
  const found: Process[] = [];
  let parents = new Set([pid]);
  while (parents.size > 0 && found.length <= MOST) {
    const children = processes.filter(({ parent }) => parents.has(parent));
    found.push(...children);
    parents = new Set(children.map((child) => child.pid));
  }
  if (found.length === 0 || found.length > MOST) return null;
  return {
    key: found
      .map((each) => each.pid)
      .sort()
      .join(),
    ticks: found.reduce((sum, { ticks }) => sum + ticks, 0),
    observed: found.filter((each) => isObserved(each.pid)).length,
    listen: () => found.some((each) => portsOf(each.pid).length > 0),
  };
}

/**
 * For example `7 (my app) S 3 7 7 0 -1 0 0 0 0 0 12 4 1 0 …` → a child of 3 that has used 17 ticks.
 * @internal
 */
export function processOf(pid: number, stat: string | null): Process | null {
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields.length < TIMES.to) return null;
  const times = fields.slice(TIMES.from, TIMES.to).map(Number);
  return { pid, parent: Number(fields[PARENT]), ticks: times.reduce((a, b) => a + b, 0) };
}

/** By its thread, which has a name from Node 24 on, or by what it was started with. */
function isObserved(pid: number): boolean {
  if (threadTexts(pid, 'comm').some((name) => name.trim() === PPROFQL)) return true;
  const given = procList(pid, 'environ').filter((entry) => entry.startsWith(NODE_OPTIONS));
  return [...procList(pid, 'cmdline'), ...given].some((text) => text.includes(PPROFQL));
}
