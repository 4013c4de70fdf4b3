import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { quietFetch } from './quiet-fetch.ts';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

/** An event stream that a test writes. */
async function openStream() {
  let source!: ReadableStreamDefaultController<Uint8Array>;
  const cancelled = vi.fn();
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      source = controller;
    },
    cancel: cancelled,
  });
  const stop = new AbortController();
  const headers = { 'content-type': 'text/event-stream' };
  const fetch = quietFetch(async () => new Response(body, { headers }));
  const response = await fetch('http://127.0.0.1/', { signal: stop.signal });
  const reader = response.body!.getReader();
  return { source, reader, stop, cancelled };
}

const COMMENT = new TextEncoder().encode(':\n\n');

it('fails an event stream on which nothing comes any more', async () => {
  const { reader, cancelled } = await openStream();
  const outcome = reader.read().catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(41_000);
  expect(await outcome).toBeInstanceOf(TypeError);
  expect(cancelled).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

it('leaves one alone that has nothing but comments', async () => {
  const { source, reader } = await openStream();
  for (let comments = 0; comments < 5; comments++) {
    await vi.advanceTimersByTimeAsync(12_000);
    source.enqueue(COMMENT);
    expect(await reader.read()).toEqual({ done: false, value: COMMENT });
  }
});

it('ends one that is aborted, instead of failing it', async () => {
  const { source, reader, stop } = await openStream();
  const end = reader.read();
  stop.abort();
  source.error(new DOMException('aborted', 'AbortError'));
  expect(await end).toEqual({ done: true, value: undefined });
  await vi.advanceTimersByTimeAsync(0);
  expect(vi.getTimerCount()).toBe(0);
});
