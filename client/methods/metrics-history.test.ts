import { describe, expect, it, vi } from 'vitest';
import {
  type ConnectionStatus,
  DiagnosticsRequestError,
  DiagnosticsUnreachableError,
  type HistoryPoint,
  type HistoryStream,
} from '../index.ts';
import { connect, observe } from '../testing/fixtures.ts';

const END = { done: true, value: undefined };

async function take(stream: HistoryStream, count: number): Promise<HistoryPoint[]> {
  const points: HistoryPoint[] = [];
  while (points.length < count) {
    const { done, value } = await stream.next();
    if (done) throw new Error(`ended after ${points.length} points`);
    points.push(value);
  }
  return points;
}

const sequences = (points: HistoryPoint[]) => points.map(({ sequence }) => sequence);

describe.each(['websocket', 'sse'] as const)('metricsHistory over %s', (transport) => {
  it('gives the retained window, then each new point', async () => {
    const observed = await observe({ points: 3 });
    const stream = connect({ url: observed.url, transport }).metricsHistory();
    expect(sequences(await take(stream, 3))).toEqual([1, 2, 3]);
    observed.tick(2);
    expect(sequences(await take(stream, 2))).toEqual([4, 5]);
  });

  it('gives only points newer than `after`', async () => {
    const observed = await observe({ points: 5 });
    const stream = connect({ url: observed.url, transport }).metricsHistory({ after: 3 });
    expect(sequences(await take(stream, 2))).toEqual([4, 5]);
  });

  it('gives each of two readers the whole window', async () => {
    const observed = await observe({ points: 2 });
    const client = connect({ url: observed.url, transport });
    const first = client.metricsHistory();
    const second = client.metricsHistory();
    expect(sequences(await take(first, 2))).toEqual([1, 2]);
    expect(sequences(await take(second, 2))).toEqual([1, 2]);
    observed.tick();
    expect(sequences([...(await take(first, 1)), ...(await take(second, 1))])).toEqual([3, 3]);
  });

  it('counts what was lost while the connection was', async () => {
    const before = await observe({ points: 4 });
    const stream = connect({ url: before.url, transport }).metricsHistory();
    await take(stream, 4);
    const pending = take(stream, 1);
    await before.stop();
    await observe({ port: before.port, points: 20, historySize: 5 });
    expect(await pending).toMatchObject([{ sequence: 16, droppedBefore: 11 }]);
  });

  it('says how many points were lost before one', async () => {
    const observed = await observe({ points: 20, historySize: 5 });
    const stream = connect({ url: observed.url, transport }).metricsHistory({ after: 10 });
    const points = await take(stream, 5);
    expect(points.map((point) => [point.sequence, point.droppedBefore])).toEqual([
      [16, 5],
      [17, 0],
      [18, 0],
      [19, 0],
      [20, 0],
    ]);
  });

  it('subscribes with the first read only', async () => {
    const observed = await observe({ points: 1 });
    const stream = connect({ url: observed.url, transport }).metricsHistory();
    expect(observed.resumes()).toEqual([]);
    await take(stream, 1);
    expect(observed.resumes()).toEqual([null]);
  });

  it('resumes after a lost connection without a hole or a duplicate', async () => {
    const before = await observe({ points: 4 });
    const stream = connect({ url: before.url, transport }).metricsHistory();
    await take(stream, 4);
    const pending = take(stream, 3);
    await before.stop();
    const after = await observe({ port: before.port, points: 7 });
    const points = await pending;
    expect(sequences(points)).toEqual([5, 6, 7]);
    expect(points.map(({ droppedBefore }) => droppedBefore)).toEqual([0, 0, 0]);
    expect(after.resumes()).toEqual([3]);
  });

  it('starts over with the window of a restarted process', async () => {
    const before = await observe({ points: 4, instanceId: 'first' });
    const stream = connect({ url: before.url, transport }).metricsHistory();
    await take(stream, 4);
    const pending = take(stream, 2);
    await before.stop();
    await observe({ port: before.port, points: 2, instanceId: 'second' });
    const points = await pending;
    expect(points.map((point) => [point.instanceId, point.sequence])).toEqual([
      ['second', 1],
      ['second', 2],
    ]);
  });

  it('misses nothing of a restarted process that is already past the old sequence', async () => {
    const before = await observe({ points: 4, instanceId: 'first' });
    const stream = connect({ url: before.url, transport }).metricsHistory();
    await take(stream, 4);
    const pending = take(stream, 6);
    await before.stop();
    const after = await observe({ port: before.port, points: 6, instanceId: 'second' });
    expect(sequences(await pending)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(after.resumes()).toEqual([3, null]);
  });

  it('tells a caller’s own position from that of another process', async () => {
    const observed = await observe({ points: 6, instanceId: 'second' });
    const client = connect({ url: observed.url, transport });
    const stream = client.metricsHistory({ after: 4, instanceId: 'first' });
    expect(sequences(await take(stream, 6))).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('ends with the signal, also while it waits', async () => {
    const observed = await observe({ points: 1 });
    const stop = new AbortController();
    const stream = connect({ url: observed.url, transport }).metricsHistory({
      signal: stop.signal,
    });
    await take(stream, 1);
    const pending = stream.next();
    stop.abort();
    expect(await pending).toEqual(END);
    expect(await stream.next()).toEqual(END);
    await vi.waitUntil(() => observed.subscribers() === 0);
  });

  it('ends with return(), also while it waits', async () => {
    const observed = await observe({ points: 1 });
    const stream = connect({ url: observed.url, transport }).metricsHistory();
    await take(stream, 1);
    const pending = stream.next();
    expect(await stream.return()).toEqual(END);
    expect(await pending).toEqual(END);
    await vi.waitUntil(() => observed.subscribers() === 0);
  });

  it('ends with dispose(), also while it waits', async () => {
    const observed = await observe({ points: 1 });
    const client = connect({ url: observed.url, transport });
    const stream = client.metricsHistory();
    await take(stream, 1);
    const pending = stream.next();
    client.dispose();
    expect(await pending).toEqual(END);
    expect(await client.metricsHistory().next()).toEqual(END);
    await vi.waitUntil(() => observed.subscribers() === 0);
  });

  it('unsubscribes where a loop is left', async () => {
    const observed = await observe({ points: 3 });
    const seen: number[] = [];
    for await (const point of connect({ url: observed.url, transport }).metricsHistory()) {
      seen.push(point.sequence);
      if (point.sequence === 2) break;
    }
    expect(seen).toEqual([1, 2]);
    await vi.waitUntil(() => observed.subscribers() === 0);
  });

  it('keeps the latest points for a slow reader and counts the others', async () => {
    const observed = await observe({ points: 7 });
    const client = connect({ url: observed.url, transport });
    const points = await take(client.metricsHistory({ bufferLimit: 2 }), 3);
    expect(points.map((point) => [point.sequence, point.droppedBefore])).toEqual([
      [1, 0],
      [6, 4],
      [7, 0],
    ]);
  });

  it('says no to a wrong token, and to none', async () => {
    const observed = await observe({ points: 1, token: 'right' });
    for (const token of ['wrong', undefined]) {
      const next = connect({ url: observed.url, transport, token }).metricsHistory().next();
      await expect(next).rejects.toThrow(DiagnosticsRequestError);
      await expect(next).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    const stream = connect({ url: observed.url, transport, token: 'right' }).metricsHistory();
    expect(await take(stream, 1)).toHaveLength(1);
  });

  it('throws what a restarted process says no to, once', async () => {
    const before = await observe({ points: 1 });
    const stream = connect({ url: before.url, transport }).metricsHistory();
    await take(stream, 1);
    const pending = stream.next();
    await before.stop();
    await observe({ port: before.port, token: 'now needed' });
    await expect(pending).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    expect(await stream.next()).toEqual(END);
  });

  it('throws where nobody answers at first', async () => {
    const observed = await observe();
    await observed.stop();
    const next = connect({ url: observed.url, transport }).metricsHistory().next();
    await expect(next).rejects.toThrow(DiagnosticsUnreachableError);
    await expect(next).rejects.toMatchObject({ url: `${observed.url}graphql` });
  });

  it('tells how the connection fares', async () => {
    const observed = await observe({ points: 1 });
    const states: ConnectionStatus['state'][] = [];
    const onStatus = ({ state }: ConnectionStatus) => states.push(state);
    const stream = connect({ url: observed.url, transport, onStatus }).metricsHistory();
    await take(stream, 1);
    const pending = stream.next();
    await observed.stop();
    await vi.waitUntil(() => states.includes('waiting'));
    await stream.return();
    await pending;
    await vi.waitUntil(() => states.at(-1) === 'closed');
    expect(states.slice(0, 3)).toEqual(['connecting', 'live', 'waiting']);
  });
});

describe('the transport', () => {
  const liveTransports = (into: string[]) => (status: ConnectionStatus) => {
    if (status.state === 'live') into.push(status.transport);
  };

  it('is WebSocket where that works', async () => {
    const observed = await observe({ points: 1 });
    const transports: string[] = [];
    const client = connect({ url: observed.url, onStatus: liveTransports(transports) });
    await take(client.metricsHistory(), 1);
    await vi.waitUntil(() => transports.length > 0);
    expect(transports).toEqual(['websocket']);
  });

  it('falls back to server-sent events where a handler is mounted without upgrades', async () => {
    const mounted = await observe({ points: 2, basePath: '/debug/pprofql', upgrades: false });
    const transports: string[] = [];
    const client = connect({ url: mounted.url, onStatus: liveTransports(transports) });
    expect(sequences(await take(client.metricsHistory(), 2))).toEqual([1, 2]);
    await vi.waitUntil(() => transports.length > 0);
    expect(transports).toEqual(['sse']);
  });

  it('goes over to server-sent events where WebSockets stop working, without a point lost', async () => {
    const before = await observe({ points: 3 });
    const transports: string[] = [];
    const client = connect({ url: before.url, onStatus: liveTransports(transports) });
    const stream = client.metricsHistory();
    await take(stream, 3);
    const pending = take(stream, 2);
    await before.stop();
    await observe({ port: before.port, points: 5, upgrades: false });
    expect(sequences(await pending)).toEqual([4, 5]);
    await vi.waitUntil(() => transports.length > 1);
    expect(transports).toEqual(['websocket', 'sse']);
  });

  it('stays WebSocket where only that is wanted', async () => {
    const mounted = await observe({ points: 2, upgrades: false });
    const next = connect({ url: mounted.url, transport: 'websocket' }).metricsHistory().next();
    await expect(next).rejects.toThrow(DiagnosticsUnreachableError);
  });
});
