import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { send, upgrade } from '../testing/raw-http.ts';
import { serve } from '../testing/serve.ts';
import { type Access, checkFetchSite, checkOrigin, checkToken } from './access.ts';

const loopback: Access = {
  token: null,
  hosts: 'loopback',
  allowedHosts: ['diag.internal:6060', 'box'],
};
const anyHost: Access = { ...loopback, hosts: 'any', allowedHosts: [] };

describe('the Host header', () => {
  it.each([
    'localhost',
    'LOCALHOST:6060',
    '127.0.0.1:6060',
    '127.1.2.3',
    '[::1]:6060',
    '[::1]',
    'diag.internal:6060',
    'Box:1234',
    'box',
  ])('is answered as %s', (host) => {
    expect(checkOrigin({ host }, loopback)).toBeNull();
  });

  it.each([
    undefined,
    '',
    'evil.example',
    'localhost.evil.example',
    'evil.example:6060',
    '127.0.0.1.evil.example',
    'localhost@evil.example',
    'diag.internal:7070',
    'diag.internal',
    '[::2]',
    '10.0.0.1',
    'localhost/',
  ])('is refused as %s', (host) => {
    expect(checkOrigin({ host }, loopback)).toMatchObject({
      status: 403,
      code: 'FORBIDDEN_ORIGIN',
    });
  });

  it('must be an allowed one behind another server where any are named', () => {
    const access: Access = { ...loopback, hosts: 'any' };
    expect(checkOrigin({ host: 'box' }, access)).toBeNull();
    expect(checkOrigin({ host: 'rebound.example' }, access)).toMatchObject({ status: 403 });
  });

  it('may be anything behind another server', () => {
    expect(checkOrigin({ host: 'app.example' }, anyHost)).toBeNull();
  });
});

describe('the Origin header', () => {
  it.each([
    ['http://localhost:6060', 'localhost:6060'],
    ['https://app.example', 'app.example'],
    ['https://app.example', 'app.example:443'],
    ['http://[::1]:6060', '[::1]:6060'],
  ])('%s may ask %s', (origin, host) => {
    expect(checkOrigin({ origin, host }, anyHost)).toBeNull();
  });

  it.each([
    ['http://evil.example', 'localhost:6060'],
    ['http://localhost:3000', 'localhost:6060'],
    ['http://127.0.0.1:6060', 'localhost:6060'],
    ['null', 'localhost:6060'],
    ['', 'localhost:6060'],
    ['file://', 'localhost:6060'],
    ['chrome-extension://localhost:6060', 'localhost:6060'],
    ['http://app.example', undefined],
  ])('%s may not ask %s', (origin, host) => {
    expect(checkOrigin({ origin, host }, anyHost)).toMatchObject({ code: 'FORBIDDEN_ORIGIN' });
  });
});

describe('what a browser fetches for a foreign page', () => {
  it.each([
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' },
    { 'sec-fetch-site': 'same-site', 'sec-fetch-mode': 'cors' },
  ])('is refused as the browser marks it: %o', (headers) => {
    expect(checkFetchSite(headers, loopback)).toMatchObject({ status: 403 });
    const named = { ...loopback, allowedOrigins: ['https://dash.example'] };
    expect(checkFetchSite({ ...headers, origin: 'https://dash.example' }, named)).toBeNull();
  });

  it.each([
    {},
    { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors' },
    { 'sec-fetch-site': 'none', 'sec-fetch-mode': 'navigate' },
    { 'sec-fetch-mode': 'cors' },
  ])('is not what has %o', (headers) => {
    expect(checkFetchSite(headers, loopback)).toBeNull();
  });
});

describe('the token', () => {
  const access: Access = { ...loopback, token: 'sesame' };

  it.each([
    [{ authorization: 'Bearer sesame' }],
    [{ authorization: 'bearer   sesame' }],
    [{ Authorization: 'Bearer sesame' }],
    [{ token: 'sesame' }],
  ])('is found in %o', (source) => {
    expect(checkToken([undefined, source], access)).toBeNull();
  });

  it.each([
    [{}],
    [{ authorization: 'Basic sesame' }],
    [{ authorization: 'Bearer sesame2' }],
    [{ authorization: 'Bearer' }],
    [{ token: '' }],
    [{ token: 5 }],
    [{ token: ['sesame'] }],
  ])('is not found in %o', (source) => {
    expect(checkToken([source], access)).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' });
  });

  it('is not needed where none is set', () => {
    expect(checkToken([{}], loopback)).toBeNull();
  });
});

describe('a served API', () => {
  const json = { 'content-type': 'application/json' };
  const body = '{"query":"{ process { pid } }"}';
  const codeOf = (text: string) => JSON.parse(text).errors[0].extensions.code;

  it.each(['/graphql', '/', '/assets/index.js'])(
    'gives a re-pointed name nothing at %s',
    async (path) => {
      const { url } = await serve();
      const answer = await send(url, { path, headers: { host: 'evil.example:80' } });
      expect([answer.status, codeOf(answer.body)]).toEqual([403, 'FORBIDDEN_ORIGIN']);
    },
  );

  it.each([
    ['a second Host header', 'GET / HTTP/1.1\r\nhost: localhost\r\nHost: evil.example'],
    ['the same Host header twice', 'GET / HTTP/1.1\r\nhost: localhost\r\nhost: localhost'],
    ['a host in its target', 'GET http://evil.example/ HTTP/1.1\r\nhost: localhost'],
    [
      'a second Host header for a WebSocket',
      'GET /graphql HTTP/1.1\r\nhost: localhost\r\nhost: evil.example\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: graphql-transport-ws',
    ],
  ])('refuses a request with %s', async (_what, head) => {
    for (const hosts of ['loopback', 'any'] as const) {
      const { port } = await serve({ access: { ...loopback, hosts, allowedHosts: [] } });
      const socket = connect(port, '127.0.0.1');
      socket.end(`${head}\r\n${head.includes('upgrade') ? '' : 'connection: close\r\n'}\r\n`);
      expect((await socket.toArray()).join('')).toMatch(/^HTTP\/1.1 400 /);
    }
  });

  it('gives a foreign page nothing', async () => {
    const { graphqlUrl } = await serve();
    const headers = { ...json, origin: 'http://evil.example' };
    const answer = await send(graphqlUrl, { method: 'POST', headers, body });
    expect([answer.status, codeOf(answer.body)]).toEqual([403, 'FORBIDDEN_ORIGIN']);
    expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
  });

  it('refuses a WebSocket of a foreign page or a re-pointed name', async () => {
    const { graphqlUrl } = await serve();
    const { host } = new URL(graphqlUrl);
    expect(await upgrade(graphqlUrl, { origin: 'http://evil.example' })).toMatchObject({
      status: 403,
    });
    expect(await upgrade(graphqlUrl, { host: 'evil.example' })).toMatchObject({ status: 403 });
    const { status, socket } = await upgrade(graphqlUrl, { origin: `http://${host}` });
    expect(status).toBe(101);
    socket.terminate();
  });

  it('answers GET queries, but for no foreign page and without changing anything', async () => {
    const { graphqlUrl } = await serve();
    const url = `${graphqlUrl}?query=%7B__typename%7D`;
    const answer = await send(url);
    expect(answer).toMatchObject({ status: 200, body: '{"data":{"__typename":"Query"}}' });
    expect(await send(url, { headers: { 'sec-fetch-site': 'cross-site' } })).toMatchObject({
      status: 403,
    });
    const change = encodeURIComponent('mutation { takeCpuProfile { __typename } }');
    const refused = await send(`${graphqlUrl}?query=${change}`);
    expect(refused).toMatchObject({ status: 405 });
    expect(refused.body).toContain('A mutation needs a POST request.');
  });

  it('runs no subscription over GET', async () => {
    const { graphqlUrl } = await serve();
    const query = encodeURIComponent('subscription { metricsHistory { sequence } }');
    const url = `${graphqlUrl}?query=${query}`;
    for (const accept of ['application/json', 'text/event-stream']) {
      const answer = await send(url, { headers: { accept } });
      expect(answer.body).toContain('A subscription needs a POST request.');
    }
  });

  it('shows pages without the token, and data only with it', async () => {
    const { url, graphqlUrl } = await serve({ access: { ...loopback, token: 'sesame' } });
    expect(await send(url)).toMatchObject({ status: 200 });
    expect(await send(graphqlUrl, { headers: { accept: 'text/html' } })).toMatchObject({
      status: 200,
    });
    const refused = await send(graphqlUrl, { method: 'POST', headers: json, body });
    expect([refused.status, codeOf(refused.body)]).toEqual([401, 'UNAUTHENTICATED']);
    expect(refused.headers['www-authenticate']).toContain('Bearer');
  });

  it('forbids browsers to store, frame or guess at answers', async () => {
    const { graphqlUrl } = await serve();
    const { headers } = await send(graphqlUrl, { method: 'POST', headers: json, body });
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    });
  });
});
