import { Readable } from 'node:stream';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, vi } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import type { TakenAllocationProfile } from '../../diagnostics/allocation-profiles/profile.ts';
import { createCpuProfiles } from '../../diagnostics/cpu/profiles.ts';
import { foldedStacks } from '../../formats/testing/folded-profile.ts';
import { taskGroup } from '../../formats/testing/task-group.ts';
import { decodeProfile } from '../../profile/decode/decode.ts';
import { fakeDiagnostics } from '../testing/fake-diagnostics.ts';
import { cpuProfile, cpuProfilesGiving, heapOf, serveProfiles } from '../testing/fake-profiles.ts';
import { send } from '../testing/raw-http.ts';
import { serve } from '../testing/serve.ts';

const OWN_FILE = new URL('../../base/files/own-files.ts', import.meta.url).pathname;

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
  });

  it.each(['0', '-1', 'x', '1e9', '1.5'])('refuses %s seconds', async (seconds) => {
    const { url } = await serveProfiles();
    expect(await send(`${url}debug/pprof/heap?seconds=${seconds}`)).toMatchObject({
      status: 400,
      headers: { 'x-go-pprof': '1', 'content-type': 'text/plain; charset=utf-8' },
      body: expect.stringContaining('"seconds"'),
    });
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

  it('with seconds is what came and went in that time', async () => {
    let reads = 0;
    const fake = fakeDiagnostics();
    const diagnostics = fakeDiagnostics({
      goroutines: async (options) => {
        const timestampMs = Date.now();
        const count = reads++ === 0 ? 12 : 15;
        const groups = [taskGroup({ count })];
        return { ...(await fake.goroutines(options)), timestampMs, groups };
      },
    });
    const { url } = await serve({ diagnostics });
    const { response, profile } = await fetchProfile(`${url}debug/pprof/goroutine?seconds=1`);
    expect(response.headers.get('content-disposition')).toContain('"goroutine-delta"');
    expect(foldedStacks(profile)).toEqual([['handle;load', 3]]);
    expect(profile.durationMs).toBeGreaterThan(900);
    expect((await send(`${url}debug/pprof/goroutine?seconds=1&debug=1`)).status).toBe(400);
  });

  it('is no difference of one list with itself', async () => {
    const { url } = await serveProfiles();
    expect(await send(`${url}debug/pprof/goroutine?seconds=1`)).toMatchObject({ status: 503 });
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

  it.each(['0', '-5', 'x', '', '1.5', '0x5', '1e1', '7s', '99999999999999999999'])(
    'is taken for 30 seconds where seconds is %j, as in Go',
    async (seconds) => {
      const asked: number[] = [];
      const cpuProfiles = cpuProfilesGiving({ kind: 'TAKEN', profile: cpuProfile }, asked);
      const { url } = await serve({ diagnostics: fakeDiagnostics({ cpuProfiles }) });
      await fetchProfile(`${url}debug/pprof/profile?seconds=${seconds}`);
      expect(asked).toEqual([30]);
    },
  );

  it('is shorter by default where no more is allowed, and says how long it may be', async () => {
    const sampler = {
      start: vi.fn(async () => ({ startedAtMs: 0 })),
      finish: async () => {
        throw new DiagnosticsError('UNAVAILABLE', 'never asked');
      },
      cancel: () => {},
    };
    const cpuProfiles = createCpuProfiles({ sampler, maxSeconds: 10, instanceId: 'instance' });
    const { url, api } = await serve({ diagnostics: fakeDiagnostics({ cpuProfiles }) });
    for (const seconds of [11, 601, 100_000]) {
      expect(await send(`${url}debug/pprof/profile?seconds=${seconds}`)).toMatchObject({
        status: 400,
        body: expect.stringContaining('from 0.1 to 10 (option maxCpuProfileSeconds)'),
      });
    }
    const answer = send(`${url}debug/pprof/profile`);
    await vi.waitFor(() => expect(sampler.start).toHaveBeenCalled());
    expect(sampler.start).toHaveBeenCalledWith(expect.objectContaining({ durationMs: 10_000 }));
    await api.stop();
    await answer;
  });

  it('is refused while another is taken, with the time of its end', async () => {
    const endsAtMs = Date.now() + 4_500;
    const running = { id: 'instance-2', startedAtMs: 0, endsAtMs };
    const cpuProfiles = cpuProfilesGiving({ kind: 'ALREADY_RUNNING', running });
    const { url } = await serve({ diagnostics: fakeDiagnostics({ cpuProfiles }) });
    expect(await send(`${url}debug/pprof/profile?seconds=1`)).toMatchObject({
      status: 409,
      headers: { 'retry-after': expect.stringMatching(/^[45]$/) },
      body: expect.stringContaining(new Date(endsAtMs).toISOString()),
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

describe.each([
  ['block', ['contentions', 'delay'], '--- contention:\n'],
  ['mutex', ['contentions', 'delay'], '--- mutex:\n'],
  ['threadcreate', ['threadcreate'], 'threadcreate profile: total 0\n'],
])('a %s profile', (name, types, text) => {
  it('is there for scrapers, and empty', async () => {
    const { url } = await serveProfiles();
    const { response, profile } = await fetchProfile(`${url}debug/pprof/${name}`);
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${name}"`);
    expect(profile.sampleTypes.map(({ type }) => type)).toEqual(types);
    expect(profile.samples).toEqual([]);
    const answer = await send(`${url}debug/pprof/${name}?debug=1`);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(answer.body.startsWith(text)).toBe(true);
  });
});

it('takes its time for an empty profile where a difference over time is asked for', async () => {
  const { url } = await serveProfiles();
  async function check(name: string): Promise<void> {
    const startedAtMs = Date.now();
    const { response, profile } = await fetchProfile(`${url}debug/pprof/${name}?seconds=1`);
    expect(Date.now() - startedAtMs).toBeGreaterThan(900);
    expect(response.headers.get('content-disposition')).toContain(`"${name}-delta"`);
    expect(profile).toMatchObject({ samples: [], durationMs: 1_000 });
    expect((await send(`${url}debug/pprof/${name}?seconds=x`)).status).toBe(400);
  }

  await Promise.all(['block', 'mutex', 'threadcreate'].map(check));
});

describe('a HEAD', () => {
  it('has the headers of the GET, and measures nothing', async () => {
    const { url } = await serveProfiles();
    const names = [
      '',
      'heap',
      'heap?debug=1',
      'heap.heapprofile',
      'goroutine',
      'goroutine?debug=2',
    ];
    names.push(
      'allocs',
      'profile?seconds=7',
      'block',
      'mutex',
      'threadcreate',
      'cmdline',
      'symbol',
    );
    names.push('heap.heapsnapshot', 'cpu/instance-1.pb.gz', 'cpu/instance-1.cpuprofile');
    for (const name of names) {
      const get = await send(`${url}debug/pprof/${name}`);
      const head = await send(`${url}debug/pprof/${name}`, { method: 'HEAD' });
      expect([name, head.status, head.body]).toEqual([name, 200, '']);
      for (const header of ['content-type', 'content-disposition', 'x-content-type-options']) {
        expect([name, head.headers[header]]).toEqual([name, get.headers[header]]);
      }
    }
  });

  it('takes no profile and reads no heap', async () => {
    const asked: number[] = [];
    const heapProfile = vi.fn(async () => heapOf([]));
    const cpuProfiles = cpuProfilesGiving({ kind: 'TAKEN', profile: cpuProfile }, asked);
    const { url } = await serve({ diagnostics: fakeDiagnostics({ cpuProfiles, heapProfile }) });
    for (const name of ['profile', 'heap', 'allocs?seconds=5', 'heap.heapprofile']) {
      const { status } = await send(`${url}debug/pprof/${name}`, { method: 'HEAD' });
      expect([name, status]).toEqual([name, 200]);
    }
    expect(asked).toEqual([]);
    expect(heapProfile).not.toHaveBeenCalled();
  });

  it('is refused as the GET is', async () => {
    const { url } = await serveProfiles();
    for (const [name, status] of [
      ['heap?seconds=x', 400],
      ['nothing', 404],
      ['cpu/instance-9.pb.gz', 404],
    ] as const) {
      expect(await send(`${url}debug/pprof/${name}`, { method: 'HEAD' })).toMatchObject({
        status,
        body: '',
      });
    }
  });
});

describe('symbol', () => {
  it('names the addresses of the texts, by GET and by POST', async () => {
    const { url } = await serveProfiles();
    const symbol = `${url}debug/pprof/symbol`;
    expect((await send(symbol)).body).toBe('num_symbols: 1\n');
    const { body: text } = await send(`${url}debug/pprof/heap?debug=1`);
    const [leak, main] = /@ (0x\w+) (0x\w+)$/m.exec(text)!.slice(1) as [string, string];
    const expected = `num_symbols: 1\n${leak} leak\n${main} main\n`;
    expect((await send(`${symbol}?${leak}+${main}`)).body).toBe(expected);
    const posted = await send(symbol, { method: 'POST', body: `${leak}+0x1+rubbish+${main}` });
    expect(posted.body).toBe(expected);
    expect(posted.headers['content-type']).toBe('text/plain; charset=utf-8');
    // A return address, as tools see it.
    const before = `0x${(Number(leak) - 1).toString(16)}`;
    expect((await send(`${symbol}?${before}`)).body).toBe(`num_symbols: 1\n${before} leak\n`);
  });

  it('takes no endless body', async () => {
    const { url } = await serveProfiles();
    const body = '0x10+'.repeat(100_000);
    const answer = await send(`${url}debug/pprof/symbol`, { method: 'POST', body });
    expect(answer).toMatchObject({ status: 413, headers: { 'x-go-pprof': '1' } });
  });
});

it('reads debug as Go does: what is no whole number counts as 0', async () => {
  const { url } = await serveProfiles();
  for (const debug of ['1x', 'x', '0.5', '']) {
    const { headers } = await send(`${url}debug/pprof/heap?debug=${debug}`);
    expect(headers['content-type']).toBe('application/octet-stream');
  }
});

it('names the program, but not its arguments', async () => {
  const { url } = await serveProfiles();
  expect((await send(`${url}debug/pprof/cmdline`)).body).toBe('app.js');
});
