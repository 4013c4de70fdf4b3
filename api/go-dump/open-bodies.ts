/** Responses of `net/http` whose body nobody reads or has closed: each keeps a connection and two goroutines. */
import type { GoGroup } from './groups/groups.ts';

export interface OpenBodies {
  /** Of a dump those open for a minute or more, of a profile all; without as many as somebody may be reading. */
  count: number;
  longestWaitMs: number;
  /** False for a profile, which does not say for how long. */
  isWaitKnown: boolean;
}

const OF_RUNTIME = /^runtime\./;
/** It waits for the body to be read to its end or closed; one that is idle waits for the next response below `Peek`. */
const READ_LOOP = 'net/http.(*persistConn).readLoop';
const WAITING = /^(?:select|$)/;
/** Who reads a body, or hands on what was read of one. */
const READER = /^(?:net\/http\.\(\*bodyEOFSignal\)\.Read|io\.(?:copyBuffer|ReadAll|ReadAtLeast))$/;

/** Null where there are none. */
export function openBodiesOf(groups: readonly GoGroup[]): OpenBodies | null {
  const open = groups.filter(isOpen);
  const readers = groups.reduce((sum, group) => sum + (isReading(group) ? group.count : 0), 0);
  const isWaitKnown = open.some(({ oldestWaitMs }) => oldestWaitMs !== null);
  const count =
    open.reduce((sum, group) => sum + (isWaitKnown ? group.longWaitingCount : group.count), 0) -
    readers;
  if (count <= 0) return null;
  const longestWaitMs = Math.max(...open.map(({ oldestWaitMs }) => oldestWaitMs ?? 0));
  return { count, longestWaitMs, isWaitKnown };
}

function isOpen({ state, frames }: GoGroup): boolean {
  const top = frames.find(({ function: name }) => !OF_RUNTIME.test(name));
  return WAITING.test(state) && top?.function === READ_LOOP;
}

function isReading({ frames }: GoGroup): boolean {
  return frames.some(({ function: name }) => READER.test(name));
}
