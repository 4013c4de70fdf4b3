import { once } from 'node:events';
import http from 'node:http';
import http2 from 'node:http2';
import net, { type AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { nextTurn } from '../../base/own-time.ts';
import { type RequestObserver, startRequestObserver } from './observer.ts';

const CPU_MS = 20;
const PIPELINED = 100;

let observer: RequestObserver;
const cleanups: (() => void)[] = [];

beforeEach(() => {
  observer = startRequestObserver();
});
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
  observer.stop();
});

async function serve(handler: http.RequestListener): Promise<(path: string) => Promise<void>> {
  const server = http.createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 16 });
  cleanups.push(() => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });
  return (path) =>
    new Promise((resolve, reject) => {
      http
        .get({ host: '127.0.0.1', port, path, agent }, (response) =>
          response.resume().on('end', resolve),
        )
        .on('error', reject);
    });
}

function burn(ms: number): void {
  const startedMs = performance.now();
  while (performance.now() - startedMs < ms);
}

it('grows no more after fifty thousand requests', async () => {
  setFlagsFromString('--expose-gc');
  const collect: () => void = runInNewContext('gc');
  const server = http.createServer((_request, response) => response.end()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const socket = net.connect((server.address() as AddressInfo).port, '127.0.0.1');
  cleanups.push(() => {
    socket.destroy();
    server.close();
  });
  const served = () => observer.readRoutes().routes[0]?.count ?? 0;
  const askMany = async (count: number) => {
    const before = served();
    for (let asked = 0; asked < count; asked += PIPELINED) {
      const texts = Array.from(
        { length: PIPELINED },
        (_, id) => `GET /users/${asked + id} HTTP/1.1\r\nHost: a\r\n\r\n`,
      );
      socket.write(texts.join(''));
      while (served() < before + asked + PIPELINED) await nextTurn();
    }
  };
  socket.resume();
  await askMany(5_000);
  collect();
  const before = process.memoryUsage().heapUsed;
  await askMany(50_000);
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(2e6);
  expect(observer.readRoutes().routes).toMatchObject([
    { route: 'GET /users/:id', count: 55_000, inFlight: 0 },
  ]);
  expect(observer.readRequests({ limit: 1 }).total).toBe(0);
});

it('tells what share of a route’s time the thread worked for it', async () => {
  observer.profileWaits({ lastRead: () => null });
  const ask = await serve(async (request, response) => {
    if (request.url === '/computes') {
      burn(CPU_MS / 2);
      await sleep(CPU_MS);
      burn(CPU_MS / 2);
    } else await sleep(2 * CPU_MS);
    response.end();
  });
  const shareOf = (name: string) => {
    const route = observer.readRoutes().routes.find(({ route }) => route === name);
    return (route?.cpuMs ?? 0) / (route?.answeredMs ?? 1);
  };
  await expect
    .poll(
      async () => {
        for (const path of ['/computes', '/waits']) await ask(path);
        return shareOf('GET /computes');
      },
      { interval: 0 },
    )
    .toBeGreaterThan(0.3);
  expect(shareOf('GET /computes')).toBeLessThan(0.8);
  // On a crowded machine time in which the thread has no processor counts for either.
  expect(shareOf('GET /waits')).toBeLessThan(shareOf('GET /computes') / 2);
});

it('gives a request no context where none is asked for, nor that of the one before', async () => {
  let isSampled = true;
  observer.context.sampleWith(() => (isSampled ? 1 : null));
  const seen: unknown[] = [];
  const ask = await serve(async (_request, response) => {
    await nextTurn();
    seen.push(observer.context.current()?.url);
    response.end();
  });
  for (const sampled of [true, false, true]) {
    isSampled = sampled;
    await ask(`/${sampled}`);
  }
  expect(seen).toEqual(['/true', undefined, '/true']);
  await expect.poll(() => observer.readRoutes().routes.map(({ count }) => count)).toEqual([2, 1]);
});

it('puts nothing among the microtasks that a program fakes', async () => {
  const faked = vi.spyOn(globalThis, 'queueMicrotask').mockImplementation(() => {});
  cleanups.push(() => faked.mockRestore());
  observer.profileWaits({ lastRead: () => null });
  const ask = await serve((_request, response) => {
    burn(CPU_MS / 4);
    response.end();
  });
  const cpuMs = () => observer.readRoutes().routes[0]?.cpuMs ?? 0;
  await expect.poll(() => ask('/').then(cpuMs), { interval: 0 }).toBeGreaterThan(0);
  expect(faked).not.toHaveBeenCalled();
});

it('tells of a stream of HTTP/2 that parts of its answer are out, where this Node announces streams', async () => {
  const server = http2.createServer((request, response) => {
    if (request.url === '/events') response.write('data');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  cleanups.push(() => {
    client.destroy();
    server.close();
  });
  client.request({ ':path': '/hangs' });
  const events = client.request({ ':path': '/events' });
  await once(events, 'data');
  const states = observer
    .readRequests({ limit: 10 })
    .requests.map(({ route, state }) => [route, state]);
  const isAnnounced = states.length > 0;
  expect(states).toEqual(
    isAnnounced
      ? [
          ['/hangs', 'handling'],
          ['/events', 'responding'],
        ]
      : [],
  );
});
