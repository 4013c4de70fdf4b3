import { once } from 'node:events';
import {
  closeSync,
  createReadStream,
  open as openFileNumber,
  openSync,
  type ReadStream,
} from 'node:fs';
import { open } from 'node:fs/promises';
import net from 'node:net';
import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import { createDeflate } from 'node:zlib';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createHeapWalk } from '../overhead/heap-walk.ts';
import { createPauseBudget } from '../overhead/pause-budget.ts';
import type { BufferReading } from '../readings/external.ts';
import type { MadeReading, OutsideReading } from '../readings/outside.ts';
import { createStackStore } from '../tasks/stack-store.ts';
import { createBufferSampler } from './buffers/buffers.ts';
import { type OutsideObserver, startOutsideObserver } from './outside.ts';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** All that is there after a collection counts as kept, however new. */
function observe({
  seesBuffers = false,
  lastMajorMs = () => Number.POSITIVE_INFINITY,
} = {}): OutsideObserver {
  const nowMs = () => performance.now();
  const heapWalk = createHeapWalk({
    budget: createPauseBudget(100, nowMs),
    pauseBudgetPercent: 100,
    heapUsedBytes: () => 0,
  });
  const observer = startOutsideObserver({ heapWalk, lastMajorMs, seesBuffers });
  cleanups.push(observer.stop);
  return observer;
}

function watched(): OutsideObserver {
  const observer = observe();
  observer.watch({ buffers: true, resources: true, forMs: 60_000 });
  return observer;
}

/** What the named function made, from whichever place it was called. */
function madeBy(name: string, { made, stacks }: OutsideReading, kind?: string) {
  const found = made.filter(
    (each) =>
      (kind === undefined || each.kind === kind) &&
      stacks[each.stack]!.some((frame) => frame.function === name),
  );
  const sum = (of: (each: MadeReading) => number) => found.reduce((all, each) => all + of(each), 0);
  return {
    kinds: [...new Set(found.map((each) => each.kind))],
    settled: sum(({ settled }) => settled),
    kept: sum(({ kept }) => kept),
    keptBytes: sum(({ keptBytes }) => keptBytes),
    idle: sum(({ idle }) => idle ?? 0),
    toItself: sum(({ toItself }) => toItself),
    isRepeating: found.some(({ isRepeating }) => isRepeating),
  };
}

/** What a turn of the loop has made is held until it ends. */
async function collected(observer: OutsideObserver): Promise<void> {
  await new Promise(setImmediate);
  observer.collect();
}

const readNow = (observer: OutsideObserver) => observer.read({ settledMs: 0 });

describe('buffers', () => {
  const kept: unknown[] = [];
  const MAKERS = {
    keepAllocated: () => kept.push(Buffer.alloc(100_000)),
    keepParts: () => kept.push(Buffer.concat([Buffer.alloc(50_000), Buffer.alloc(50_000)])),
    keepPart: () => kept.push(Buffer.allocUnsafeSlow(100_000).subarray(0, 10)),
    keepText: () => kept.push(Buffer.from('x'.repeat(100_000))),
    keepBody: () => kept.push(Buffer.from(new ArrayBuffer(100_000))),
    keepSmall: () => {
      for (let left = 100; left > 0; left -= 1) kept.push(Buffer.from('x'.repeat(1_000)));
    },
  };

  test.each(Object.entries(MAKERS))(
    'that %s keeps are told by the line, in bytes',
    async (name, make) => {
      const observer = watched();
      for (let left = 150; left > 0; left -= 1) make();
      await collected(observer);
      const { kinds, keptBytes } = madeBy(name, readNow(observer));
      kept.length = 0;
      expect(kinds).toEqual(['BUFFER']);
      // Sampled: 15 MB true.
      expect(keptBytes / 15e6).toBeGreaterThan(0.5);
      expect(keptBytes / 15e6).toBeLessThan(1.5);
    },
  );

  test('that were let go of are made, and not kept', async () => {
    const observer = watched();
    for (let left = 150; left > 0; left -= 1) letGo();
    await collected(observer);
    const found = madeBy('letGo', readNow(observer));
    expect(found.settled).toBeGreaterThan(30);
    expect(found.kept).toBeLessThan(5);
  });

  function letGo(): number {
    return Buffer.alloc(100_000).length;
  }

  test('are made by functions that look and act as they did', () => {
    const names = ['alloc', 'allocUnsafe', 'allocUnsafeSlow', 'concat', 'from'] as const;
    const keys = Reflect.ownKeys(Buffer);
    const before = names.map(makerOf);
    const observer = watched();
    expect(Reflect.ownKeys(Buffer)).toEqual(keys);
    for (const [index, { value: standIn, ...flags }] of names.map(makerOf).entries()) {
      const { value: original, ...flagsBefore } = before[index]!;
      expect(standIn).not.toBe(original);
      expect(flags).toEqual(flagsBefore);
      expect([standIn.name, standIn.length]).toEqual([original.name, original.length]);
      expect(Reflect.ownKeys(standIn)).toEqual(Reflect.ownKeys(original));
      const wrong = Symbol.iterator;
      expect(messageOf(() => standIn(wrong))).toBe(messageOf(() => original(wrong)));
    }
    expect(Buffer.concat([Buffer.from('a'), Buffer.alloc(1, 'b')]).toString()).toBe('ab');
    observer.stop();
    for (const [index, { value }] of names.map(makerOf).entries()) {
      expect(value).toBe(before[index]!.value);
    }
  });

  function makerOf(name: string): PropertyDescriptor {
    return Object.getOwnPropertyDescriptor(Buffer, name)!;
  }

  test('are made by what the program has put in the place of ours, also afterwards', () => {
    const { alloc } = Buffer;
    const observer = watched();
    const ours = Buffer.alloc;
    const theirs: typeof alloc = (...args) => ours(...args);
    Buffer.alloc = theirs;
    cleanups.push(() => {
      Buffer.alloc = alloc;
    });
    observer.stop();
    expect(Buffer.alloc).toBe(theirs);
    expect(Buffer.alloc(2, 'x').toString()).toBe('xx');
  });
});

describe('buffers that are seen from the start on', () => {
  const kept: unknown[] = [];

  function keepLarge(): void {
    kept.push(Buffer.alloc(64 * 1024));
  }
  function keepSmall(): void {
    kept.push(Buffer.from('x'.repeat(1_000)));
  }
  function keepJoined(): void {
    kept.push(Buffer.concat([PART, PART]));
  }
  function drop(): number {
    return Buffer.allocUnsafe(16 * 1024).length;
  }
  const PART = Buffer.alloc(5_000);

  function bytesOf(name: string, { rows, stacks }: BufferReading) {
    const own = rows.filter(({ stack }) => stacks[stack]!.some((each) => each.function === name));
    return {
      live: own.reduce((sum, { liveBytes }) => sum + liveBytes, 0),
      total: own.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
    };
  }

  test('are told by the line that made them, live and ever made, about as many as there are', async () => {
    const observer = observe({ seesBuffers: true, lastMajorMs: () => Number.NEGATIVE_INFINITY });
    for (let left = 320; left > 0; left -= 1) keepLarge();
    for (let left = 12_000; left > 0; left -= 1) keepSmall();
    for (let left = 1_200; left > 0; left -= 1) keepJoined();
    for (let left = 1_000; left > 0; left -= 1) drop();
    await new Promise(setImmediate);
    const read = observer.readExternal({ collect: true });
    expect(read).toMatchObject({ unavailable: null, sinceMs: expect.any(Number) });
    expect(read.pauseMs).toBeGreaterThan(0);
    // By chance: four standard deviations, which a fifth is at this size.
    for (const [name, bytes] of Object.entries({
      keepLarge: 320 * 64 * 1024,
      keepSmall: 12_000 * 1_000,
      keepJoined: 1_200 * 10_000,
    })) {
      const { live, total } = bytesOf(name, read);
      expect(Math.abs(live / bytes - 1)).toBeLessThan(0.4);
      expect(total).toBe(live);
    }
    const dropped = bytesOf('drop', read);
    expect(dropped.live).toBeLessThan(1e6);
    expect(dropped.total).toBeGreaterThan(8e6);

    kept.length = 0;
    await new Promise(setImmediate);
    observer.collect({ isAskedFor: true });
    const after = observer.readExternal({ collect: false });
    expect(bytesOf('keepLarge', after).live).toBeLessThan(1e6);
    expect(bytesOf('keepLarge', after).total).toBe(bytesOf('keepLarge', read).total);
  });

  test('are gone from here once they were handed to another thread', () => {
    const observer = observe({ seesBuffers: true });
    const made = handOver();
    expect(bytesOf('handOver', observer.readExternal({ collect: false })).live).toBeCloseTo(
      1e6,
      -5,
    );
    structuredClone(made.buffer, { transfer: [made.buffer] });
    expect(bytesOf('handOver', observer.readExternal({ collect: false })).live).toBe(0);
  });

  function handOver(): Buffer<ArrayBuffer> {
    return Buffer.alloc(1_000_000);
  }

  test('are not seen where that is switched off, and the reason is told', () => {
    const { alloc } = Buffer;
    const observer = observe();
    expect(Buffer.alloc).toBe(alloc);
    expect(observer.readExternal({ collect: true })).toMatchObject({
      unavailable: expect.stringContaining('PPROFQL_BUFFERS'),
      sinceMs: null,
      rows: [],
    });
  });

  test('are told to a watch, of those that were made meanwhile', async () => {
    const observer = observe({ seesBuffers: true });
    for (let left = 10; left > 0; left -= 1) keepLarge();
    await new Promise((resolve) => setTimeout(resolve, 5));
    observer.watch({ buffers: true, resources: false, forMs: 60_000 });
    for (let left = 10; left > 0; left -= 1) keepLargest();
    await collected(observer);
    const reading = readNow(observer);
    expect(madeBy('keepLargest', reading)).toMatchObject({ kinds: ['BUFFER'] });
    expect(madeBy('keepLargest', reading).keptBytes).toBeCloseTo(10e6, -5);
    expect(madeBy('keepLarge', reading).kept).toBe(0);
    kept.length = 0;
  });

  function keepLargest(): void {
    kept.push(Buffer.alloc(1_000_000));
  }

  test('stay seen when a watch ends', () => {
    const { alloc } = Buffer;
    const observer = observe({ seesBuffers: true });
    observer.watch({ buffers: true, resources: false, forMs: 60_000 });
    observer.watch({ buffers: false, resources: false, forMs: 60_000 });
    expect(Buffer.alloc).not.toBe(alloc);
    observer.stop();
    expect(Buffer.alloc).toBe(alloc);
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return String(error);
  }
  return 'nothing is thrown';
}

test('bodies of answers that are read as bytes are told by the line, with their size', async () => {
  await fetch('data:text/plain,loads-what-fetch-needs');
  const observer = watched();
  for (let left = 3; left > 0; left -= 1) await readBody();
  expect(madeBy('readBody', readNow(observer), 'BODY')).toMatchObject({
    settled: 3,
    keptBytes: 30_000,
  });
  const { name, length } = Response.prototype.arrayBuffer;
  expect([name, length]).toEqual(['arrayBuffer', 0]);
});

async function readBody(): Promise<ArrayBuffer> {
  const headers = { 'content-length': '10000' };
  return await new Response('x'.repeat(10_000), { headers }).arrayBuffer();
}

test('frozen functions stay as they are, and the reason is told', () => {
  const stacks = createStackStore(4);
  const owner = Object.freeze({ alloc: () => Buffer.alloc(1) });
  const { alloc } = owner;
  const watch = createBufferSampler({ stacks, onSample: () => {} }, owner);
  expect(watch.start()).toBe('what makes them is frozen in this process');
  expect(owner.alloc).toBe(alloc);
  watch.stop();
});

test.each<[string, (deep: number) => unknown]>([
  ['on a short stack', () => Buffer.alloc(-1)],
  ['on a stack that is cut', beneath],
  ['by one that calls another', () => Buffer.concat([1 as never])],
  ['by the program itself', () => Buffer.from({ valueOf: beneath } as never)],
])('errors of what makes buffers are those of Node, %s', (_name, fail) => {
  const watch = createBufferSampler({ stacks: createStackStore(4), onSample: () => {} });
  const seen = [false, true].map((isWatched) => {
    if (isWatched) expect(watch.start()).toBeNull();
    try {
      fail(20);
    } catch (error) {
      return { error, stack: (error as Error).stack };
    } finally {
      watch.stop();
    }
    return null;
  });
  expect(seen[0]).not.toBeNull();
  expect(seen[1]).toEqual(seen[0]);
});

function beneath(deep: number): unknown {
  return deep > 0 ? beneath(deep - 1) : Buffer.alloc(-1);
}

describe('handles', () => {
  test('that repeat for ever are told until they are cleared', () => {
    const observer = watched();
    const timers = Array.from({ length: 12 }, startBeat);
    expect(madeBy('startBeat', readNow(observer))).toMatchObject({
      kinds: ['Timeout'],
      isRepeating: true,
      settled: 12,
      kept: 12,
    });
    for (const timer of timers.slice(0, 9)) clearInterval(timer);
    expect(madeBy('startBeat', readNow(observer))).toMatchObject({ settled: 12, kept: 3 });
    for (const timer of timers) clearInterval(timer);
  });

  function startBeat(): NodeJS.Timeout {
    return setInterval(() => {}, 60_000);
  }

  test('that run off soon by themselves are left out', () => {
    const observer = watched();
    const timer = setTimeout(() => {}, 30_000);
    expect(readNow(observer).made.filter(({ kind }) => kind === 'Timeout')).toEqual([]);
    clearTimeout(timer);
  });

  test('of zlib are told until they are closed', () => {
    const observer = watched();
    const streams = Array.from({ length: 10 }, openStream);
    for (const stream of streams.slice(0, 4)) stream.close();
    expect(madeBy('openStream', readNow(observer), 'ZLIB')).toMatchObject({ settled: 10, kept: 6 });
    for (const stream of streams) stream.close();
  });

  function openStream() {
    const stream = createDeflate();
    stream.write('hello');
    return stream;
  }

  test('of files are told by the line that opened them', async () => {
    const observer = watched();
    const files = [await openFile(), await openFile()];
    await files[0]!.close();
    expect(madeBy('openFile', readNow(observer))).toMatchObject({
      kinds: ['FILEHANDLE'],
      settled: 2,
      kept: 1,
    });
    await files[1]!.close();
  });

  async function openFile() {
    return await open(import.meta.filename);
  }

  test('that are message ports are told until they are closed', async () => {
    const observer = watched();
    const ports = Array.from({ length: 10 }, listenToPort);
    expect(madeBy('listenToPort', readNow(observer))).toMatchObject({
      kinds: ['MESSAGEPORT'],
      settled: 20,
      kept: 10,
    });
    for (const port of ports) port.close();
    await vi.waitFor(() => {
      expect(madeBy('listenToPort', readNow(observer)).kept).toBe(0);
    });
  });

  function listenToPort(): MessagePort {
    const { port1 } = new MessageChannel();
    return port1.on('message', () => {});
  }

  describe('of files that are opened by number', () => {
    const opened: number[] = [];
    const openNumber = (): number => openSync(import.meta.filename, 'r');
    const openNumberLater = (): Promise<number> =>
      new Promise((resolve, reject) => {
        openFileNumber(import.meta.filename, (error, fd) => (error ? reject(error) : resolve(fd)));
      });
    const MAKERS = { openNumber, openNumberLater };

    afterEach(() => {
      for (const fd of opened.splice(0)) closeSync(fd);
    });

    test.each(Object.entries(MAKERS))(
      'are told by the line that opened them, until they are closed (%s)',
      async (name, make) => {
        const observer = watched();
        for (let left = 10; left > 0; left -= 1) opened.push(await make());
        const found = () => madeBy(name, readNow(observer));
        expect(found()).toMatchObject({ kinds: ['DESCRIPTOR'], settled: 10, kept: 10 });
        for (const fd of opened.splice(0, 4)) closeSync(fd);
        expect(found()).toMatchObject({ settled: 10, kept: 6 });
      },
    );

    test('are not kept where each is closed before the next, as all have one number then', async () => {
      const observer = watched();
      for (let left = 10; left > 0; left -= 1) closeSync(openNumber());
      opened.push(openNumber());
      expect(madeBy('openNumber', readNow(observer))).toMatchObject({ settled: 11, kept: 1 });
    });

    test('fail as they would without', async () => {
      const failures = () => {
        const errors: unknown[] = [];
        try {
          openSync('/nowhere/at/all', 'r');
        } catch (error) {
          errors.push(error, (error as Error).stack);
        }
        return errors;
      };
      const seen = [false, true].map((isWatched) => {
        if (isWatched) watched();
        return failures();
      });
      expect(seen[1]).toEqual(seen[0]);
      expect(seen[1]).toHaveLength(2);
    });

    test('fail as they would also for a program that formats stacks itself', () => {
      const filesOfFailure = () => {
        const { prepareStackTrace } = Error;
        Error.prepareStackTrace = (_error, sites) => sites.map((site) => site.getFileName());
        try {
          openSync('/nowhere/at/all', 'r');
        } catch (error) {
          return (error as { stack: unknown }).stack;
        } finally {
          Error.prepareStackTrace = prepareStackTrace;
        }
        return [];
      };
      const without = filesOfFailure();
      watched();
      expect(filesOfFailure()).toEqual(without);
      expect(without).toContain('node:fs');
    });

    test('for a stream call no function of the program below one of ours', async () => {
      const stackOfOpening = async () => {
        const stream = createReadStream(import.meta.filename);
        const stack = await new Promise<unknown>((resolve) => {
          stream.once('open', () => resolve(new Error('here').stack));
        });
        stream.destroy();
        return stack;
      };
      const without = await stackOfOpening();
      watched();
      expect(await stackOfOpening()).toBe(without);
    });
  });

  test('of streams of files are told by the line, until they are destroyed', async () => {
    const observer = watched();
    const streams: ReadStream[] = [];
    function streamFile(): void {
      streams.push(createReadStream(import.meta.filename));
    }
    for (let left = 10; left > 0; left -= 1) streamFile();
    await Promise.all(streams.map((stream) => once(stream, 'open')));
    expect(madeBy('streamFile', readNow(observer))).toMatchObject({
      kinds: ['FILESTREAM'],
      settled: 10,
      kept: 10,
    });
    for (const stream of streams) stream.destroy();
    expect(madeBy('streamFile', readNow(observer))).toMatchObject({ settled: 10, kept: 0 });
  });

  test('that are sockets are told by the line, and whether nothing goes through them', async () => {
    const observer = watched();
    const server = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    const sockets = await Promise.all([connect(port), connect(port)]);
    cleanups.push(() => {
      for (const socket of sockets) socket.destroy();
      server.close();
    });
    const found = () => madeBy('connect', readNow(observer), 'TCPWRAP');
    expect(found()).toMatchObject({ settled: 2, kept: 2, idle: 0, toItself: 2 });
    await new Promise((resolve) => sockets[0]!.destroy().once('close', resolve));
    await vi.waitFor(() => expect(found()).toMatchObject({ settled: 2, kept: 1 }));
  });

  function connect(port: number): Promise<net.Socket> {
    return new Promise((resolve) => {
      const socket: net.Socket = net.connect(port, '127.0.0.1', () => resolve(socket));
    });
  }

  test('are not seen any more once nobody watches', () => {
    const observer = watched();
    observer.watch({ buffers: false, resources: false, forMs: 60_000 });
    const timer = startBeat();
    expect(madeBy('startBeat', readNow(observer)).kinds).toEqual([]);
    clearInterval(timer);
  });
});

test('workers are seen from the start until they end, by the line that makes them', async () => {
  const observer = observe();
  const workers = [makeWorker(), makeWorker()];
  expect(observer.workers()).toBe(2);
  await workers[0]!.terminate();
  expect(observer.workers()).toBe(1);
  expect(madeBy('makeWorker', readNow(observer))).toMatchObject({
    kinds: ['WORKER'],
    settled: 2,
    kept: 1,
  });
  await workers[1]!.terminate();
});

function makeWorker(): Worker {
  return new Worker('setInterval(() => {}, 1_000)', { eval: true });
}

test('handles are counted by name', () => {
  const timers = Array.from({ length: 7 }, () => setTimeout(() => {}, 60_000));
  const before = observe().handles().Timeout!;
  for (const timer of timers) clearTimeout(timer);
  expect(before - (observe().handles().Timeout ?? 0)).toBe(7);
});
