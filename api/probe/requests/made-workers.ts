/** In which request each worker thread was made, by the channel on which Node tells of them. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { WorkerOrigin } from '../readings/requests.ts';
import { routeOf } from './context/context.ts';
import type { RequestContext } from './context/types.ts';
import { routeName } from './routes/names/route-name.ts';

export interface MadeWorkers {
  /** Of the latest that were made in a request whose context is known. */
  read(): WorkerOrigin[];
  stop(): void;
}

const CHANNEL = 'worker_threads';
/** More do not live at a time. */
const MOST_KNOWN = 500;

export function noteWorkers(context: Pick<RequestContext, 'current'>): MadeWorkers {
  let known: WorkerOrigin[] = [];

  function onWorker(message: unknown): void {
    try {
      const request = context.current();
      const { threadId } = (message as { worker: { threadId?: unknown } }).worker;
      if (request === undefined || typeof threadId !== 'number') return;
      known.push({ threadId, route: routeName(request.method, routeOf(request)) });
      if (known.length > 2 * MOST_KNOWN) known = known.slice(-MOST_KNOWN);
    } catch {
      // The program has its worker all the same.
    }
  }

  subscribe(CHANNEL, onWorker);
  return {
    read: () => known.slice(-MOST_KNOWN),
    stop: () => void unsubscribe(CHANNEL, onWorker),
  };
}
