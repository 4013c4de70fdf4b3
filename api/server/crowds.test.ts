import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { WebSocket } from 'ws';
import { createApi } from './api.ts';
import { listen } from './listen.ts';
import { fakeDiagnostics } from './testing/fake-diagnostics.ts';
import { send, upgrade } from './testing/raw-http.ts';
import { serve } from './testing/serve.ts';
import { openSilent, openSilentSocket, upgradeText } from './testing/silent-clients.ts';
import { ALL_TRANSPORTS, ask, eventStream, httpPost, webSocket } from './testing/transports.ts';

const PID = '{ process { pid } }';
const PID_ANSWER = { data: { process: { pid: 42 } } };
const SUBSCRIBE = 'subscription { metricsHistory { sequence } }';

const repeat = <T>(times: number, make: () => Promise<T>) =>
  Promise.all(Array.from({ length: times }, make));

const ended = (socket: Socket) => (socket.closed ? undefined : once(socket, 'close'));

async function logIn(url: string, headers: Record<string, string> = {}): Promise<WebSocket> {
  const { socket } = await upgrade(url, headers);
  onTestFinished(() => socket.terminate());
  socket.send('{"type":"connection_init"}');
  await once(socket, 'message');
  return socket;
}

async function pongOf(socket: WebSocket): Promise<unknown> {
  socket.send('{"type":"ping"}');
  const [data] = await once(socket, 'message');
  return JSON.parse(String(data));
}

describe('WebSockets that never log in', () => {
  it('keep nobody out, though they are as many as there are places', async () => {
    const { port, graphqlUrl } = await serve();
    const loggedIn = await logIn(graphqlUrl);
    for (let batch = 0; batch < 11; batch++) await repeat(100, () => openSilentSocket(port));
    expect(await ask(webSocket, graphqlUrl, PID)).toEqual(PID_ANSWER);
    expect(await pongOf(loggedIn)).toEqual({ type: 'pong' });
  });

  it('make room for one another, the oldest first', async () => {
    const { port } = await serve({ limits: { socketsBeforeLogin: 2 } });
    const oldest = await openSilentSocket(port);
    const others = [await openSilentSocket(port), await openSilentSocket(port)];
    await ended(oldest);
    expect(others.map(({ closed }) => closed)).toEqual([false, false]);
  });

  it('make room where all other places are taken by those who have', async () => {
    const { port, graphqlUrl } = await serve({ limits: { sockets: 3 } });
    const loggedIn = [await logIn(graphqlUrl), await logIn(graphqlUrl)];
    const silent = await openSilentSocket(port);
    loggedIn.push(await logIn(graphqlUrl));
    await ended(silent);
    expect(await upgrade(graphqlUrl)).toMatchObject({ status: 503 });
    for (const socket of loggedIn) expect(await pongOf(socket)).toEqual({ type: 'pong' });
  });

  it('are cut off in time, also where they do not answer the close', async () => {
    const { port } = await serve({ limits: { loginTimeoutMs: 20 } });
    const startedAt = performance.now();
    await ended(await openSilentSocket(port));
    // Without an end of its own, the closing handshake is waited for half a minute.
    expect(performance.now() - startedAt).toBeLessThan(20_000);
  });

  it('have less time while they are many', async () => {
    const limits = { socketsBeforeLogin: 4, loginTimeoutMs: 500 };
    const { port } = await serve({ limits });
    const early = await openSilentSocket(port);
    await repeat(2, () => openSilentSocket(port));
    const late = await openSilentSocket(port);
    const order: string[] = [];
    early.on('data', () => order.push('early'));
    late.on('data', () => order.push('late'));
    await Promise.all([once(early, 'data'), once(late, 'data')]);
    expect(order[0]).toBe('late');
  });

  it('do not push out who brought the token with the request', async () => {
    const { port } = await serve({
      access: { token: 'sesame', hosts: 'loopback', allowedHosts: [] },
      limits: { socketsBeforeLogin: 1 },
    });
    const headers = ['authorization: Bearer sesame'];
    const trusted = await openSilent(port, upgradeText(port, headers));
    await once(trusted, 'data');
    const silent = await openSilentSocket(port);
    await openSilentSocket(port);
    await ended(silent);
    expect(trusted.closed).toBe(false);
  });
});

describe('connections that ask for nothing', () => {
  const LIMIT = 10;

  async function small() {
    const access = { token: null, hosts: 'loopback' as const, allowedHosts: [] };
    const diagnostics = fakeDiagnostics();
    const api = createApi({ diagnostics, access, dashboardDir: null });
    const options = { host: '127.0.0.1', port: 0, log: () => {}, connections: LIMIT };
    const server = await listen(api, options);
    onTestFinished(server.stop);
    return { ...server, graphqlUrl: `${server.url}graphql`, diagnostics };
  }

  it.each([
    ['nothing', () => ''],
    ['half a head', () => 'GET / HTTP/1.1\r\nhost: '],
    [
      'a whole request, kept alive',
      (port: number) => `GET / HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\n\r\n`,
    ],
    [
      'half a body',
      (port: number) =>
        `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{`,
    ],
  ])('keep nobody out, having sent %s', async (_what, text) => {
    const { port, graphqlUrl, diagnostics } = await small();
    const stream = eventStream.run(graphqlUrl, { query: SUBSCRIBE });
    await stream.next();
    const socket = await logIn(graphqlUrl);
    await repeat(3 * LIMIT, () => openSilent(port, text(port)));
    for (const transport of ALL_TRANSPORTS) {
      expect(await ask(transport, graphqlUrl, PID)).toEqual(PID_ANSWER);
    }
    // Whoever had something to do goes on with it.
    diagnostics.tick();
    expect((await stream.next()).value).toHaveProperty('data.metricsHistory');
    expect(await pongOf(socket)).toEqual({ type: 'pong' });
    await stream.return(undefined);
  });

  it('are turned away where all others are at work', async () => {
    const { graphqlUrl } = await small();
    const streams = Array.from({ length: LIMIT }, () =>
      eventStream.run(graphqlUrl, { query: SUBSCRIBE }),
    );
    for (const stream of streams) await stream.next();
    await expect(ask(httpPost, graphqlUrl, PID)).rejects.toThrow();
    await streams[0]!.return(undefined);
    await Promise.all(streams.map((stream) => stream.return(undefined)));
  });
});

it('clients that ask for GraphiQL again and again, and read nothing, take no memory for each page', async () => {
  const [connections, pagesOfEach] = [10, 20];
  const { port, graphqlUrl } = await serve();
  const page = () => send(graphqlUrl, { headers: { accept: 'text/html' } });
  const pageBytes = (await page()).body.length;
  const heldBytes = () => {
    const { heapUsed, external } = process.memoryUsage();
    return heapUsed + external;
  };
  let asked = 0;
  const count = () => void asked++;
  subscribe('http.server.request.start', count);
  onTestFinished(() => void unsubscribe('http.server.request.start', count));
  const beforeBytes = heldBytes();
  const request = `GET /graphql HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\naccept: text/html\r\n\r\n`;
  await repeat(connections, () => openSilent(port, request.repeat(pagesOfEach)));
  await expect.poll(() => asked).toBe(connections * pagesOfEach);
  expect(await page()).toMatchObject({ status: 200 });
  expect(heldBytes() - beforeBytes).toBeLessThan(0.2 * connections * pagesOfEach * pageBytes);
});
