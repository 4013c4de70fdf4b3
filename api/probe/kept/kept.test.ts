import { EventEmitter, once } from 'node:events';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createKeptObserver } from './kept.ts';

it('sees listeners for as long as the most patient of those who look wants to', async () => {
  const emitter = new EventEmitter().setMaxListeners(0);
  for (let count = 0; count < 12; count += 1) emitter.on('change', () => {});
  const observer = createKeptObserver(() => 0);
  onTestFinished(observer.stop);
  observer.read({ windowMs: 0, listenersMs: 60_000 });
  observer.read({ windowMs: 1 });
  await pause(20);
  emitter.on('change', () => {});
  expect(observer.read({ windowMs: 0 }).listeners).toMatchObject([{ event: 'change', count: 13 }]);
});

it('tells who adds listeners, and not what Node adds and takes away again meanwhile', async () => {
  const observer = createKeptObserver(() => 0);
  onTestFinished(observer.stop);
  const server = http.createServer((request, response) => {
    listenTo(request.socket);
    response.end();
  });
  function listenTo(socket: Socket): void {
    socket.setMaxListeners(0).on('close', () => {});
  }
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
  onTestFinished(() => {
    agent.destroy();
    server.close();
  });
  const ask = async () => {
    const [response] = await once(http.get({ port, agent }), 'response');
    await once(response.resume(), 'end');
  };
  for (let left = 15; left > 0; left -= 1) await ask();
  observer.read({ windowMs: 10_000 });
  for (let left = 15; left > 0; left -= 1) await ask();
  const { listeners, stacks } = observer.read({ windowMs: 0 });
  const found = listeners.find(({ event, count }) => event === 'close' && count >= 30);
  expect(found).toMatchObject({ emitter: 'Socket', added: 15, addedMost: 15 });
  expect(stacks[found!.stack]!.map((frame) => frame.function)).toContain('listenTo');
});
