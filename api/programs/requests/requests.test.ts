/**
 * What is told of the requests of real servers, in whole programs with pprofql preloaded.
 * `PPROFQL_TEST_NODE` is the Node they run on. @default the one that runs the tests
 */
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  createDiagnosticsClient,
  type DiagnosticsClient,
  type RouteStats,
} from '../../../client/index.ts';
import { launchObserved } from '../../../scripts/testing/program.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/requests/program.mjs', import.meta.url),
);

/** Servers of Node wait for five seconds. */
const IDLE_MS = 1_000;

interface Server {
  port: number;
  client: DiagnosticsClient;
  stop(): Promise<void>;
}

async function start(kind: string): Promise<Server> {
  const program = launchObserved([PROGRAM, kind]);
  const [, port] = await program.printed(/^(\d+)$/m);
  const client = createDiagnosticsClient({ url: await program.url() });
  return {
    port: Number(port),
    client,
    async stop() {
      client.dispose();
      await program.kill();
    },
  };
}

/** Gives a function that asks for a path and answers once the response is there. */
function asker(kind: string, port: number): (path: string) => Promise<void> {
  if (kind !== 'http2') {
    // Well before a server gives up an idle connection, on which a request would be lost.
    const agent = new Agent({ keepAlive: true, timeout: IDLE_MS });
    onTestFinished(() => agent.destroy());
    return (path) =>
      new Promise((resolve, reject) => {
        const request = get({ host: '127.0.0.1', port, path, agent }, (response) =>
          response.resume().on('end', resolve),
        );
        request.on('error', reject);
      });
  }
  const session = connectHttp2(`http://127.0.0.1:${port}`);
  session.on('error', () => {});
  onTestFinished(() => session.destroy());
  return async (path) => {
    const stream = session.request({ ':path': path });
    stream.resume();
    await once(stream, 'end');
  };
}

const ignored = () => {};

function send(port: number, text: string): Socket {
  const socket = connect(port, '127.0.0.1').on('error', ignored);
  onTestFinished(() => void socket.destroy());
  socket.write(text);
  return socket;
}

const head = (method: string, path: string, ...lines: string[]) =>
  `${[`${method} ${path} HTTP/1.1`, 'Host: a', ...lines].join('\r\n')}\r\n\r\n`;

async function inFlight({ client }: Server): Promise<string[]> {
  const requests = await client.requests();
  return requests!.map(({ method, route, state }) => `${method} ${route} ${state}`);
}

const expectInFlight = (server: Server, expected: string[]) =>
  vi.waitFor(async () => expect(await inFlight(server)).toEqual(expected));

const waitsOf = ({ waits }: RouteStats) =>
  waits.map(({ kind, waitsAt }) => (kind === 'WAIT' ? waitsAt!.function : kind));

describe.each(['express', 'fastify', 'koa', 'hono', 'http', 'http2'])('a server of %s', (kind) => {
  let server: Server;

  beforeAll(async () => {
    server = await start(kind);
  });
  afterAll(() => server.stop());

  it('tells what its routes have served, and the function that a slow one waits in', async () => {
    const ask = asker(kind, server.port);
    for (let id = 0; id < 20; id++) await ask(`/users/${id}`);
    let slow = 0;
    const routes = await vi.waitFor(async () => {
      const answer = ask(`/slow/${++slow}`);
      const all = await vi.waitFor(async () => {
        const [requests, found] = [await server.client.requests(), await server.client.routes()];
        expect(requests).toBeDefined();
        return found!;
      });
      await answer;
      const named = new Map(all.map((route) => [route.route, route]));
      expect(waitsOf(named.get('GET /slow/:id')!)).toContain('readSlowly');
      return named;
    });
    const users = routes.get('GET /users/:id')!;
    expect(users).toMatchObject({ count: 20, inFlight: 0 });
    expect(users.p50Ms).toBeLessThanOrEqual(users.p95Ms!);
    expect(users.p99Ms).toBeLessThanOrEqual(users.maxMs!);
    const { waits } = routes.get('GET /slow/:id')!;
    const total = waits.reduce((sum, { share }) => sum + share, 0);
    expect(total).toBeCloseTo(1, 5);
    await vi.waitFor(async () => {
      const slowest = (await server.client.routes())!.find(
        ({ route }) => route === 'GET /slow/:id',
      )!;
      expect(slowest).toMatchObject({ count: slow, inFlight: 0 });
      expect(slowest.p50Ms).toBeGreaterThan(380);
    });
  });

  it('has 83 requests in flight where 83 hang, and knows where they wait', async () => {
    const ask = asker(kind, server.port);
    for (let id = 0; id < 83; id++) ask(`/hang/${id}`).catch(ignored);
    const requests = await vi.waitFor(async () => {
      const all = (await server.client.requests())!;
      expect(all).toHaveLength(83);
      // A busy machine leaves no budget for recording the tasks of all of them.
      const known = all.flatMap(({ waitsAt }) => waitsAt?.function ?? []);
      expect(new Set(known)).toEqual(new Set(['waitForEver']));
      return all;
    });
    expect(new Set(requests.map(({ id }) => id)).size).toBe(83);
    expect(requests.every(({ route, method }) => `${method} ${route}` === 'GET /hang/:id')).toBe(
      true,
    );
    const ages = requests.map(({ ageMs }) => ageMs);
    expect(ages).toEqual(ages.toSorted((a, b) => b - a));
    const coverage = (await server.client.requestCoverage())!;
    expect(coverage.requestsInFlight).toBe(83);
    expect(coverage.placeKnown).toBeGreaterThan(0);
    expect(coverage.placeKnownShare).toBe(coverage.placeKnown / 83);
    expect(await server.client.requests({ limit: 5 })).toHaveLength(5);
  });
});

describe('the list of requests in flight', () => {
  let server: Server;

  beforeAll(async () => {
    server = await start('http');
  });
  afterAll(() => server.stop());

  it('has none that was broken off, and counts it for its route', async () => {
    const socket = send(server.port, head('GET', '/hang/1'));
    await expectInFlight(server, ['GET /hang/:id handling']);
    socket.destroy();
    await expectInFlight(server, []);
    const [route] = (await server.client.routes())!;
    expect(route).toMatchObject({ route: 'GET /hang/:id', count: 1, inFlight: 0, p50Ms: null });
  });

  it('has no stream of HTTP/2 that was broken off', async () => {
    const server = await start('http2');
    onTestFinished(server.stop);
    const session = connectHttp2(`http://127.0.0.1:${server.port}`);
    session.on('error', ignored);
    for (const path of ['/hang/1', '/hang/2'])
      session.request({ ':path': path }).on('error', ignored);
    const last = session.request({ ':path': '/hang/3' }).on('error', ignored);
    await expectInFlight(server, Array(3).fill('GET /hang/:id handling'));
    last.close();
    await expectInFlight(server, Array(2).fill('GET /hang/:id handling'));
    session.destroy();
    await expectInFlight(server, []);
  });

  it('has each of the pipelined ones', async () => {
    const socket = send(
      server.port,
      head('GET', '/hang/1') + head('GET', '/users/2') + head('GET', '/hang/3'),
    );
    await expectInFlight(server, [
      'GET /hang/:id handling',
      'GET /users/:id queued',
      'GET /hang/:id queued',
    ]);
    socket.destroy();
    await expectInFlight(server, []);
  });

  it('knows a body that is still arriving, and an answer that is being written', async () => {
    send(server.port, `${head('POST', '/hang/1', 'Content-Length: 10')}12345`);
    await expectInFlight(server, ['POST /hang/:id receiving']);
    send(server.port, head('GET', '/stream'));
    await expectInFlight(server, ['POST /hang/:id receiving', 'GET /stream responding']);
  });

  it('has neither idle connections nor upgraded ones', async () => {
    const upgraded = send(server.port, head('GET', '/live', 'Connection: Upgrade', 'Upgrade: x'));
    const idle = send(server.port, head('GET', '/users/1'));
    await Promise.all([once(upgraded, 'data'), once(idle, 'data')]);
    await expectInFlight(server, []);
    const routes = (await server.client.routes())!.map(({ route }) => route);
    expect(routes).not.toContain('GET /live');
  });

  it('refuses a limit that is none', async () => {
    const { client } = server;
    await expect(client.requests({ limit: 0 })).rejects.toThrow(
      /allowed is a whole number from 1 to 1000/,
    );
    await expect(client.routes({ limit: 1_001 })).rejects.toThrow(
      /allowed is a whole number from 1 to 1000/,
    );
  });
});
