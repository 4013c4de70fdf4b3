import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import type { TakenAllocationProfile } from '../../diagnostics/allocation-profiles/profile.ts';
import { foldedStacks } from '../../formats/testing/folded-profile.ts';
import { decodeProfile } from '../../profile/decode/decode.ts';
import { fakeDiagnostics } from '../testing/fake-diagnostics.ts';
import { fetchProfile, heapOf, serveProfiles } from '../testing/fake-profiles.ts';
import { send } from '../testing/raw-http.ts';
import { serve } from '../testing/serve.ts';

const OWN_FILE = new URL('../../base/files/own-files.ts', import.meta.url).pathname;

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

  it.each(['heap', 'allocs', 'heap?debug=1', 'heap.heapprofile'])(
    'at %s holds nothing of what pprofql itself allocates',
    async (path) => {
      const heap = heapOf([
        ['main;leak', 4, 400, 2, 200],
        ['main;sweep', 9, 9_000, 9, 9_000],
      ]);
      const { frames } = heap.profile;
      const own = { function: 'sweep', file: OWN_FILE, line: 1 };
      const profile = {
        ...heap.profile,
        frames: frames.map((frame) => (frame.function === 'sweep' ? own : frame)),
      };
      const diagnostics = fakeDiagnostics({ heapProfile: async () => ({ ...heap, profile }) });
      const { url } = await serve({ diagnostics });
      const bytes = new Uint8Array(await (await fetch(`${url}debug/pprof/${path}`)).arrayBuffer());
      const isText = /debug|heapprofile/.test(path);
      const text = isText
        ? Buffer.from(bytes).toString()
        : JSON.stringify(foldedStacks(decodeProfile(bytes)));
      expect(text).toContain('leak');
      expect(text).not.toContain('sweep');
    },
  );

  it('with seconds is what happened in that time', async () => {
    let reads = 0;
    const diagnostics = fakeDiagnostics({
      heapProfile: async () => {
        const grown = reads++;
        return heapOf([['main;leak', 4 + grown, 400 + grown * 100, 2, 200]], Date.now());
      },
    });
    const { url } = await serve({ diagnostics });
    const { response, profile } = await fetchProfile(`${url}debug/pprof/allocs?seconds=1`);
    expect(response.headers.get('content-disposition')).toContain('allocs-delta');
    expect(foldedStacks(profile)).toEqual([['main;leak', 1, 100, 0, 0]]);
    expect(profile.durationMs).toBeGreaterThan(900);
  });

  it('with seconds is sampled for that time where no sampler runs for good', async () => {
    const { profile } = heapOf([['main;work', 4, 400, 0, 0]]);
    const taken = { profile, liveTableCost: null } as TakenAllocationProfile;
    const fake = fakeDiagnostics();
    const diagnostics = fakeDiagnostics({
      heapProfile: () => Promise.reject(new DiagnosticsError('UNAVAILABLE', 'switched off')),
      allocationProfiles: {
        ...fake.allocationProfiles,
        take: async () => ({ kind: 'TAKEN', profile: taken }),
      },
    });
    const { url } = await serve({ diagnostics });
    const { profile: told } = await fetchProfile(`${url}debug/pprof/allocs?seconds=1`);
    expect(foldedStacks(told)).toEqual([['main;work', 4, 400, 0, 0]]);
    expect((await fetch(`${url}debug/pprof/allocs`)).status).toBe(501);
    expect(await send(`${url}debug/pprof/allocs?seconds=61`)).toMatchObject({
      status: 400,
      body: expect.stringContaining('at most 60 are allowed'),
    });
  });

  it.each(['0', '-1', 'x', '1e9', '1.5'])('refuses %s seconds', async (seconds) => {
    const { url } = await serveProfiles();
    expect(await send(`${url}debug/pprof/heap?seconds=${seconds}`)).toMatchObject({
      status: 400,
      headers: { 'x-go-pprof': '1', 'content-type': 'text/plain; charset=utf-8' },
      body: expect.stringContaining('"seconds"'),
    });
  });

  it('reads no heap for seconds that are none', async () => {
    const heapProfile = vi.fn(async () => heapOf([['main', 1, 1, 1, 1]]));
    const { url } = await serve({ diagnostics: fakeDiagnostics({ heapProfile }) });
    expect((await send(`${url}debug/pprof/allocs?seconds=x`)).status).toBe(400);
    expect(heapProfile).not.toHaveBeenCalled();
  });

  it('held back by the pause budget for longer than anybody waits is refused with the time', async () => {
    const heap = { ...heapOf([['main', 1, 1, 1, 1]]), nextReadAtMs: Date.now() + 90_000 };
    const { url } = await serve({
      diagnostics: fakeDiagnostics({ heapProfile: async () => heap }),
    });
    expect(await send(`${url}debug/pprof/heap?seconds=1`)).toMatchObject({
      status: 503,
      headers: { 'retry-after': expect.stringMatching(/^(8\d|90)$/), 'x-go-pprof': '1' },
      body: expect.stringContaining('pauseBudgetPercent'),
    });
  });

  it('with gc=1 is as new as the question, or refused with the time', async () => {
    async function check(name: string): Promise<void> {
      const old = heapOf([['main', 1, 1, 1, 1]], Date.now() - 60_500);
      let heap = { ...old, nextReadAtMs: Date.now() + 90_000 };
      const { url } = await serve({
        diagnostics: fakeDiagnostics({ heapProfile: async () => heap }),
      });
      const ask = (query: string) => send(`${url}debug/pprof/${name}${query}`);
      for (const query of ['', '?gc=0', '?gc=x']) {
        const tolerated = await ask(query);
        expect(tolerated).toMatchObject({
          status: 200,
          headers: { age: expect.stringMatching(/^6\d$/) },
        });
      }
      for (const query of ['?gc=1', '?gc=2&debug=1']) {
        expect(await ask(query)).toMatchObject({
          status: 503,
          headers: { 'retry-after': expect.stringMatching(/^(8\d|90)$/) },
        });
      }
      heap = { ...heap, nextReadAtMs: Date.now() - 1 };
      const silent = await ask('?gc=1');
      expect(silent).toMatchObject({ status: 503, headers: { 'retry-after': '5' } });
      const waiting = ask('?gc=1');
      heap = { ...heap, collectedAtMs: Date.now() + 1_000 };
      expect(await waiting).toMatchObject({ status: 200, headers: { age: '0' } });
    }

    // Together, because each waits for seconds.
    await Promise.all(['heap', 'allocs', 'heap.heapprofile'].map(check));
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
