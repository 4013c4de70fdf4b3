import dgram from 'node:dgram';
import { lookup } from 'node:dns';
import { once } from 'node:events';
import { readFile } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AsyncTracker, createAsyncTracker } from './async-tracker.ts';
import type { TaskReading, TasksReading } from './probe.ts';
import { createRequestContext, type RequestContext } from './request-context.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

let requestContext: RequestContext;
let tracker: AsyncTracker;
const cleanups: (() => unknown)[] = [];

beforeEach(() => {
  requestContext = createRequestContext();
  tracker = createAsyncTracker({ requestContext, overheadBudgetPercent: 50 });
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  tracker.stop();
  requestContext.stop();
});

async function serve(handler: http.RequestListener): Promise<number> {
  const server = http.createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Sends requests that nobody answers, and returns once the server has all of them. */
async function sendHanging(port: number, count: number, path: (index: number) => string) {
  const clients = Array.from({ length: count }, (_, index) =>
    http.get({ host: '127.0.0.1', port, path: path(index), agent: false }).on('error', () => {}),
  );
  cleanups.push(() => {
    for (const client of clients) client.destroy();
  });
  await expect.poll(() => requestContext.inFlight(), { timeout: 20_000 }).toBe(count);
}

const functionsOf = (reading: TasksReading, { stack }: TaskReading) =>
  (reading.stacks[stack] ?? []).map((frame) => frame.function);

/** Tasks that some function of this name is on the stack of. */
async function tasksThrough(name: string): Promise<TaskReading[]> {
  const reading = await tracker.read();
  return reading.tasks.filter((task) =>
    functionsOf(reading, task).some((frame) => frame.split('.').at(-1) === name),
  );
}

const typesThrough = async (name: string) => (await tasksThrough(name)).map(({ type }) => type);

describe('requests that never settle', () => {
  async function neverSettles(): Promise<void> {
    await new Promise(() => {});
  }
  async function hangingHandler(hold?: Set<unknown>): Promise<void> {
    await null;
    const pending = neverSettles();
    hold?.add(pending);
    await pending;
  }

  it.each([
    ['with something that holds their promises', new Set<unknown>()],
    ['with nothing that does', undefined],
  ])('are one task each %s, also after a collection', async (_, hold) => {
    const port = await serve(() => void hangingHandler(hold));
    await sendHanging(port, 500, (index) => `/user/${index}?token=secret`);
    await tracker.sweep();
    collectGarbage();
    const reading = await tracker.read();
    const routes = new Map(reading.requests.map(({ id, route }) => [id, route]));
    const hanging = reading.tasks.filter((task) => task.request !== null);
    expect(hanging.reduce((sum, { weight }) => sum + weight, 0)).toBe(500);
    const shapes = hanging.map((task) =>
      [task.type, routes.get(task.request as number), ...functionsOf(reading, task)].join(' < '),
    );
    expect(new Set(shapes)).toEqual(
      new Set(['PROMISE < /user/:id < new Promise < neverSettles < hangingHandler']),
    );
  });

  it('are tasks by themselves where the handler keeps no promise', async () => {
    const port = await serve(() => {});
    await sendHanging(port, 3, () => '/callback');
    const { tasks, requests } = await tracker.read();
    expect(tasks.filter(({ type }) => type === 'HTTP_REQUEST')).toHaveLength(3);
    expect(requests.map(({ method, route }) => `${method} ${route}`)).toContain('GET /callback');
  });

  it('end with their connection', async () => {
    const port = await serve(() => {});
    const client = http.get({ host: '127.0.0.1', port, agent: false }).on('error', () => {});
    await expect.poll(() => requestContext.inFlight()).toBe(1);
    client.destroy();
    await expect.poll(() => requestContext.inFlight()).toBe(0);
  });
});

describe('a task shows as itself and vanishes when it is done', () => {
  it('a timer', async () => {
    const startTimer = () => setTimeout(() => {}, 1_000_000);
    const timer = startTimer();
    expect(await typesThrough('startTimer')).toEqual(['Timeout']);
    clearTimeout(timer);
    expect(await typesThrough('startTimer')).toEqual([]);
  });

  it('a listening server and a socket', async () => {
    const listen = () => net.createServer(() => {}).listen(0, '127.0.0.1');
    const server = listen();
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const openSocket = () => net.connect(port, '127.0.0.1');
    const socket = openSocket();
    await once(socket, 'connect');
    expect(await typesThrough('openSocket')).toEqual(['TCPWRAP']);
    const listening = (await tracker.read()).tasks.filter(({ type }) => type === 'TCPSERVERWRAP');
    expect(listening).toMatchObject([{ weight: 1, isRefed: true }]);
    socket.destroy();
    server.close();
    await once(server, 'close');
    await expect.poll(() => typesThrough('openSocket')).toEqual([]);
    const liveTypes = async () => (await tracker.read()).tasks.map(({ type }) => type);
    await expect.poll(liveTypes).not.toContain('TCPSERVERWRAP');
  });

  it('a UDP socket', async () => {
    const openUdp = () => dgram.createSocket('udp4').bind(0, '127.0.0.1');
    const socket = openUdp();
    await once(socket, 'listening');
    const isUdp = ({ type }: TaskReading) => type === 'UDPWRAP';
    expect((await tracker.read()).tasks.filter(isUdp)).toHaveLength(1);
    socket.close();
    await once(socket, 'close');
    await expect.poll(async () => (await tracker.read()).tasks.filter(isUdp)).toHaveLength(0);
  });

  it.each([
    ['a file read', 'FSREQCALLBACK', (done: () => void) => readFile(import.meta.filename, done)],
    ['a DNS look-up', 'GETADDRINFOREQWRAP', (done: () => void) => lookup('localhost', done)],
  ])('%s', async (_, type, start) => {
    const done = new Promise<void>((resolve) => {
      const startRequest = () => start(() => resolve());
      startRequest();
    });
    expect(await typesThrough('startRequest')).toContain(type);
    await done;
    await expect.poll(() => typesThrough('startRequest')).toEqual([]);
  });
});

describe('the tracker', () => {
  it('settles: a promise that is fulfilled is no task any more', async () => {
    let settle = () => {};
    async function waitsForUs(): Promise<void> {
      await new Promise<void>((resolve) => {
        settle = resolve;
      });
    }
    const waiting = waitsForUs();
    expect(await typesThrough('waitsForUs')).toEqual(['PROMISE']);
    settle();
    await waiting;
    expect(await typesThrough('waitsForUs')).toEqual([]);
  });

  it('shows the timer that a promise waits for, and not the promise as well', async () => {
    const timers: NodeJS.Timeout[] = [];
    async function sleeps(): Promise<void> {
      await new Promise((resolve) => timers.push(setTimeout(resolve, 1_000_000)));
    }
    const sleeping = sleeps();
    expect(await typesThrough('sleeps')).toEqual(['Timeout']);
    expect(sleeping).toBeInstanceOf(Promise);
    clearTimeout(timers[0]);
  });

  it('estimates the true number of tasks when it samples', async () => {
    tracker.stop();
    tracker = createAsyncTracker({ requestContext, maxRecords: 500, overheadBudgetPercent: 100 });
    const held: Promise<unknown>[] = [];
    const makeMany = () => {
      for (let index = 0; index < 8_000; index++) held.push(new Promise(() => {}));
    };
    makeMany();
    const tasks = await tasksThrough('makeMany');
    const estimate = tasks.reduce((sum, { weight }) => sum + weight, 0);
    expect(held).toHaveLength(8_000);
    expect(tasks.length).toBeLessThanOrEqual(500);
    // Some 250 to 500 records: five standard deviations are below a third.
    expect(estimate).toBeGreaterThan(8_000 * 0.67);
    expect(estimate).toBeLessThan(8_000 * 1.33);
    expect(tracker.instrumentation().dropped).toBeGreaterThan(0);
  });

  it('spends no more than its budget on a storm of promises', async () => {
    tracker.stop();
    tracker = createAsyncTracker({ requestContext, overheadBudgetPercent: 2 });
    const leaf = async (value: number) => value;
    for (let index = 0; index < 300_000; index++) await leaf(index);
    const { seen, sampledOut, samplingRate } = tracker.instrumentation();
    // Ten seconds' worth of the budget are 200 ms, and a record costs some 10 µs.
    expect(seen - sampledOut).toBeLessThan(50_000);
    expect(samplingRate).toBeLessThan(1);
  });

  it('leaves nothing behind when it stops', async () => {
    tracker.stop();
    const { seen } = tracker.instrumentation();
    await Promise.resolve().then(() => {});
    expect(tracker.instrumentation()).toMatchObject({ enabled: false, seen, records: 0 });
    expect((await tracker.read()).tasks).toEqual([]);
  });

  it('gives back the stack settings of the host', async () => {
    const before = { limit: Error.stackTraceLimit, prepare: Error.prepareStackTrace };
    const timer = setTimeout(() => {}, 1_000_000);
    await tracker.read();
    clearTimeout(timer);
    expect({ limit: Error.stackTraceLimit, prepare: Error.prepareStackTrace }).toEqual(before);
  });
});
