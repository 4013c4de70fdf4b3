import { describe, expect, it, vi } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import { fakeDiagnostics } from '../testing/fake-diagnostics.ts';
import { heapOf, serveProfiles } from '../testing/fake-profiles.ts';
import { send } from '../testing/raw-http.ts';
import { serve } from '../testing/serve.ts';

describe('the gates', () => {
  const path = 'debug/pprof/heap';

  it('want the token, as a bearer or as the password that go tool pprof can send', async () => {
    const { url } = await serveProfiles({
      access: { token: 'sesame', hosts: 'loopback', allowedHosts: [] },
    });
    const ask = (authorization?: string) =>
      send(url + path, { headers: authorization === undefined ? {} : { authorization } });
    const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
    expect(await ask()).toMatchObject({ status: 401, headers: { 'x-go-pprof': '1' } });
    expect(await ask('Bearer wrong')).toMatchObject({ status: 401 });
    expect(await ask(basic('sesame:wrong'))).toMatchObject({ status: 401 });
    expect(await ask('Bearer sesame')).toMatchObject({ status: 200 });
    expect(await ask(basic(':sesame'))).toMatchObject({ status: 200 });
    expect(await ask(basic('any:sesame'))).toMatchObject({ status: 200 });
    expect(await send(`${url}${path}?token=sesame`)).toMatchObject({ status: 401 });
  });

  it.each<Record<string, string>>([
    { host: 'evil.example' },
    { origin: 'http://evil.example' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ])('turn %o away', async (headers) => {
    const { url } = await serveProfiles();
    expect(await send(url + path, { headers })).toMatchObject({
      status: 403,
      headers: { 'content-type': 'text/plain; charset=utf-8' },
    });
  });

  it.each(['same-origin', 'none'])('let a browser of the user’s own ask (%s)', async (site) => {
    const { url } = await serveProfiles();
    expect(await send(url + path, { headers: { 'sec-fetch-site': site } })).toMatchObject({
      status: 200,
    });
  });

  it.each(['POST', 'DELETE', 'OPTIONS'])('know no %s', async (method) => {
    const { url } = await serveProfiles();
    for (const each of [path, 'debug/pprof/', 'debug/pprof/cmdline']) {
      expect(await send(url + each, { method })).toMatchObject({
        status: 405,
        headers: { allow: 'GET, HEAD' },
      });
    }
    const symbol = await send(`${url}debug/pprof/symbol`, { method });
    expect(symbol.status).toBe(method === 'POST' ? 200 : 405);
  });

  it('want the same of a HEAD and of a POST', async () => {
    const { url } = await serveProfiles({
      access: { token: 'sesame', hosts: 'loopback', allowedHosts: [] },
    });
    expect(await send(url + path, { method: 'HEAD' })).toMatchObject({ status: 401, body: '' });
    const symbol = await send(`${url}debug/pprof/symbol`, { method: 'POST', body: '0x10' });
    expect(symbol.status).toBe(401);
  });

  it('name no profile that there is not', async () => {
    const { url } = await serveProfiles();
    for (const name of ['nothing', 'heap/', '../heap', 'heap%2f', '__proto__']) {
      expect(await send(url, { path: `/debug/pprof/${name}` })).toMatchObject({ status: 404 });
    }
  });
});

it('serves a bounded number at a time', async () => {
  const release = Promise.withResolvers<void>();
  const diagnostics = fakeDiagnostics({
    heapProfile: async () => {
      await release.promise;
      return heapOf([]);
    },
  });
  const { url } = await serve({ diagnostics, limits: { profileRequests: 2 } });
  const heap = `${url}debug/pprof/heap`;
  const answers = [send(heap), send(heap), send(heap)];
  expect(await Promise.race(answers)).toMatchObject({
    status: 503,
    body: expect.stringContaining('Already serving 2'),
  });
  release.resolve();
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  expect(statuses.sort()).toEqual([200, 200, 503]);
  expect((await send(heap)).status).toBe(200);
});

it('stops waiting when the client leaves, and when it is stopped itself', async () => {
  let reads = 0;
  const diagnostics = fakeDiagnostics({
    heapProfile: async () => {
      reads += 1;
      return heapOf([], Date.now());
    },
  });
  const { url, api, logged } = await serve({ diagnostics, limits: { profileRequests: 1 } });
  const slow = `${url}debug/pprof/heap?seconds=600`;
  const leaving = new AbortController();
  const left = fetch(slow, { signal: leaving.signal }).catch(() => 'left');
  await vi.waitFor(() => expect(reads).toBe(1));
  leaving.abort();
  expect(await left).toBe('left');
  await vi.waitFor(async () => expect((await send(`${url}debug/pprof/cmdline`)).status).toBe(200));

  const stopped = send(slow);
  await vi.waitFor(() => expect(reads).toBe(2));
  await api.stop();
  expect(await stopped).toMatchObject({ status: 503, body: expect.stringContaining('stopped') });
  expect(logged).toEqual([]);
});

it('masks what was not expected, in its own form', async () => {
  const diagnostics = fakeDiagnostics({
    heapProfile: async () => {
      throw new Error('secret');
    },
  });
  const { url, logged } = await serve({ diagnostics });
  const answer = await send(`${url}debug/pprof/heap`);
  expect(answer).toMatchObject({ status: 500, headers: { 'x-go-pprof': '1' } });
  expect(answer.body).not.toContain('secret');
  expect(logged.join()).toContain('secret');
});

it('tells a silent process from a missing profile by its status', async () => {
  const diagnostics = fakeDiagnostics({
    goroutines: async () => {
      throw new DiagnosticsError('PROCESS_NOT_RESPONDING', 'it is blocked');
    },
  });
  const { url } = await serve({ diagnostics });
  expect(await send(`${url}debug/pprof/goroutine`)).toMatchObject({ status: 503 });
});
