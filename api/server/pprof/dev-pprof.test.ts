import { describe, expect, it, vi } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import { fakeDiagnostics } from '../testing/fake-diagnostics.ts';
import { send } from '../testing/raw-http.ts';
import { serve } from '../testing/serve.ts';

const ROUTES = ['api/dev/pprof', 'api/dev/pprof/goroutines'];

describe.each(ROUTES)('GET /%s', (route) => {
  it('answers JSON', async () => {
    const { url } = await serve();
    const answer = await send(url + route);
    expect(answer).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json', 'cache-control': 'no-store' },
    });
    expect(JSON.parse(answer.body)).toHaveProperty('timestamp');
  });

  it('tells the age of its oldest figures', async () => {
    const fake = fakeDiagnostics();
    const allocations = (await fake.allocations())!;
    const tasks = await fake.goroutines({ raw: false });
    const pprof = await fake.pprof();
    const measuredAtMs = Date.now() - 2_500;
    const diagnostics = fakeDiagnostics({
      pprof: async () => ({ ...pprof, observation: { via: 'PORT', measuredAtMs } }),
      allocations: async () => ({ ...allocations, collectedAtMs: Date.now() - 60_500 }),
      goroutines: async () => ({ ...tasks, timestampMs: Date.now() - 60_500 }),
    });
    const { url } = await serve({ diagnostics });
    const answer = await send(url + route);
    expect(answer.headers.age).toBe('60');
    const { timestamp } = JSON.parse(answer.body);
    if (route === 'api/dev/pprof') expect(Date.parse(timestamp)).toBe(measuredAtMs);
  });

  it('answers below a mount path', async () => {
    const { url } = await serve({ basePath: '/mounted' });
    expect(await send(`${url}mounted/${route}`)).toMatchObject({ status: 200 });
  });

  it('says no in the words of the original', async () => {
    const { url } = await serve({
      access: { token: 'sesame', hosts: 'loopback', allowedHosts: [] },
    });
    const refused = async (headers: Record<string, string>, method = 'GET') => {
      const { status, body } = await send(url + route, { headers, method });
      expect(JSON.parse(body)).toEqual({ error: { message: expect.any(String) } });
      return status;
    };
    expect(await refused({})).toBe(401);
    expect(await refused({ host: 'evil.example' })).toBe(403);
    expect(await refused({ origin: 'http://evil.example' })).toBe(403);
    expect(await refused({ 'sec-fetch-site': 'cross-site' })).toBe(403);
    expect(await refused({}, 'POST')).toBe(405);
    const headers = { authorization: 'Bearer sesame' };
    expect(await send(url + route, { headers })).toMatchObject({ status: 200 });
  });

  it('fails with a reason and a status, not with empty lists', async () => {
    const fail = async () => {
      throw new DiagnosticsError('PROCESS_NOT_RESPONDING', 'it is blocked');
    };
    const { url } = await serve({
      diagnostics: fakeDiagnostics({ allocations: fail, goroutines: fail }),
    });
    const answer = await send(url + route);
    expect(answer.status).toBe(503);
    expect(JSON.parse(answer.body)).toEqual({ error: { message: 'it is blocked' } });
  });

  it('masks a defect, and logs it', async () => {
    const fail = async () => {
      throw new Error('secret');
    };
    const { url, logged } = await serve({
      diagnostics: fakeDiagnostics({ allocations: fail, goroutines: fail }),
    });
    const answer = await send(url + route);
    expect(answer.status).toBe(500);
    expect(JSON.parse(answer.body)).toEqual({ error: { message: expect.any(String) } });
    expect(answer.body).not.toContain('secret');
    expect(logged.join()).toContain('secret');
  });
});

it('gives the dump only for raw=true', async () => {
  const { url } = await serve();
  const goroutines = async (query: string) =>
    JSON.parse((await send(`${url}api/dev/pprof/goroutines${query}`)).body);
  expect(await goroutines('?raw=true')).toHaveProperty('raw_profile', 'goroutine 1 [running]:');
  expect(await goroutines('?raw=1')).not.toHaveProperty('raw_profile');
  expect(await goroutines('')).not.toHaveProperty('raw_profile');
});

it('reads the heap before the figures that the read makes known', async () => {
  let hasReadHeap = false;
  const fake = fakeDiagnostics();
  const diagnostics = fakeDiagnostics({
    allocations: async () => {
      hasReadHeap = true;
      return null;
    },
    pprof: async () => ({ ...(await fake.pprof()), heapObjects: hasReadHeap ? 12 : null }),
  });
  const { url } = await serve({ diagnostics });
  const { memory } = JSON.parse((await send(`${url}api/dev/pprof`)).body);
  expect(memory.heap_objects).toBe(12);
});

it('reads nothing for a HEAD', async () => {
  const pprof = vi.fn(fakeDiagnostics().pprof);
  const { url } = await serve({ diagnostics: fakeDiagnostics({ pprof }) });
  const answer = await send(`${url}api/dev/pprof`, { method: 'HEAD' });
  expect(answer).toMatchObject({
    status: 200,
    headers: { 'content-type': 'application/json' },
    body: '',
  });
  expect(pprof).not.toHaveBeenCalled();
});

it('knows no other developer route', async () => {
  const { url } = await serve();
  const answer = await send(`${url}api/dev/other`);
  expect(answer.status).toBe(404);
  expect(JSON.parse(answer.body)).toEqual({ error: { message: expect.any(String) } });
});
