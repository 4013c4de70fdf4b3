import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { foldedStacks } from '../formats/testing/folded-profile.ts';
import { decodeProfile } from '../profile/decode.ts';
import { fakeDiagnostics } from './testing/fake-diagnostics.ts';
import { cpuProfile, cpuProfilesGiving, heapOf, serveProfiles } from './testing/fake-profiles.ts';
import { send } from './testing/raw-http.ts';
import { serve } from './testing/serve.ts';

async function fetchProfile(url: string) {
  const response = await fetch(url);
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { response, profile: decodeProfile(bytes), bytes };
}

describe('GET /debug/pprof/', () => {
  it('lists what there is, with links that work wherever it is mounted', async () => {
    const { url } = await serveProfiles();
    const page = await send(`${url}debug/pprof/`);
    expect(page.status).toBe(200);
    expect(page.headers['content-type']).toContain('text/html');
    const links = [...page.body.matchAll(/href="([^"]*)"/g)].map(([, link]) => link!);
    expect(links).toContain('heap');
    for (const link of links) {
      expect(await send(new URL(link, `${url}debug/pprof/`).href)).toMatchObject({ status: 200 });
    }
  });

  it('is found without its slash', async () => {
    const { url } = await serveProfiles({ basePath: '/mounted' });
    expect(await send(`${url}mounted/debug/pprof`)).toMatchObject({
      status: 308,
      headers: { location: '/mounted/debug/pprof/' },
    });
    expect((await send(`${url}mounted/debug/pprof/cmdline`)).body).toBe('app.js');
    expect((await send(`${url}debug/pprof/cmdline`)).status).toBe(404);
  });
});

describe('a heap profile', () => {
  it.each([
    ['heap', undefined],
    ['allocs', 'alloc_space'],
  ])('at %s is gzipped, with the values and the first view of Go', async (name, first) => {
    const { url } = await serveProfiles();
    const { response, profile, bytes } = await fetchProfile(`${url}debug/pprof/${name}`);
    expect(response.headers.get('content-type')).toBe('application/octet-stream');
    expect(response.headers.get('content-encoding')).toBeNull();
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${name}"`);
    expect(gunzipSync(bytes).length).toBeGreaterThan(0);
    expect(profile.sampleTypes.map(({ type }) => type)).toEqual([
      'alloc_objects',
      'alloc_space',
      'inuse_objects',
      'inuse_space',
    ]);
    expect(foldedStacks(profile)).toEqual([['main;leak', 4, 400, 2, 200]]);
    expect(profile).toMatchObject({ startedAtMs: 5_000, period: 1_024 });
    expect(profile.defaultSampleType).toBe(first);
  });

  it('with seconds is what happened in that time', async () => {
    const startedAtMs = Date.now();
    const diagnostics = fakeDiagnostics({
      heapProfile: async () => {
        const nowMs = Date.now();
        const grown = nowMs - startedAtMs < 900 ? 0 : 1;
        return heapOf([['main;leak', 4 + grown, 400 + grown * 100, 2, 200]], nowMs);
      },
    });
    const { url } = await serve({ diagnostics });
    const { response, profile } = await fetchProfile(`${url}debug/pprof/allocs?seconds=1`);
    expect(response.headers.get('content-disposition')).toContain('allocs-delta');
    expect(foldedStacks(profile)).toEqual([['main;leak', 1, 100, 0, 0]]);
    expect(profile.durationMs).toBeGreaterThan(900);
  });

  it.each(['0', '-1', 'x', '1e9', '1.5'])('refuses %s seconds', async (seconds) => {
    const { url } = await serveProfiles();
    expect(await send(`${url}debug/pprof/heap?seconds=${seconds}`)).toMatchObject({
      status: 400,
      headers: { 'x-go-pprof': '1', 'content-type': 'text/plain; charset=utf-8' },
      body: expect.stringContaining('"seconds"'),
    });
  });

  it('of live objects only has no allocs, and says why', async () => {
    const heap = heapOf([['main', 0, 0, 1, 1]], 5_000, 'this Node counts live objects only');
    const { url } = await serve({
      diagnostics: fakeDiagnostics({ heapProfile: async () => heap }),
    });
    expect((await send(`${url}debug/pprof/heap`)).status).toBe(200);
    expect(await send(`${url}debug/pprof/allocs`)).toMatchObject({
      status: 501,
      body: expect.stringContaining('this Node counts live objects only'),
    });
  });

  it('that cannot be had is refused with the reason', async () => {
    const { url } = await serve();
    expect(await send(`${url}debug/pprof/heap`)).toMatchObject({
      status: 501,
      body: 'a fake has none\n',
    });
  });

  it('is text with debug=1, which covers no stretch of time', async () => {
    const { url } = await serveProfiles();
    const text = await send(`${url}debug/pprof/heap?debug=1`);
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(text.body).toMatch(/^heap profile: 2: 200 \[4: 400\] @/);
    expect(text.body).toContain('# runtime.MemStats');
    expect((await send(`${url}debug/pprof/heap?debug=1&seconds=1`)).status).toBe(400);
  });

  it('opens in DevTools as a heap.heapprofile', async () => {
    const { url } = await serveProfiles();
    const answer = await fetch(`${url}debug/pprof/heap.heapprofile`);
    expect(answer.headers.get('content-disposition')).toContain('heap.heapprofile');
    expect(await answer.json()).toMatchObject({ head: { callFrame: { functionName: '(root)' } } });
  });
});

describe('a heap snapshot', () => {
  it('is streamed as DevTools reads it', async () => {
    const text = '{"snapshot":{}}';
    const diagnostics = fakeDiagnostics({
      heapSnapshot: async () => ({ bytes: text.length, stream: Readable.from([text]) }),
    });
    const { url } = await serve({ diagnostics });
    expect(await send(`${url}debug/pprof/heap.heapsnapshot`)).toMatchObject({
      status: 200,
      headers: {
        'content-length': String(text.length),
        'content-disposition': 'attachment; filename="heap.heapsnapshot"',
      },
      body: text,
    });
  });

  it('lets go of its file when the client leaves', async () => {
    const stream = new Readable({ read() {} });
    stream.push('{');
    const diagnostics = fakeDiagnostics({ heapSnapshot: async () => ({ bytes: 1e9, stream }) });
    const { url, logged } = await serve({ diagnostics });
    const leaving = new AbortController();
    await fetch(`${url}debug/pprof/heap.heapsnapshot`, { signal: leaving.signal });
    leaving.abort();
    await vi.waitFor(() => expect(stream.destroyed).toBe(true));
    expect(logged).toEqual([]);
  });

  it('is refused with the reason', async () => {
    const { url } = await serve();
    expect(await send(`${url}debug/pprof/heap.heapsnapshot`)).toMatchObject({
      status: 501,
      body: 'a fake writes none\n',
    });
  });
});

describe('the goroutine profile', () => {
  it('counts tasks per stack', async () => {
    const { url } = await serveProfiles();
    const { profile } = await fetchProfile(`${url}debug/pprof/goroutine`);
    expect(profile.sampleTypes).toEqual([{ type: 'goroutine', unit: 'count' }]);
    expect(foldedStacks(profile)).toEqual([['handle;load', 12]]);
  });

  it('is text with debug=1 and debug=2', async () => {
    const { url } = await serveProfiles();
    const text = await send(`${url}debug/pprof/goroutine?debug=1`);
    expect(text.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(text.body).toMatch(/^goroutine profile: total 12\n12 @ 0x/);
    const dump = await send(`${url}debug/pprof/goroutine?debug=2`);
    expect(dump.body).toBe('goroutine 1 [running]:');
  });

  it('has no delta', async () => {
    const { url } = await serveProfiles();
    expect(await send(`${url}debug/pprof/goroutine?seconds=1`)).toMatchObject({ status: 400 });
  });
});

describe('a CPU profile', () => {
  it('is taken for 30 seconds, or as long as is asked for', async () => {
    const asked: number[] = [];
    const cpuProfiles = cpuProfilesGiving({ kind: 'TAKEN', profile: cpuProfile }, asked);
    const { url } = await serve({ diagnostics: fakeDiagnostics({ cpuProfiles }) });
    const { response, profile } = await fetchProfile(`${url}debug/pprof/profile`);
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="profile"');
    expect(foldedStacks(profile).map(([stack, count]) => [stack, count])).toEqual([
      ['main', 1],
      ['main;work', 2],
    ]);
    await fetchProfile(`${url}debug/pprof/profile?seconds=7`);
    expect(asked).toEqual([30, 7]);
  });

  it('is refused while another is taken, with the time of its end', async () => {
    const endsAtMs = Date.UTC(2026, 0, 31);
    const running = { id: 'instance-2', startedAtMs: 0, endsAtMs };
    const cpuProfiles = cpuProfilesGiving({ kind: 'ALREADY_RUNNING', running });
    const { url } = await serve({ diagnostics: fakeDiagnostics({ cpuProfiles }) });
    expect(await send(`${url}debug/pprof/profile?seconds=1`)).toMatchObject({
      status: 409,
      body: expect.stringContaining('2026-01-31T00:00:00.000Z'),
    });
  });

  it('that was cancelled is no profile', async () => {
    const cpuProfiles = cpuProfilesGiving({ kind: 'CANCELLED', id: 'instance-2' });
    const { url } = await serve({ diagnostics: fakeDiagnostics({ cpuProfiles }) });
    expect(await send(`${url}debug/pprof/profile`)).toMatchObject({ status: 503 });
  });

  it('that is kept is found by its id, for go tool pprof and for DevTools', async () => {
    const { url } = await serveProfiles();
    const { profile } = await fetchProfile(`${url}debug/pprof/cpu/instance-1.pb.gz`);
    expect(profile.samples).toHaveLength(2);
    const timeline = await fetch(`${url}debug/pprof/cpu/instance-1.cpuprofile`);
    expect(timeline.headers.get('content-disposition')).toContain('instance-1.cpuprofile');
    expect(await timeline.json()).toMatchObject({ samples: [2, 3, 3, 4] });
    for (const name of ['instance-9.pb.gz', 'instance-1.svg', 'instance-1']) {
      expect((await send(`${url}debug/pprof/cpu/${name}`)).status).toBe(404);
    }
  });
});

it.each(['block', 'mutex'])('has an empty %s profile for scrapers', async (name) => {
  const { url } = await serveProfiles();
  const { profile } = await fetchProfile(`${url}debug/pprof/${name}`);
  expect(profile.sampleTypes.map(({ type }) => type)).toEqual(['contentions', 'delay']);
  expect(profile.samples).toEqual([]);
});

it('names the program, but not its arguments', async () => {
  const { url } = await serveProfiles();
  expect((await send(`${url}debug/pprof/cmdline`)).body).toBe('app.js');
});
