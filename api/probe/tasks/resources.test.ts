import { randomBytes } from 'node:crypto';
import dgram from 'node:dgram';
import { lookup } from 'node:dns';
import { once } from 'node:events';
import { readFile } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { brotliCompress, createGunzip, createGzip, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { TaskReading } from '../readings/tasks.ts';
import { observed, tasksThrough, typesThrough } from '../testing/tracked.ts';

const isPort = ({ type }: TaskReading) => type === 'MESSAGEPORT';

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
    const listening = (await observed.tracker.read()).tasks.filter(
      ({ type }) => type === 'TCPSERVERWRAP',
    );
    expect(listening).toMatchObject([{ weight: 1, isRefed: true }]);
    // Node looks its address up first, and then makes it with nothing of the program on the stack.
    expect(await typesThrough('listen')).toEqual(['TCPSERVERWRAP']);
    socket.destroy();
    server.close();
    await once(server, 'close');
    await expect.poll(() => typesThrough('openSocket')).toEqual([]);
    const liveTypes = async () => (await observed.tracker.read()).tasks.map(({ type }) => type);
    await expect.poll(liveTypes).not.toContain('TCPSERVERWRAP');
  });

  it('a message port for as long as somebody listens to it', async () => {
    const open = new MessageChannel();
    const listenTo = () => {
      const { port1, port2 } = new MessageChannel();
      port1.on('message', () => {});
      return [port1, port2];
    };
    const ports = listenTo();
    expect(await tasksThrough('listenTo')).toMatchObject([{ type: 'MESSAGEPORT', isRefed: true }]);
    expect((await observed.tracker.read()).tasks.filter(isPort)).toHaveLength(1);
    for (const port of [open.port1, open.port2, ...ports]) port.close();
    await expect.poll(() => typesThrough('listenTo')).toEqual([]);
  });

  it('packing while a thread does it, and no stream for packing that has nothing to do', async () => {
    const pack = () => {
      const whole = Promise.withResolvers<void>();
      brotliCompress(randomBytes(500_000), () => whole.resolve());
      return whole.promise;
    };
    const idles = () => createGzip();
    const [packing, idle] = [pack(), idles()];
    expect(await typesThrough('pack')).toContain('ZLIB');
    expect(await typesThrough('idles')).toEqual([]);
    await packing;
    expect(await typesThrough('pack')).not.toContain('ZLIB');
    idle.destroy();
  });

  it('packing no longer where it waits for somebody to read what came out', async () => {
    const feedUnread = () => createGunzip();
    const stream = feedUnread();
    stream.write(gzipSync(Buffer.alloc(10_000_000)));
    await expect.poll(() => stream.readableLength).toBeGreaterThan(0);
    await expect.poll(() => typesThrough('feedUnread')).toEqual([]);
    stream.destroy();
  });

  it('a UDP socket', async () => {
    const openUdp = () => dgram.createSocket('udp4').bind(0, '127.0.0.1');
    const socket = openUdp();
    await once(socket, 'listening');
    const isUdp = ({ type }: TaskReading) => type === 'UDPWRAP';
    expect((await observed.tracker.read()).tasks.filter(isUdp)).toHaveLength(1);
    socket.close();
    await once(socket, 'close');
    await expect
      .poll(async () => (await observed.tracker.read()).tasks.filter(isUdp))
      .toHaveLength(0);
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
