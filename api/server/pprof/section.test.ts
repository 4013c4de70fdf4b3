import { describe, expect, it, vi } from 'vitest';
import { foldedStacks } from '../../formats/testing/folded-profile.ts';
import { taskGroup } from '../../formats/testing/task-group.ts';
import { fakeDiagnostics } from '../testing/fake-diagnostics.ts';
import {
  cpuProfile,
  cpuProfilesGiving,
  fetchProfile,
  heapOf,
  serveProfiles,
} from '../testing/fake-profiles.ts';
import { send } from '../testing/raw-http.ts';
import { serve } from '../testing/serve.ts';

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
