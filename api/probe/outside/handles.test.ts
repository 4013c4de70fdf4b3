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
import { afterEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { madeBy, observe, readNow, watched } from '../testing/outside-observed.ts';
import { collectAll } from './collection.ts';
import { amountOfUse, FILE_STREAM } from './record.ts';
import { createDescriptor } from './resources/descriptor.ts';

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

  test('of streams of files that nobody has any more are told all the same, since their files stay open', async () => {
    const observer = watched();
    const opened: number[] = [];
    onTestFinished(() => {
      for (const fd of opened) closeSync(fd);
    });
    async function forgetStream(): Promise<void> {
      const stream = createReadStream(import.meta.filename);
      const ref = new WeakRef(stream);
      await once(stream, 'open');
      opened.push((stream as unknown as { fd: number }).fd);
      forgotten.push(ref);
    }
    const forgotten: WeakRef<object>[] = [];
    for (let left = 5; left > 0; left -= 1) await forgetStream();
    await vi.waitFor(() => {
      collectAll();
      expect(forgotten.filter((ref) => ref.deref() !== undefined)).toEqual([]);
    });
    expect(madeBy('forgetStream', readNow(observer))).toMatchObject({
      kinds: ['FILESTREAM'],
      settled: 5,
      kept: 5,
    });
    expect(amountOfUse(FILE_STREAM, createDescriptor(opened[0]!)!)).toBe(0);
    closeSync(opened.pop()!);
    expect(madeBy('forgetStream', readNow(observer))).toMatchObject({ kept: 4 });
  });

  test('that are sockets are told by the line, and whether nothing goes through them', async () => {
    const observer = watched();
    const server = net.createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as net.AddressInfo;
    const sockets = await Promise.all([connect(port), connect(port)]);
    onTestFinished(() => {
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
