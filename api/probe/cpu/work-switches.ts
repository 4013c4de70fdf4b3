/** Tells, as the thread goes from one piece of work to another, whose it does now. */
import { createHook } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { SpanIds } from '../readings/span.ts';
import {
  REQUEST_BEGINNINGS,
  type RequestContext,
  type RequestRecord,
} from '../requests/context/types.ts';
import { contextManager, createActiveSpans } from '../spans/active-span.ts';
import { followSpanSwitches } from '../spans/switches.ts';

/** Whose work it is; both may be nobody's. */
export interface Work {
  readonly request: RequestRecord | undefined;
  /** Null also where OpenTelemetry was not there as it began to be followed. */
  readonly span: SpanIds | null;
}

/**
 * Calls `onSwitch` whenever the code that runs next belongs to another request or another span of
 * OpenTelemetry than before, or to none, until the returned function is called. It costs a hook on every
 * callback and every step of an async function, so it is for limited times.
 */
export function followWork(
  requests: RequestContext,
  onSwitch: (work: Work | undefined) => void,
): () => void {
  const manager = contextManager();
  const spans = manager === null ? null : createActiveSpans();
  let last: Work = { request: undefined, span: null };

  function work(request: RequestRecord | undefined, span: SpanIds | null): void {
    if (request === last.request && span === last.span) return;
    last = { request, span };
    // So that the route its framework tells is kept beyond its end.
    if (request !== undefined) request.hasTasks = true;
    onSwitch(request === undefined && span === null ? undefined : last);
  }

  const look = () => {
    try {
      work(requests.current(), spans?.current() ?? null);
    } catch {
      // An error in a hook ends the process; a sample without its route does no harm.
    }
  };
  const enter = (context: unknown) => {
    try {
      work(last.request, spans?.ofContext(context) ?? null);
    } catch {
      // As above.
    }
  };

  const hook = createHook({ before: look });
  const releaseContexts = requests.holdContexts();
  hook.enable();
  // Subscribed after the request context itself, hence called after it.
  for (const channel of REQUEST_BEGINNINGS) subscribe(channel, look);
  const unfollowSpans =
    manager === null ? () => {} : followSpanSwitches(manager, { onEnter: enter, onLeave: look });
  // The inspector may have brought us into the middle of a request.
  look();
  return () => {
    hook.disable();
    releaseContexts();
    for (const channel of REQUEST_BEGINNINGS) unsubscribe(channel, look);
    unfollowSpans();
  };
}
