import dgram from 'node:dgram';
import { lookup } from 'node:dns';
import { once } from 'node:events';
import { readFile } from 'node:fs';
import http from 'node:http';
import net, { type AddressInfo } from 'node:net';
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { getHeapSpaceStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TaskReading, TasksReading } from '../readings/tasks.ts';
import { createRequestContext } from '../requests/context/context.ts';
import type { RequestContext } from '../requests/context/types.ts';
import type { AsyncTracker } from './async-tracker.ts';
import { createAsyncTracker } from './tracker.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as (options?: { type: 'minor' }) => void;
const scavenge = () => collectGarbage({ type: 'minor' });

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
  await expect.poll(() => requestContext.inFlight()).toBe(count);
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

/** New tasks are held for a moment, which the timer of the tracker ends before this one is due. */
const noLongerNew = () => pause(25);

describe('a promise of a request in flight', () => {
  it.each([
    ['settles before a sweep', false],
    ['settles after a sweep saw it pending', true],
  ])('keeps no result alive when it %s', async (_, isSeenPending) => {
    let finish = () => {};
    const mayFinish = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let result: WeakRef<Uint8Array> | undefined;
    async function loadResult(): Promise<Uint8Array> {
      await mayFinish;
      const bytes = new Uint8Array(1024 ** 2);
      result = new WeakRef(bytes);
      return bytes;
    }
    if (!isSeenPending) finish();
    const port = await serve(() => void loadResult());
    await sendHanging(port, 1, () => '/result');
    if (isSeenPending) {
      expect(await typesThrough('loadResult')).toEqual(['PROMISE']);
      finish();
    }
    await expect.poll(() => result).toBeDefined();
    if (isSeenPending) await tracker.sweep();
    await noLongerNew();
    // What a weak reference was asked for lives until the turn of the loop ends.
    await nextTurn();
    collectGarbage();
    expect(result?.deref() === undefined).toBe(true);
    expect(requestContext.inFlight()).toBe(1);
  });
});

it('lets scavenges collect what has been awaited, before it grows old', async () => {
  const oldSpaceBytes = () =>
    getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')!.space_used_size;
  const load = async () => Array.from({ length: 10_000 }, (_, index) => [index]);
  await tracker.sweep();
  collectGarbage();
  const before = oldSpaceBytes();
  for (let index = 0; index < 8; index++) {
    await load();
    await noLongerNew();
  }
  for (let index = 0; index < 3; index++) scavenge();
  expect(oldSpaceBytes() - before).toBeLessThan(3_000_000);
});

describe('requests that never settle', () => {
  async function neverSettles(waiters?: (() => void)[]): Promise<void> {
    await new Promise<void>((resolve) => void waiters?.push(resolve));
  }
  async function hangingHandler(waiters?: (() => void)[]): Promise<void> {
    await null;
    await neverSettles(waiters);
  }
  const WHOLE_STACK = 'PROMISE < /user/:id < neverSettles < hangingHandler';

  /** Weights of the tasks that requests wait for, by type, route and stack. */
  async function hangingTasks(): Promise<Record<string, number>> {
    const reading = await tracker.read();
    const routes = new Map(reading.requests.map(({ id, route }) => [id, route]));
    const weights: Record<string, number> = {};
    for (const task of reading.tasks) {
      if (task.request === null) continue;
      const parts = [task.type, routes.get(task.request), ...functionsOf(reading, task)];
      const shape = parts.join(' < ');
      weights[shape] = (weights[shape] ?? 0) + task.weight;
    }
    for (const shape of Object.keys(weights)) weights[shape] = Number(weights[shape]!.toFixed(6));
    return weights;
  }

  it('are one task each, with the stack of what they wait for', async () => {
    const waiters: (() => void)[] = [];
    const port = await serve(() => void hangingHandler(waiters));
    await sendHanging(port, 500, (index) => `/user/${index}?token=secret`);
    expect(await hangingTasks()).toEqual({ [WHOLE_STACK]: 500 });
    await nextTurn();
    collectGarbage();
    expect(await hangingTasks()).toEqual({ [WHOLE_STACK]: 500 });
    expect(waiters).toHaveLength(500);
  });

  it('lose nothing to a collection once a sweep has seen them, though nobody holds the promise', async () => {
    const port = await serve(() => void hangingHandler());
    await sendHanging(port, 20, (index) => `/user/${index}`);
    const before = await hangingTasks();
    await nextTurn();
    collectGarbage();
    expect(await hangingTasks()).toEqual(before);
    expect(Object.values(before).reduce((sum, weight) => sum + weight, 0)).toBe(20);
  });

  it('have their stack also where a collection came before any sweep', async () => {
    const port = await serve(() => {
      void hangingHandler();
      setImmediate(() => collectGarbage());
    });
    await sendHanging(port, 1, () => '/user/1');
    await expect.poll(hangingTasks).toEqual({ [WHOLE_STACK]: 1 });
  });

  it('are tasks by themselves where the handler keeps no promise', async () => {
    const port = await serve(() => {});
    await sendHanging(port, 3, () => '/callback');
    const { tasks, requests } = await tracker.read();
    expect(tasks.filter(({ type }) => type === 'HTTP_REQUEST')).toHaveLength(3);
    expect(requests.map(({ method, route }) => `${method} ${route}`)).toContain('GET /callback');
  });

  it('are all there where they came while hardly anything was recorded', async () => {
    tracker.stop();
    tracker = createAsyncTracker({ requestContext, overheadBudgetPercent: 0.01 });
    const waiters: (() => void)[] = [];
    for (let index = 0; index < 200_000; index++) void Promise.resolve();
    expect(tracker.instrumentation().samplingRate).toBeLessThan(0.01);
    const port = await serve(() => void hangingHandler(waiters));
    await sendHanging(port, 7, (index) => `/user/${index}`);
    const weights = Object.values(await hangingTasks());
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(7);
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

  it('a timer that Node keeps for an idle socket is none, one that is not to keep the program alive is', async () => {
    const socket = new net.Socket();
    const idles = () => socket.setTimeout(1_000_000);
    idles();
    expect(await typesThrough('idles')).toEqual([]);
    socket.destroy();
    const aborter = new AbortController();
    const sleeps = () => pause(1_000_000, null, { ref: false, signal: aborter.signal });
    const sleeping = sleeps();
    expect(await typesThrough('sleeps')).toContain('Timeout');
    aborter.abort();
    await expect(sleeping).rejects.toThrow();
    const startTimer = () => setTimeout(() => {}, 1_000_000).unref();
    const timer = startTimer();
    expect(await typesThrough('startTimer')).toEqual(['Timeout']);
    clearTimeout(timer);
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

  it('estimates the promises of one request that makes very many', async () => {
    tracker.stop();
    tracker = createAsyncTracker({ requestContext });
    const held: Promise<unknown>[] = [];
    const makeMany = () => {
      for (let index = 0; index < 200_000; index++) held.push(new Promise(() => {}));
    };
    const port = await serve(makeMany);
    await sendHanging(port, 1, () => '/many');
    const tasks = await tasksThrough('makeMany');
    const estimate = tasks.reduce((sum, { weight }) => sum + weight, 0);
    expect(estimate).toBeGreaterThan(160_000);
    expect(estimate).toBeLessThan(240_000);
  });

  it('estimates a million promises made in one loop', async () => {
    tracker.stop();
    tracker = createAsyncTracker({ requestContext });
    const held: Promise<unknown>[] = [];
    const makeMillion = () => {
      for (let index = 0; index < 1_000_000; index++) held.push(new Promise(() => {}));
    };
    makeMillion();
    const tasks = await tasksThrough('makeMillion');
    const estimate = tasks.reduce((sum, { weight }) => sum + weight, 0);
    expect(held).toHaveLength(1_000_000);
    expect(tracker.instrumentation().blindMs).toBe(0);
    expect(estimate).toBeGreaterThan(850_000);
    expect(estimate).toBeLessThan(1_150_000);
  });

  it('keeps what was made before a storm that fills its records', async () => {
    tracker.stop();
    tracker = createAsyncTracker({ requestContext, overheadBudgetPercent: 100 });
    const held: Promise<unknown>[] = [];
    const makeBefore = () => held.push(new Promise(() => {}));
    makeBefore();
    const madeAt = Date.now();
    // The time whose tasks are counted together is over.
    await expect.poll(() => Date.now() - madeAt).toBeGreaterThan(200);
    for (let index = 0; index < 100_000; index++) held.push(new Promise(() => {}));
    expect(tracker.instrumentation().dropped).toBeGreaterThan(0);
    expect(await tasksThrough('makeBefore')).toMatchObject([{ type: 'PROMISE', weight: 1 }]);
  });

  it('leaves out what is nobody’s business, in whatever turn it happens', async () => {
    const held: Promise<unknown>[] = [];
    const makeMany = () => {
      for (let index = 0; index < 100; index++) held.push(new Promise(() => {}));
    };
    const before = tracker.instrumentation();
    await requestContext.leaveOut(async () => {
      makeMany();
      await new Promise((resolve) => setTimeout(resolve));
      makeMany();
    });
    const after = tracker.instrumentation();
    expect(after.seen - before.seen).toBeLessThan(20);
    expect(after.sampledOut).toBe(before.sampledOut);
    expect(held).toHaveLength(200);
    expect(await tasksThrough('makeMany')).toEqual([]);
  });

  it('spends no more than its budget on a storm of promises', async () => {
    tracker.stop();
    tracker = createAsyncTracker({ requestContext, overheadBudgetPercent: 2 });
    const leaf = async (value: number) => value;
    for (let index = 0; index < 300_000; index++) await leaf(index);
    const { seen, sampledOut, samplingRate } = tracker.instrumentation();
    // A program that starts has 420 ms of it, and a record that is dropped soon costs some 4 µs.
    expect(seen - sampledOut).toBeLessThan(150_000);
    expect(samplingRate).toBeLessThan(1);
  });

  it('lets go of what is over in the middle of a storm, before any turn of the loop', async () => {
    const leaf = async (value: number) => value;
    for (let index = 0; index < 3_000; index++) await leaf(index);
    expect(tracker.instrumentation().records).toBeLessThan(500);
  });

  it('leaves nothing behind when it stops', async () => {
    tracker.stop();
    const { seen } = tracker.instrumentation();
    await Promise.resolve().then(() => {});
    expect(tracker.instrumentation()).toMatchObject({ enabled: false, seen, records: 0 });
    expect((await tracker.read()).tasks).toEqual([]);
  });

  it('leaves nothing behind when it stops in the middle of a sweep', async () => {
    tracker.stop();
    tracker = createAsyncTracker({ requestContext, overheadBudgetPercent: 100 });
    const held = Array.from({ length: 5_000 }, () => new Promise(() => {}));
    expect(tracker.instrumentation().records).toBeGreaterThanOrEqual(held.length);
    const reading = tracker.read();
    tracker.stop();
    await reading;
    expect(tracker.instrumentation().records).toBe(0);
    expect(tracker.lastRead()).toBeNull();
  });

  it('gives back the stack settings of the host', async () => {
    const before = { limit: Error.stackTraceLimit, prepare: Error.prepareStackTrace };
    const timer = setTimeout(() => {}, 1_000_000);
    await tracker.read();
    clearTimeout(timer);
    expect({ limit: Error.stackTraceLimit, prepare: Error.prepareStackTrace }).toEqual(before);
  });
});

it('goes on to record everything after a sweep in which the machine ran something else', async () => {
  const ofOwnContext = createRequestContext();
  const withUsualBudget = createAsyncTracker({ requestContext: ofOwnContext });
  cleanups.push(() => {
    withUsualBudget.stop();
    ofOwnContext.stop();
  });
  const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
  const losesProcessor = {
    get [Symbol.toStringTag]() {
      Atomics.wait(nobodyWakes, 0, 0, 1_000);
      return 'Looked at';
    },
  };
  const settled = Promise.resolve(losesProcessor);
  const { longestSliceMs } = await withUsualBudget.read();
  expect(longestSliceMs).toBeGreaterThan(900);
  expect(await settled).toBe(losesProcessor);

  const resolvers: (() => void)[] = [];
  function hangAfterwards() {
    return new Promise<void>((resolve) => resolvers.push(resolve));
  }
  const hanging = Array.from({ length: 200 }, hangAfterwards);
  const reading = await withUsualBudget.read();
  const found = reading.tasks.filter((task) =>
    functionsOf(reading, task).includes('hangAfterwards'),
  );
  expect(found.map(({ weight }) => weight)).toEqual(hanging.map(() => 1));
  expect(reading.instrumentation.blindMs).toBe(0);
});
