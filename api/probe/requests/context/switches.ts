/** Tells, as the thread goes from one request's work to another's, whose it runs now. */
import { createHook } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { RequestContext, RequestRecord } from './context.ts';

/** Where a request begins in the middle of a callback. */
const BEGINNINGS = ['http.server.request.start', 'http2.server.stream.start'];

/**
 * Calls `onSwitch` whenever the code that runs next belongs to another request than before, or to
 * none, until the returned function is called. It costs a hook on every callback and every step of
 * an async function, so it is for limited times.
 */
export function followRequests(
  requests: RequestContext,
  onSwitch: (request: RequestRecord | undefined) => void,
): () => void {
  let last: RequestRecord | undefined;
  const look = () => {
    try {
      const request = requests.current();
      if (request === last) return;
      last = request;
      // So that the route its framework tells is kept beyond its end.
      if (request !== undefined) request.hasTasks = true;
      onSwitch(request);
    } catch {
      // An error in a hook ends the process; a sample without its route does no harm.
    }
  };
  const hook = createHook({ before: look });
  const releaseContexts = requests.holdContexts();
  hook.enable();
  // Subscribed after the request context itself, hence called after it.
  for (const channel of BEGINNINGS) subscribe(channel, look);
  // The inspector may have brought us into the middle of a request.
  look();
  return () => {
    hook.disable();
    releaseContexts();
    for (const channel of BEGINNINGS) unsubscribe(channel, look);
  };
}
