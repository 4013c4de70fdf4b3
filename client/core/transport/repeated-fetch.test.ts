import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { createConnection } from '../connection.ts';

/** Answers the first request of a connection, and closes it at the second; `asked` counts all of them. */
async function forgetfulServer() {
  const answered = new Set<Socket>();
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      asked += 1;
      if (answered.has(request.socket)) return request.socket.end();
      answered.add(request.socket);
      response.setHeader('content-type', 'application/json').end('{"data":{"ok":true}}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const connection = createConnection({ url: `http://127.0.0.1:${port}/` });
  onTestFinished(() => {
    connection.close();
    server.close();
    server.closeAllConnections();
  });
  return {
    async ask(text: string) {
      const data = await connection.query(text, {});
      // Only then is its connection free for the next.
      await setImmediate();
      return data;
    },
    asked: () => asked,
  };
}

it('asks once more where the server gives up the connection that a query has been sent on', async () => {
  const { ask, asked } = await forgetfulServer();
  expect(await ask('{ ok }')).toEqual({ ok: true });
  expect(await ask('{ ok }')).toEqual({ ok: true });
  expect(asked()).toBe(3);
});

it('says so of a mutation, which may have been done', async () => {
  const { ask, asked } = await forgetfulServer();
  await ask('{ ok }');
  await expect(ask('mutation { ok }')).rejects.toThrow('cannot reach');
  expect(asked()).toBe(2);
});
