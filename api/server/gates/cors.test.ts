import { describe, expect, it } from 'vitest';
import { send, upgrade } from '../testing/raw-http.ts';
import { serve } from '../testing/serve.ts';
import { type Access, isOriginAllowed } from './access.ts';

const PAGE = 'https://dash.example';
const STRANGER = 'https://evil.example';
const access: Access = {
  token: null,
  hosts: 'loopback',
  allowedHosts: [],
  allowedOrigins: [PAGE, 'http://localhost:3000'],
};
const guarded = { ...access, token: 'sesame' };
const json = { 'content-type': 'application/json' };
const body = '{"query":"{ process { pid } }"}';
const preflight = (origin: string) => ({
  method: 'OPTIONS',
  headers: {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': 'authorization,content-type',
  },
});

describe('allowedOrigins', () => {
  it.each([
    ['https://dash.example', true],
    ['https://DASH.example:443', true],
    ['http://localhost:3000', true],
    ['http://dash.example', false],
    ['https://dash.example:8443', false],
    ['https://dash.example.evil.example', false],
    ['https://evil.example/https://dash.example', false],
    ['http://localhost', false],
    ['null', false],
    ['', false],
  ])('lets %j ask: %j', (origin, isAllowed) => {
    expect(isOriginAllowed(origin, access)).toBe(isAllowed);
  });

  it('takes the origins of other schemes by their whole name', () => {
    const extension: Access = { ...access, allowedOrigins: ['chrome-extension://abcdef'] };
    expect(isOriginAllowed('chrome-extension://abcdef', extension)).toBe(true);
    expect(isOriginAllowed('chrome-extension://ghijkl', extension)).toBe(false);
    expect(isOriginAllowed('null', extension)).toBe(false);
  });
});

describe('a page of an allowed origin', () => {
  it('is told by a preflight what it may send, without the token and never with cookies', async () => {
    const { graphqlUrl, url } = await serve({ access: guarded });
    for (const asked of [graphqlUrl, `${url}debug/pprof/heap`, `${url}api/dev/pprof`]) {
      const answer = await send(asked, preflight(PAGE));
      expect([answer.status, answer.body]).toEqual([204, '']);
      expect(answer.headers).toMatchObject({
        'access-control-allow-origin': PAGE,
        'access-control-allow-methods': expect.stringContaining('POST'),
        'access-control-allow-headers': expect.stringMatching(/authorization.*content-type/),
        vary: expect.stringMatching(/origin/i),
      });
      expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
      // Nothing asks for it any more.
      expect(answer.headers['access-control-allow-headers']).not.toContain('csrf');
    }
  });

  it('may reach a private address from a public one', async () => {
    const { graphqlUrl } = await serve({ access });
    const { method, headers } = preflight(PAGE);
    const asking = { ...headers, 'access-control-request-private-network': 'true' };
    const answer = await send(graphqlUrl, { method, headers: asking });
    expect(answer.headers['access-control-allow-private-network']).toBe('true');
  });

  it('reads answers to POST and GET, events and refusals alike', async () => {
    const { graphqlUrl, url } = await serve({ access });
    const query = encodeURIComponent('{ __typename }');
    const fromPage = { origin: PAGE, 'sec-fetch-site': 'cross-site' };
    const answers = await Promise.all([
      send(graphqlUrl, { method: 'POST', headers: { ...json, ...fromPage }, body }),
      send(`${graphqlUrl}?query=${query}`, { headers: fromPage }),
      send(graphqlUrl, {
        method: 'POST',
        headers: { ...json, ...fromPage, accept: 'text/event-stream' },
        body: '{"query":"{ __typename }"}',
      }),
      send(`${url}debug/pprof/goroutine?debug=1`, { headers: fromPage }),
      send(`${url}api/dev/pprof`, { headers: fromPage }),
      send(`${url}metrics`, { headers: fromPage }),
      send(`${url}debug/pprof/absent`, { headers: fromPage }),
      send(graphqlUrl, { method: 'DELETE', headers: fromPage }),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 404, 405]);
    for (const { headers } of answers) {
      expect(headers['access-control-allow-origin']).toBe(PAGE);
      expect(headers.vary).toMatch(/origin/i);
      expect(headers).not.toHaveProperty('access-control-allow-credentials');
    }
  });

  it('still needs the token, and can read that it does', async () => {
    const { graphqlUrl } = await serve({ access: guarded });
    const headers = { ...json, origin: PAGE };
    const refused = await send(graphqlUrl, { method: 'POST', headers, body });
    expect(refused.status).toBe(401);
    expect(refused.headers['access-control-allow-origin']).toBe(PAGE);
    const withToken = { ...headers, authorization: 'Bearer sesame' };
    expect(await send(graphqlUrl, { method: 'POST', headers: withToken, body })).toMatchObject({
      status: 200,
    });
  });

  it('still cannot use a re-pointed name', async () => {
    const { graphqlUrl } = await serve({ access });
    const headers = { ...json, origin: PAGE, host: 'evil.example' };
    expect(await send(graphqlUrl, { method: 'POST', headers, body })).toMatchObject({
      status: 403,
    });
  });

  it('may open a WebSocket, which no other foreign page may', async () => {
    const { graphqlUrl } = await serve({ access });
    const { status, socket } = await upgrade(graphqlUrl, { origin: PAGE });
    expect(status).toBe(101);
    socket.terminate();
    expect(await upgrade(graphqlUrl, { origin: STRANGER })).toMatchObject({ status: 403 });
  });
});

describe('a page of any other origin', () => {
  it('is told nothing, by preflight or answer', async () => {
    const { graphqlUrl } = await serve({ access });
    const answers = [
      await send(graphqlUrl, preflight(STRANGER)),
      await send(graphqlUrl, { method: 'POST', headers: { ...json, origin: STRANGER }, body }),
    ];
    for (const { status, headers } of answers) {
      expect(status).toBe(403);
      expect(Object.keys(headers).filter((name) => /^access-control/.test(name))).toEqual([]);
    }
  });

  it('is told nothing where no origin is allowed, nor is anybody else', async () => {
    const { graphqlUrl } = await serve();
    const { host } = new URL(graphqlUrl);
    const own = await send(graphqlUrl, {
      method: 'POST',
      headers: { ...json, origin: `http://${host}` },
      body,
    });
    const foreign = await send(graphqlUrl, preflight(PAGE));
    expect([own.status, foreign.status]).toEqual([200, 403]);
    for (const { headers } of [own, foreign]) {
      expect(Object.keys(headers).filter((name) => /^access-control|^vary$/.test(name))).toEqual(
        [],
      );
    }
  });

  it('cannot load a profile as a picture, although its site is known', async () => {
    const { url } = await serve({ access });
    const answer = await send(`${url}debug/pprof/heap`, {
      headers: { 'sec-fetch-site': 'cross-site' },
    });
    expect(answer.status).toBe(403);
  });
});
