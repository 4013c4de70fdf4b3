import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import express from 'express';
import fastify from 'fastify';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Api, createApi } from './api.ts';
import { fakeDiagnostics } from './testing/fake-diagnostics.ts';
import { send, upgrade } from './testing/raw-http.ts';
import { ALL_TRANSPORTS, ask } from './testing/transports.ts';

const BASE = '/debug/pprofql';

function mountedApi(basePath = BASE) {
  const diagnostics = fakeDiagnostics();
  const api = createApi({
    diagnostics,
    basePath,
    access: { token: null, hosts: 'any', allowedHosts: [] },
    dashboardDir: null,
  });
  onTestFinished(api.stop);
  return api;
}

async function started(server: Server, api: Api): Promise<string> {
  server.on('upgrade', (req, socket, head) => {
    if (!api.handleUpgrade(req, socket, head)) socket.end('HTTP/1.1 418 Teapot\r\n\r\n');
  });
  if (!server.listening)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    await api.stop();
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const theApp = (_req: IncomingMessage, res: ServerResponse) => res.end('the app');

const HOSTS = [
  {
    name: 'node:http',
    start: async (api: Api) => {
      const server = createServer((req, res) => {
        if (req.url?.startsWith(`${BASE}/`) || req.url === BASE) api.handle(req, res);
        else res.end('the app');
      });
      return started(server, api);
    },
  },
  {
    name: 'Express',
    start: async (api: Api) => {
      const app = express();
      app.use(BASE, api.handle);
      app.get('/', theApp);
      return started(createServer(app), api);
    },
  },
  {
    name: 'Express that has parsed the body',
    start: async (api: Api) => {
      const app = express();
      app.use(express.json());
      app.use(BASE, api.handle);
      app.get('/', theApp);
      return started(createServer(app), api);
    },
  },
  {
    name: 'Fastify',
    start: async (api: Api) => {
      const app = fastify();
      // Before Fastify reads the body: from here on the answer is pprofql's.
      app.addHook('onRequest', (request, reply, done) => {
        if (!request.url.startsWith(BASE)) return done();
        reply.hijack();
        api.handle(request.raw, reply.raw);
      });
      app.get('/', () => 'the app');
      await app.listen({ port: 0, host: '127.0.0.1' });
      return started(app.server, api);
    },
  },
];

describe.each(HOSTS)('mounted in $name', ({ start }) => {
  it.each(ALL_TRANSPORTS)('answers over $name', async (transport) => {
    const url = `${await start(mountedApi())}${BASE}/graphql`;
    expect(await ask(transport, url, '{ process { pid } }')).toEqual({
      data: { process: { pid: 42 } },
    });
  });

  it('shows its pages below the mount path, and leaves the rest to the app', async () => {
    const url = await start(mountedApi());
    expect(await send(`${url}${BASE}/`)).toMatchObject({
      status: 200,
      body: expect.stringContaining('<h1>pprofql</h1>'),
    });
    expect(await send(`${url}${BASE}`)).toMatchObject({
      status: 308,
      headers: { location: `${BASE}/` },
    });
    const page = await send(`${url}${BASE}/graphql`, { headers: { accept: 'text/html' } });
    expect(page.body).toContain(`"endpoint":"${BASE}/graphql"`);
    expect((await send(`${url}/`)).body).toBe('the app');
    expect(await upgrade(`${url}/graphql`)).toMatchObject({ status: 418 });
  });

  it('refuses a foreign page, and any host name the host server lets in', async () => {
    const url = `${await start(mountedApi())}${BASE}/graphql`;
    const headers = { host: 'app.example', 'content-type': 'application/json' };
    const body = '{"query":"{ process { pid } }"}';
    expect(await send(url, { method: 'POST', headers, body })).toMatchObject({ status: 200 });
    const foreign = { ...headers, origin: 'https://evil.example' };
    expect(await send(url, { method: 'POST', headers: foreign, body })).toMatchObject({
      status: 403,
    });
    expect(await upgrade(url, { origin: 'https://evil.example' })).toMatchObject({ status: 403 });
  });
});

it('answers nothing more once it is stopped, and the host server goes on', async () => {
  const api = mountedApi('');
  const url = await started(createServer(api.handle), api);
  await api.stop();
  expect(await send(`${url}/`)).toMatchObject({
    status: 503,
    body: expect.stringContaining('"code":"STOPPED"'),
  });
  expect(await upgrade(`${url}/graphql`)).toMatchObject({ status: 503 });
});

it('finds its own mount path in Express when none is given', async () => {
  const app = express();
  app.use('/anywhere', mountedApi('').handle);
  const url = await started(createServer(app), mountedApi(''));
  const page = await send(`${url}/anywhere/graphql`, { headers: { accept: 'text/html' } });
  expect(page.body).toContain('"endpoint":"/anywhere/graphql"');
  expect(await send(`${url}/anywhere`)).toMatchObject({ headers: { location: '/anywhere/' } });
});

it('says what to do where the body is gone before it arrives', async () => {
  const api = mountedApi('');
  const server = createServer((req, res) => {
    req.resume().on('end', () => setImmediate(() => api.handle(req, res)));
  });
  const url = await started(server, api);
  const answer = await send(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"query":"{ __typename }"}',
  });
  expect(answer.status).toBe(400);
  expect(answer.body).toContain('request.body is not set');
});

it('leaves no trace of a client that goes away in the middle of its body', async () => {
  const logged: string[] = [];
  const api = createApi({
    diagnostics: fakeDiagnostics(),
    access: { token: null, hosts: 'any', allowedHosts: [] },
    log: (message) => logged.push(message),
  });
  const left = Promise.withResolvers<void>();
  const server = createServer((req, res) => {
    api.handle(req, res);
    res.on('close', left.resolve);
    client.destroy();
  });
  const { port } = new URL(await started(server, api));
  const client = connect(Number(port), '127.0.0.1');
  const head = `host: 127.0.0.1:${port}\r\ncontent-type: application/json\r\ncontent-length: 100`;
  client.write(`POST /graphql HTTP/1.1\r\n${head}\r\n\r\n{"query":`);
  await left.promise;
  await new Promise((resolve) => setImmediate(resolve));
  expect(logged).toEqual([]);
});
