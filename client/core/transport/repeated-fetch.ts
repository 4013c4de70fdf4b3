/** What Node's `fetch` says of a connection that was closed before an answer came. */
const CLOSED = ['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE'];

/**
 * A `fetch` that asks once more where the connection was closed before anything of an answer came: one
 * that is left over from earlier requests may just be given up by the server, which no client can know.
 * Browsers do so by themselves. Only for what may be asked twice.
 */
export function repeatedFetch(fetch: typeof globalThis.fetch): typeof globalThis.fetch {
  return async (input, init) => {
    try {
      return await fetch(input, init);
    } catch (error) {
      if (init?.signal?.aborted || !wasClosed(error)) throw error;
      return fetch(input, init);
    }
  };
}

function wasClosed(error: unknown): boolean {
  const { code } = ((error as Error).cause ?? {}) as { code?: unknown };
  return CLOSED.some((each) => each === code);
}
