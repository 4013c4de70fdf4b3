import { createWatchdog } from './watchdog.ts';

/** Three of the comments that a server sends every 12 seconds when it has nothing to tell. */
const SILENCE_MS = 40_000;

/**
 * A `fetch` whose event streams end as they should. Where the caller aborts one, it ends instead of
 * failing: urql's reader is being closed at that moment, and a failure there reaches nobody but the
 * process, as an unhandled rejection. One on which nothing comes any more fails.
 */
export function quietFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const isEventStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    if (!isEventStream || response.body === null || !init?.signal) return response;
    return new Response(watched(response.body, init.signal), response);
  };
}

function watched(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  // An aborted body has failed already, and says so again when it is cancelled.
  const cancel = (reason?: unknown) => reader.cancel(reason).catch(() => {});
  return new ReadableStream({
    async pull(controller) {
      const watchdog = createWatchdog(SILENCE_MS, () => {
        controller.error(new TypeError('nothing came any more'));
        void cancel();
      });
      watchdog.expect();
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        if (signal.aborted) controller.close();
        else controller.error(error);
      } finally {
        watchdog.rest();
      }
    },
    cancel,
  });
}
