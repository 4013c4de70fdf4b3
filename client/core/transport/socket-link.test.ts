import type { SubscriptionForwarder } from '@urql/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SocketFailure } from './socket-failure.ts';
import { createSocketLink, type SocketLinkOptions } from './socket-link.ts';

/** A server that accepts a connection and then never says another word. */
class SilentWebSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  static readonly opened: SilentWebSocket[] = [];

  readyState = SilentWebSocket.CONNECTING;
  readonly sent: string[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number; reason: string }) => void) | null = null;

  constructor() {
    SilentWebSocket.opened.push(this);
    queueMicrotask(() => this.open());
  }

  open(): void {
    if (this.readyState !== SilentWebSocket.CONNECTING) return;
    this.readyState = SilentWebSocket.OPEN;
    this.onopen?.();
  }

  send(data: string): void {
    this.sent.push(JSON.parse(data).type);
    if (this.sent.length === 1) {
      queueMicrotask(() => this.onmessage?.({ data: '{"type":"connection_ack"}' }));
    }
  }

  close(code: number, reason: string): void {
    this.readyState = SilentWebSocket.CLOSED;
    this.onclose?.({ code, reason });
  }
}

type Forward = Parameters<SubscriptionForwarder>;

const REQUEST = { query: 'subscription { metricsHistory { sequence } }' } as Forward[0];
const OPERATION = {} as Forward[1];

beforeEach(() => {
  vi.useFakeTimers();
  SilentWebSocket.opened.length = 0;
});

afterEach(() => {
  vi.useRealTimers();
});

/** One that something on the way swallows: nobody ever answers. */
class SwallowedWebSocket extends SilentWebSocket {
  override open(): void {}
}

function subscribe(options: Partial<SocketLinkOptions> = {}) {
  const link = createSocketLink({
    url: 'ws://127.0.0.1:1/graphql',
    connectionParams: {},
    webSocketImpl: SilentWebSocket,
    ...options,
  });
  const error = vi.fn();
  const forward = () =>
    link.forward(REQUEST, OPERATION).subscribe({ next: () => {}, error, complete: () => {} });
  return { error, forward, subscription: forward() };
}

it('gives up a connection whose other end has fallen silent', async () => {
  const { error } = subscribe();
  await vi.advanceTimersByTimeAsync(14_000);
  expect(SilentWebSocket.opened[0]?.sent).toEqual(['connection_init', 'subscribe']);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(SilentWebSocket.opened[0]?.sent).toContain('ping');
  expect(error).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(15_000);
  expect(error).toHaveBeenCalledExactlyOnceWith(expect.any(SocketFailure));
  expect(SilentWebSocket.opened[0]?.readyState).toBe(SilentWebSocket.CLOSED);
});

it('leaves no timer behind after the last subscription', async () => {
  const { subscription } = subscribe();
  await vi.advanceTimersByTimeAsync(16_000);
  subscription.unsubscribe();
  await vi.advanceTimersByTimeAsync(0);
  expect(SilentWebSocket.opened[0]?.readyState).toBe(SilentWebSocket.CLOSED);
  expect(vi.getTimerCount()).toBe(0);
});

it('breaks off an attempt after one that failed, too', async () => {
  const { error, forward } = subscribe();
  await vi.advanceTimersByTimeAsync(0);
  SilentWebSocket.opened[0]?.close(1006, '');
  await vi.advanceTimersByTimeAsync(0);
  expect(error).toHaveBeenCalledOnce();
  forward().unsubscribe();
  await vi.advanceTimersByTimeAsync(0);
  expect(SilentWebSocket.opened[1]?.readyState).toBe(SilentWebSocket.CLOSED);
});

it('breaks off an attempt that nobody waits for any more', async () => {
  const { subscription } = subscribe();
  const [socket] = SilentWebSocket.opened;
  subscription.unsubscribe();
  await vi.advanceTimersByTimeAsync(0);
  expect(socket?.readyState).toBe(SilentWebSocket.CLOSED);
  expect(socket?.sent).not.toContain('subscribe');
});

it('gives up an attempt that nobody answers, and takes it for a failed one', async () => {
  const onFailed = vi.fn();
  const { error } = subscribe({ webSocketImpl: SwallowedWebSocket, onFailed });
  await vi.advanceTimersByTimeAsync(9_000);
  expect(error).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(error).toHaveBeenCalledExactlyOnceWith(expect.any(SocketFailure));
  expect(onFailed).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});

it('tells a connection that was lost from one that never stood', async () => {
  const [onOpened, onFailed] = [vi.fn(), vi.fn()];
  const { forward } = subscribe({ onOpened, onFailed });
  await vi.advanceTimersByTimeAsync(0);
  SilentWebSocket.opened[0]?.close(1006, '');
  await vi.advanceTimersByTimeAsync(0);
  expect(onOpened).toHaveBeenCalledOnce();
  expect(onFailed).not.toHaveBeenCalled();
  forward();
  SilentWebSocket.opened[1]?.close(1006, '');
  await vi.advanceTimersByTimeAsync(0);
  expect(onFailed).toHaveBeenCalledOnce();
});

it.each([
  ['refused', 4401],
  ['given up by its own side', 4499],
])('takes no attempt for a failed one that was %s', async (_name, code) => {
  const onFailed = vi.fn();
  subscribe({ onFailed });
  SilentWebSocket.opened[0]?.close(code, '');
  await vi.advanceTimersByTimeAsync(0);
  expect(onFailed).not.toHaveBeenCalled();
});
