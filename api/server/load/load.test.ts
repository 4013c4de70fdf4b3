import { once } from 'node:events';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { WebSocket } from 'ws';
import { BYTES_PER_MIB } from '../../base/numbers/units.ts';
import { fakeDiagnostics } from '../testing/fake-diagnostics.ts';
import { send, upgrade } from '../testing/raw-http.ts';
import { serve } from '../testing/serve.ts';
import { openSilent } from '../testing/silent-clients.ts';
import { ALL_TRANSPORTS, ask, eventStream, httpPost, webSocket } from '../testing/transports.ts';

const PID = '{ process { pid } }';
const PID_ANSWER = { data: { process: { pid: 42 } } };
const RAW = '{ goroutines(raw: true) { rawProfile } }';
const SUBSCRIBE = 'subscription { metricsHistory { sequence } }';

const eventually = <T>(check: () => T | Promise<T>) => vi.waitFor(check);

/** Whose dump is large, and counted. */
function withLargeDumps(bytes = BYTES_PER_MIB) {
  const raw = { text: 'x'.repeat(bytes), isTruncated: false };
  const plain = fakeDiagnostics();
  let reads = 0;
  const diagnostics = fakeDiagnostics({
    async goroutines(options) {
      reads += 1;
      return { ...(await plain.goroutines(options)), raw };
    },
  });
  return { diagnostics, reads: () => reads };
}

/** Whose dump does not come before it is let go, and is counted. */
function withHeldDumps() {
  const held = Promise.withResolvers<void>();
  onTestFinished(() => held.resolve());
  const plain = fakeDiagnostics();
  let reads = 0;
  const diagnostics = fakeDiagnostics({
    async goroutines(options) {
      reads += 1;
      await held.promise;
      return plain.goroutines(options);
    },
  });
  return { diagnostics, reads: () => reads, letGo: held.resolve };
}

interface Message {
  id: string;
  type: string;
  payload: { extensions: { code: string } }[];
}

async function logIn(url: string): Promise<{ socket: WebSocket; messages: Message[] }> {
  const { socket } = await upgrade(url);
  onTestFinished(() => socket.terminate());
  socket.removeAllListeners('error').on('error', () => {});
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  const messages: Message[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data))));
  return { socket, messages };
}

function run(socket: WebSocket, query: string, times: number): void {
  for (let id = 0; id < times; id++) {
    socket.send(JSON.stringify({ id: String(id), type: 'subscribe', payload: { query } }));
  }
}

const turns = (count: number) =>
  Array.from({ length: count }).reduce<Promise<unknown>>(
    (before) => before.then(() => new Promise((resolve) => setImmediate(resolve))),
    Promise.resolve(),
  );

/** Others are answered, which takes turns, and nothing more was read for this one meanwhile. */
async function settles(reads: () => number, url: string): Promise<number> {
  let before = -1;
  await eventually(async () => {
    before = reads();
    expect(before).toBeGreaterThan(0);
    for (let round = 0; round < 5; round++) {
      expect(await ask(httpPost, url, PID)).toEqual(PID_ANSWER);
    }
    expect(reads()).toBe(before);
  });
  return before;
}

describe('a client that does not read its answers', () => {
  it('gets no more of them on a WebSocket before it does', async () => {
    const { diagnostics, reads } = withLargeDumps();
    const { graphqlUrl } = await serve({ diagnostics });
    const { socket, messages } = await logIn(graphqlUrl);
    socket.pause();
    run(socket, RAW, 50);
    expect(await settles(reads, graphqlUrl)).toBeLessThan(25);
    socket.resume();
    await eventually(() => expect(messages.filter(({ type }) => type === 'next')).toHaveLength(50));
  });

  it('gets no more of them where it sends its requests ahead', async () => {
    const { diagnostics, reads } = withLargeDumps();
    const { graphqlUrl, port } = await serve({ diagnostics });
    const path = `/graphql?query=${encodeURIComponent(RAW)}`;
    const request = `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;
    const client = await openSilent(port, request.repeat(50));
    client.pause();
    expect(await settles(reads, graphqlUrl)).toBeLessThan(25);
    client.destroy();
    expect(await settles(reads, graphqlUrl)).toBeLessThan(25);
  });

  it('is cut off where all together leave too much, who leaves most first', async () => {
    const { diagnostics, reads } = withLargeDumps(16 * BYTES_PER_MIB);
    const limits = { unreadBytes: 20 * BYTES_PER_MIB };
    const { graphqlUrl } = await serve({ diagnostics, limits });
    const { socket: modest } = await logIn(graphqlUrl);
    let cutOff = 0;
    for (let at = 0; at < 4; at++) {
      const { socket } = await logIn(graphqlUrl);
      socket.on('close', () => (cutOff += 1));
      socket.pause();
      run(socket, RAW, 1);
      // A client that does not read finds out by what it sends.
      const sending = setInterval(() => socket.send('{"type":"ping"}', () => {}), 20);
      onTestFinished(() => clearInterval(sending));
    }
    await eventually(() => expect(reads()).toBe(4));
    await eventually(async () => {
      expect(await ask(webSocket, graphqlUrl, PID)).toEqual(PID_ANSWER);
      expect(cutOff).toBeGreaterThan(1);
    });
    expect(modest.readyState).toBe(modest.OPEN);
  });

  it('gives up its place below /debug/pprof to the next', async () => {
    const { diagnostics } = withLargeDumps(16 * BYTES_PER_MIB);
    const { url, port } = await serve({ diagnostics, limits: { profileRequests: 2 } });
    const path = '/debug/pprof/goroutine?debug=2';
    for (let at = 0; at < 2; at++) {
      const client = await openSilent(port, `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`);
      await once(client, 'readable');
      client.pause();
    }
    await eventually(async () => expect(await send(url, { path })).toMatchObject({ status: 200 }));
  });
});

describe('operations that wait for their turn', () => {
  it('are dropped when their client has gone', async () => {
    const { diagnostics, reads, letGo } = withHeldDumps();
    const limits = { operationsAtOnce: 1, slowOperations: 0 };
    const { graphqlUrl } = await serve({ diagnostics, limits });
    const { socket } = await logIn(graphqlUrl);
    run(socket, RAW, 10);
    await eventually(() => expect(reads()).toBe(1));
    socket.terminate();
    // The one under way has nobody to answer either: its place is free at once.
    expect(await ask(httpPost, graphqlUrl, PID)).toEqual(PID_ANSWER);
    letGo();
    await turns(20);
    expect(reads()).toBe(1);
  });

  it('are dropped when they are completed before', async () => {
    const { diagnostics, reads, letGo } = withHeldDumps();
    const limits = { operationsAtOnce: 1, slowOperations: 0 };
    const { graphqlUrl } = await serve({ diagnostics, limits });
    const { socket, messages } = await logIn(graphqlUrl);
    run(socket, RAW, 3);
    await eventually(() => expect(reads()).toBe(1));
    socket.send('{"id":"1","type":"complete"}');
    socket.send('{"type":"ping"}');
    await eventually(() => expect(messages).toMatchObject([{ type: 'pong' }]));
    letGo();
    await eventually(() => expect(messages.at(-1)).toMatchObject({ id: '2', type: 'complete' }));
    expect(reads()).toBe(2);
  });

  it('are as many as there is room for, and who has most waiting is refused first', async () => {
    const { diagnostics, reads, letGo } = withHeldDumps();
    const limits = { operationsAtOnce: 1, slowOperations: 0, waitingBytes: 20 * 1024 };
    const { graphqlUrl } = await serve({ diagnostics, limits });
    const { socket, messages } = await logIn(graphqlUrl);
    run(socket, RAW, 10);
    const refused = () => messages.filter(({ type }) => type === 'error');
    await eventually(() => expect(refused().length).toBeGreaterThan(3));
    expect(refused()[0]?.payload).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }]);
    const others = ALL_TRANSPORTS.map((transport) => ask(transport, graphqlUrl, PID));
    const answers = Promise.all(others);
    await eventually(() => expect(refused().length).toBeGreaterThan(6));
    expect(reads()).toBe(1);
    letGo();
    expect(await answers).toEqual(others.map(() => PID_ANSWER));
  });

  it('are refused over HTTP with the time to ask again', async () => {
    const { diagnostics, reads } = withHeldDumps();
    const limits = { operationsAtOnce: 1, slowOperations: 0, waitingBytes: 1 };
    const { graphqlUrl } = await serve({ diagnostics, limits });
    const answer = await send(graphqlUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: PID }),
    });
    expect(answer).toMatchObject({ status: 503, headers: { 'retry-after': '1' } });
    expect(answer.body).toContain('LIMIT_EXCEEDED');
    expect(reads()).toBe(0);
  });

  it('do not wait for those that take long', async () => {
    const { diagnostics, reads } = withHeldDumps();
    const { graphqlUrl } = await serve({ diagnostics, limits: { operationsAtOnce: 1 } });
    const { socket } = await logIn(graphqlUrl);
    run(socket, RAW, 3);
    for (const transport of ALL_TRANSPORTS) {
      expect(await ask(transport, graphqlUrl, PID)).toEqual(PID_ANSWER);
    }
    expect(reads()).toBe(3);
  });
});

it('limits the subscriptions of all transports together, until one ends', async () => {
  const { graphqlUrl } = await serve({ limits: { subscriptions: 2 } });
  const [first, second] = [eventStream, webSocket].map((transport) =>
    transport.run(graphqlUrl, { query: SUBSCRIBE }),
  );
  for (const stream of [first!, second!]) await stream.next();
  for (const transport of [eventStream, webSocket]) {
    const { errors } = await ask(transport, graphqlUrl, SUBSCRIBE);
    expect(errors).toMatchObject([{ extensions: { code: 'LIMIT_EXCEEDED' } }]);
  }
  for (const stream of [first!, second!]) await stream.return(undefined);
  for (const transport of [eventStream, webSocket]) {
    await eventually(async () => {
      expect(await ask(transport, graphqlUrl, SUBSCRIBE)).toHaveProperty('data.metricsHistory');
    });
  }
});
