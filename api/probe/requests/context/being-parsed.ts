import { executionAsyncResource } from 'node:async_hooks';
import type { RequestRecord } from './types.ts';

/** Node runs parser events in a resource that knows its socket, and `end` in a tick called with the request. */
interface ParserResource {
  socket?: { parser?: { incoming?: object | null } | null } | null;
  args?: unknown;
}

/** Node's own ticks have no more; a resource of the host's may. */
const MOST_TICK_ARGUMENTS = 4;

/** The request whose packet Node parses now, or whose end it tells. */
export function requestBeingParsed(
  recordOf: (request: unknown) => RequestRecord | undefined,
): RequestRecord | undefined {
  try {
    const { socket, args } = executionAsyncResource() as ParserResource;
    const incoming = socket?.parser?.incoming;
    if (incoming) return recordOf(incoming);
    if (!Array.isArray(args) || args.length > MOST_TICK_ARGUMENTS) return undefined;
    for (const argument of args) {
      const record = recordOf(argument);
      if (record !== undefined) return record;
    }
  } catch {
    // The resource may be the host's object, whose getters may throw.
  }
  return undefined;
}
