/**
 * A `fetch` whose event streams end where the caller aborts them, instead of failing: urql's reader
 * is being closed at that moment, and a failure there reaches nobody but the process, as an
 * unhandled rejection.
 */
export function quietFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const isEventStream = response.headers.get('content-type')?.startsWith('text/event-stream');
    if (!isEventStream || response.body === null || !init?.signal) return response;
    return new Response(endOnAbort(response.body, init.signal), response);
  };
}

function endOnAbort(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSignal,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream({
    async pull(controller) {
      try {
        const { done, value } = await reader.read();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        if (signal.aborted) controller.close();
        else controller.error(error);
      }
    },
    // An aborted body has failed already, and says so again when it is cancelled.
    cancel: (reason) => reader.cancel(reason).catch(() => {}),
  });
}
