/** In which list the callbacks stand that requests in flight wait for. It stops the program while it looks. */
import { DiagnosticsError } from '../../../base/errors.ts';
import { wallClockMs } from '../../../base/own-time.ts';
import type { HeapWalk } from '../../overhead/pauses/heap-walk.ts';
import { withOwnSession } from '../../process/own-session.ts';
import type { HeldCallbacksReading } from '../../readings/held.ts';
import type { StackFrame } from '../../readings/tasks.ts';
import type { RequestContext } from '../context/types.ts';
import { isReferrer, valueAt } from './children.ts';
import { createClosureReader } from './closures.ts';
import { type FoundList, searchList } from './search.ts';

/** The inspector takes 0.1 to 0.2 ms for each. Before the search, V8 tells of all scripts there are. */
const MOST_FUNCTIONS = 600;
const SEARCH_MS = 100;

/**
 * V8 reads each script through the first time that it tells of it: 220 ms for 30 MB of them, measured on a busy machine. How
 * large they are is not known, but that the heap is larger.
 */
export function scriptsMs(heapUsedBytes: number): number {
  return SEARCH_MS + MS_PER_BYTE * heapUsedBytes;
}

const MS_PER_BYTE = 7e-6;

export interface HeldCallbacksOptions {
  walk: HeapWalk;
  requests: Pick<RequestContext, 'exchanges' | 'idOf'>;
}

/**
 * @throws DiagnosticsError `PAUSE_BUDGET_SPENT` where the pause budget does not allow it, `UNAVAILABLE` where there is
 * no inspector
 */
export function readHeldCallbacks({ walk, requests }: HeldCallbacksOptions): HeldCallbacksReading {
  const { found, pauseMs } = walk.run(() => {
    try {
      return search(requests);
    } catch (cause) {
      const reason = 'this process has no inspector that could tell what callbacks see';
      throw new DiagnosticsError('UNAVAILABLE', reason, { cause });
    }
  });
  return { ...asReading(found), takenAtMs: wallClockMs(), pauseMs };
}

function search(requests: HeldCallbacksOptions['requests']): FoundList | null {
  const exchanges = [...requests.exchanges()];
  const roots = handlersOf(exchanges.map(({ connection }) => connection));
  if (roots.length === 0) return null;
  return withOwnSession((session) => {
    const reader = createClosureReader(session);
    return searchList({
      reader,
      roots,
      waiting: exchanges.length,
      requestIdOf: requests.idOf,
      isOver: () => reader.count() >= MOST_FUNCTIONS,
    });
  });
}

/** The listeners of the servers that these connections came in by. */
function handlersOf(connections: readonly object[]): object[] {
  const handlers = new Set<object>();
  for (const server of new Set(connections.map((connection) => valueAt(connection, 'server')))) {
    const events = isReferrer(server) ? valueAt(server, '_events') : undefined;
    const listeners = isReferrer(events) ? valueAt(events, 'request') : undefined;
    for (const listener of Array.isArray(listeners) ? listeners : [listeners]) {
      if (isReferrer(listener)) handlers.add(listener);
    }
  }
  return [...handlers];
}

function asReading(found: FoundList | null): Pick<HeldCallbacksReading, 'held' | 'stacks'> {
  if (found === null) return { held: null, stacks: [] };
  const { count, name, keeper, isOfClass, waiter, worker } = found;
  const stacks: StackFrame[][] = [[keeper], [...waiter]];
  if (worker !== null) stacks.push([worker]);
  const held = { count, name, keeper: 0, isOfClass, waiter: 1, worker: worker === null ? -1 : 2 };
  return { held, stacks };
}
