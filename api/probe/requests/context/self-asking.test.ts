import { execFile } from 'node:child_process';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createRequestContext } from './context.ts';
import type { RequestContext } from './types.ts';

const run = promisify(execFile);
let requestContext: RequestContext;
let server: http.Server;
let url: string;

beforeEach(async () => {
  requestContext = createRequestContext();
  server = http.createServer((_request, response) => response.end('ok')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});

afterEach(() => {
  requestContext.stop();
  server.closeAllConnections();
  server.close();
});

it('knows that a program has asked its servers itself, by whatever client', async () => {
  expect(requestContext.isAskedByItself()).toBe(false);
  await (await fetch(url)).text();
  const agent = new http.Agent({ keepAlive: true });
  for (let round = 0; round < 2; round += 1) {
    const [response] = (await once(http.get(url, { agent }), 'response')) as [http.IncomingMessage];
    await once(response.resume(), 'end');
  }
  agent.destroy();
  expect(requestContext.isAskedByItself()).toBe(true);
});

it('knows for good that another process has asked', async () => {
  await (await fetch(url)).text();
  await run(process.execPath, ['-e', `fetch('${url}').then((answer) => answer.text())`]);
  await (await fetch(url)).text();
  expect(requestContext.isAskedByItself()).toBe(false);
});

it('says no where the program has put something of its own on its servers', async () => {
  await (await fetch(url)).text();
  server.address = () => {
    throw new Error('not to be asked');
  };
  expect(requestContext.isAskedByItself()).toBe(false);
});
