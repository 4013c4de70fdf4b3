import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type DiagnosticsClientError,
  DiagnosticsRequestError,
  DiagnosticsUnreachableError,
} from '../errors/errors.ts';
import type { Transport } from '../transport/transport-choice.ts';
import type { HistoryPlace } from './history-cursor.ts';
import { type FollowOptions, followHistory, type HistorySource } from './history-follower.ts';

const URL = 'http://127.0.0.1:6060/graphql';
const LOST = new DiagnosticsUnreachableError(URL, 'the connection was lost');
const refusal = (code: string) => new DiagnosticsRequestError({ url: URL, message: code, code });

type Observer = Parameters<HistorySource<HistoryPlace>['subscribe']>[2];

/** Attempts that a test answers by hand. */
class FakeSource implements HistorySource<HistoryPlace> {
  readonly url = URL;
  readonly attempts: { after: number | null; transport: Transport; isOpen: boolean }[] = [];
  way: Transport = 'websocket';
  resets = 0;
  #observer: Observer | null = null;

  transport = () => this.way;

  reset = () => {
    this.resets += 1;
    this.way = 'websocket';
  };

  subscribe = (after: number | null, transport: Transport, observer: Observer) => {
    const attempt = { after, transport, isOpen: true };
    this.attempts.push(attempt);
    this.#observer = observer;
    return () => {
      attempt.isOpen = false;
    };
  };

  send(...points: [instanceId: string, sequence: number][]): void {
    const toPoint = ([instanceId, sequence]: [string, number]) => ({ instanceId, sequence });
    this.#observer!.next(points.map((point) => ({ ...toPoint(point), droppedBefore: 0 })));
  }

  end(error: DiagnosticsClientError | null = LOST): void {
    this.#observer!.end(error);
  }
}

function follow(options: Partial<FollowOptions<HistoryPlace>> = {}) {
  const source = new FakeSource();
  const told = { points: [] as string[], states: [] as string[], onEnd: vi.fn() };
  const follower = followHistory(source, {
    cursor: null,
    onPoints: (points) =>
      told.points.push(...points.map(({ instanceId, sequence }) => instanceId + sequence)),
    onStatus: ({ state }) => told.states.push(state),
    onEnd: told.onEnd,
    ...options,
  });
  return { source, follower, ...told };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('following a history', () => {
  it('goes on after a loss with each point once', async () => {
    const { source, points, states } = follow();
    source.send(['A', 1], ['A', 2]);
    source.end();
    await vi.advanceTimersToNextTimerAsync();
    source.send(['A', 2], ['A', 3]);
    expect(source.attempts.map(({ after }) => after)).toEqual([null, 1]);
    expect(points).toEqual(['A1', 'A2', 'A3']);
    expect(states).toEqual(['connecting', 'live', 'waiting', 'connecting', 'live']);
  });

  it('asks for all of a process that took the place of the one before', async () => {
    const { source, points } = follow({ cursor: { sequence: 3, instanceId: 'A' } });
    source.send(['B', 3]);
    expect(source.attempts).toMatchObject([{ after: 2, isOpen: false }, { after: null }]);
    source.send(['B', 1], ['B', 2], ['B', 3]);
    expect(points).toEqual(['B1', 'B2', 'B3']);
  });

  it('waits longer after each failure in a row, and begins small after a success', async () => {
    const waits: number[] = [];
    const { source } = follow({
      isPatient: true,
      onStatus: (status) => status.state === 'waiting' && waits.push(status.retryInMs),
    });
    for (let failures = 0; failures < 6; failures++) {
      source.end();
      await vi.advanceTimersToNextTimerAsync();
    }
    source.send(['A', 1]);
    source.end();
    expect(waits[0]).toBeLessThanOrEqual(250);
    expect(waits[5]).toBeGreaterThanOrEqual(2_500);
    expect(waits[6]).toBeLessThanOrEqual(250);
  });

  it('takes the end of a subscription without an error for a loss', async () => {
    const { source, onEnd } = follow();
    source.send(['A', 1]);
    source.end(null);
    await vi.advanceTimersToNextTimerAsync();
    expect(source.attempts).toHaveLength(2);
    expect(onEnd).not.toHaveBeenCalled();
  });
});

describe('where WebSockets are blocked', () => {
  it('goes the other way at once, at first and later', async () => {
    const { source, points, onEnd } = follow();
    source.way = 'sse';
    source.end();
    expect(source.attempts.map(({ transport }) => transport)).toEqual(['websocket', 'sse']);
    source.send(['A', 1]);
    source.end();
    source.way = 'websocket';
    await vi.advanceTimersToNextTimerAsync();
    source.way = 'sse';
    source.end();
    expect(source.attempts.map(({ transport }) => transport)).toEqual([
      'websocket',
      'sse',
      'websocket',
      'sse',
    ]);
    source.send(['A', 1], ['A', 2]);
    expect(points).toEqual(['A1', 'A2']);
    expect(onEnd).not.toHaveBeenCalled();
  });

  it('ends where the other way fails too, unless it is patient', () => {
    for (const isPatient of [false, true]) {
      const { source, onEnd } = follow({ isPatient });
      source.way = 'sse';
      source.end();
      source.way = 'websocket';
      source.end();
      expect(source.attempts).toHaveLength(2);
      expect(onEnd).toHaveBeenCalledTimes(isPatient ? 0 : 1);
    }
  });
});

describe('giving up', () => {
  it('happens where the server says no, also later', () => {
    const { source, onEnd, states } = follow({ isPatient: true });
    source.send(['A', 1]);
    source.end(refusal('UNAUTHENTICATED'));
    expect(onEnd).toHaveBeenCalledExactlyOnceWith(
      expect.objectContaining({ code: 'UNAUTHENTICATED' }),
    );
    expect(states).not.toContain('waiting');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not happen where the server is only stopping', () => {
    const { source, onEnd, states } = follow();
    source.send(['A', 1]);
    source.end(refusal('STOPPED'));
    expect(onEnd).not.toHaveBeenCalled();
    expect(states.at(-1)).toBe('waiting');
  });

  it('happens for what the reader calls final, alone', () => {
    const isFinal = (error: DiagnosticsClientError) =>
      'code' in error && error.code === 'NOT_FOUND';
    const { source, onEnd } = follow({ isPatient: true, isFinal });
    source.end(refusal('LIMIT_EXCEEDED'));
    expect(onEnd).not.toHaveBeenCalled();
    source.end(refusal('NOT_FOUND'));
    expect(onEnd).toHaveBeenCalledOnce();
  });
});

describe('trying at once', () => {
  it('leaves what looks like a connection, as after a sleep, and makes another', () => {
    const { source, follower } = follow();
    source.send(['A', 1]);
    follower.retryNow();
    expect(source.resets).toBe(1);
    expect(source.attempts).toMatchObject([{ isOpen: false }, { after: 0, isOpen: true }]);
  });

  it('does not wait for the next attempt, nor make two', async () => {
    const { source, follower } = follow({ isPatient: true });
    source.end();
    follower.retryNow();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(source.attempts).toHaveLength(2);
  });

  it('does nothing after the end', () => {
    const { source, follower } = follow();
    follower.stop();
    follower.retryNow();
    expect(source.attempts).toMatchObject([{ isOpen: false }]);
  });
});
