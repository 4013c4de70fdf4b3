/** The kinds of async resource that are tasks: something outside is still owed. */

import { getActiveResourcesInfo } from '../../base/builtins.ts';
import { math } from '../../base/numbers/math.ts';
import { wallClockMs } from '../../base/own-time.ts';
import type { CountedTasks } from './async-tracker.ts';

/**
 * async_hooks types that are recorded, beside promises, of which V8 tells. Left out: queued callbacks that run in this very turn of the
 * loop (`TickObject`, `Microtask`, `Immediate`), parsers and streams that wait for nothing themselves
 * (`HTTPINCOMINGMESSAGE`, `TLSWRAP`), and types of other libraries, whose end
 * cannot be read. A zlib stream (`ZLIB`) is one while a thread has, or owes it, a piece of its work.
 */
export const TASK_TYPES: ReadonlySet<string> = new Set([
  'Timeout',
  'TCPWRAP',
  'TCPSERVERWRAP',
  'TCPCONNECTWRAP',
  'PIPEWRAP',
  'PIPESERVERWRAP',
  'PIPECONNECTWRAP',
  'UDPWRAP',
  'UDPSENDWRAP',
  'TTYWRAP',
  'PROCESSWRAP',
  'SIGNALWRAP',
  'WORKER',
  'MESSAGEPORT',
  'FSREQCALLBACK',
  'FSREQPROMISE',
  'FSEVENTWRAP',
  'STATWATCHER',
  'GETADDRINFOREQWRAP',
  'GETNAMEINFOREQWRAP',
  'QUERYWRAP',
  'HTTPCLIENTREQUEST',
  'PBKDF2REQUEST',
  'SCRYPTREQUEST',
  'HASHREQUEST',
  'SIGNREQUEST',
  'CIPHERREQUEST',
  'DERIVEBITSREQUEST',
  'KEYGENREQUEST',
  'KEYPAIRGENREQUEST',
  'RANDOMBYTESREQUEST',
  'RANDOMPRIMEREQUEST',
  'ZLIB',
]);

/**
 * Whether it is a timer of Node's own: of an idle socket, of which a server makes one a request, or of a cache.
 * Only those come into being without keeping the program alive, and those of `node:timers/promises` with
 * `ref: false`, whose callback has no name.
 */
export function isTimerOfNode(type: string, resource: NewTimer): boolean {
  return type === 'Timeout' && resource.hasRef?.() === false && resource._onTimeout?.name !== '';
}

interface NewTimer {
  hasRef?: () => boolean;
  _onTimeout?: { name: string } | null;
}

/** Begun by Node on somebody's behalf, and over with one answer. */
export const REQUEST_TYPES: ReadonlySet<string> = new Set([
  'FSREQCALLBACK',
  'FSREQPROMISE',
  'GETADDRINFOREQWRAP',
  'GETNAMEINFOREQWRAP',
  'QUERYWRAP',
]);

/** Few and lasting, so that each is recorded and none is estimated: three hundred servers would be absurd. */
export const RARE_TYPES: ReadonlySet<string> = new Set([
  'TCPSERVERWRAP',
  'PIPESERVERWRAP',
  'UDPWRAP',
  'TTYWRAP',
  'PROCESSWRAP',
  'SIGNALWRAP',
  'WORKER',
  'FSEVENTWRAP',
  'STATWATCHER',
]);

/** `process.getActiveResourcesInfo()` names that differ from the async_hooks type by more than case. */
const TYPE_OF_ACTIVE_NAME: ReadonlyMap<string, string> = new Map([
  ['TCPSocketWrap', 'TCPWRAP'],
  ['Timeout', 'Timeout'],
]);

/** Its one loop turn may be our own. */
const MOMENTARY = 'Immediate';

/** Active handles and requests, which keep the process alive, by the name Node gives them. */
export function countActive(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of getActiveResourcesInfo()) {
    if (name !== MOMENTARY) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

export function activeTasks(): CountedTasks {
  const count = [...countActive().values()].reduce((sum, each) => sum + each, 0);
  return { count, countedAtMs: wallClockMs() };
}

/**
 * Those that no record stands for.
 * @param known Estimated live tasks by async_hooks type.
 */
export function untrackedResources(
  active: ReadonlyMap<string, number>,
  known: ReadonlyMap<string, number>,
): Record<string, number> {
  const untracked: Record<string, number> = {};
  for (const [name, count] of active) {
    const rest = math.round(count - (known.get(typeOfActive(name)) ?? 0));
    if (rest > 0) untracked[name] = rest;
  }
  return untracked;
}

/** By async_hooks type. */
export function activeByType(active: ReadonlyMap<string, number>): Map<string, number> {
  return new Map([...active].map(([name, count]) => [typeOfActive(name), count]));
}

const typeOfActive = (name: string) => TYPE_OF_ACTIVE_NAME.get(name) ?? name.toUpperCase();
