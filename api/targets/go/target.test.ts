import { describe, expect, it, onTestFinished } from 'vitest';
import { resolveOptions } from '../../base/options/resolve.ts';
import type { TargetOptions } from '../../base/options/targets.ts';
import { fakeDiagnostics } from '../../server/testing/fake-diagnostics.ts';
import { withTargets } from '../list.ts';
import {
  type FakeGoServer,
  METRICS,
  memStatsText,
  serveFakeGo,
  silence,
  status,
  text,
} from '../testing/fake-go-server.ts';

const MEM_STATS = '/debug/pprof/heap?debug=1';

async function fakeGo(answers: FakeGoServer['answers'] = {}): Promise<FakeGoServer> {
  const server = await serveFakeGo(answers);
  onTestFinished(() => server[Symbol.asyncDispose]());
  return server;
}

function watch(targets: TargetOptions[], intervalMs = 10) {
  const list = withTargets(fakeDiagnostics(), resolveOptions({ targets, intervalMs }, {}));
  onTestFinished(list.stopTargets);
  return list;
}

async function watchOne(answers: FakeGoServer['answers'] = {}, options = {}) {
  const server = await fakeGo(answers);
  const list = watch([{ name: 'shop', url: server.url, kind: 'GO', ...options }]);
  return { server, list, shop: list.target('shop') };
}

describe('the figures of a Go target', () => {
  it('are those of its memory statistics', async () => {
    const { shop } = await watchOne();
    const { figures, heapObjects, observation } = await shop.pprof();
    expect(figures.memory).toMatchObject({
      heapUsedBytes: 5_000,
      totalAllocatedBytes: 9_000,
      sysBytes: 70_000,
      heapTotalBytes: 6_000,
    });
    expect(heapObjects).toBe(33);
    expect(figures.gc).toMatchObject({ count: 3, lastPauseNs: 3_000 });
    expect(figures.liveTasks).toBe(42);
    expect(observation.via).toBe('HTTP');
  });

  it('count goroutines where only the profile itself is served', async () => {
    const { shop } = await watchOne({
      '/debug/pprof/': status(404),
      '/debug/pprof/goroutine?debug=1': text('goroutine profile: total 17\n'),
    });
    expect((await shop.pprof()).figures.liveTasks).toBe(17);
  });

  it('name the program without its arguments', async () => {
    const { shop } = await watchOne();
    expect((await shop.process()).title).toBe('shop');
    expect(JSON.stringify(await shop.process())).not.toContain('secret');
  });

  it('are null with a reason where there are no metrics', async () => {
    const { shop } = await watchOne();
    const { cpu, process, unavailable } = await shop.pprof();
    expect(cpu.usagePercent).toBeNull();
    expect(process).toMatchObject({ pid: null, cpuCount: null, nodeVersion: null });
    expect(unavailable.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['cpu.usagePercent', 'runtime.gomaxprocs', 'eventLoop']),
    );
  });

  it('are of one start, although an older answer may come last', async () => {
    const { server, shop } = await watchOne();
    const { process } = await shop.pprof();
    const held: (() => void)[] = [];
    server.answers[MEM_STATS] = (request, response) => {
      const body = memStatsText({ ...server.state, totalAlloc: 9_000 + held.length });
      held.push(() => text(body)(request, response));
    };
    const older = shop.metricsHistory({}).next();
    await expect.poll(() => held).toHaveLength(1);
    const newer = shop.pprof();
    await expect.poll(() => held).toHaveLength(2);
    held[1]?.();
    expect((await newer).process.instanceId).toBe(process.instanceId);
    held[0]?.();
    expect((await older).value?.[0]?.instanceId).toBe(process.instanceId);
  });

  it('are of another start where what only grows has shrunk', async () => {
    const { server, shop } = await watchOne();
    const before = await shop.pprof();
    server.state.totalAlloc = 100;
    const after = await shop.pprof();
    expect(after.process.instanceId).not.toBe(before.process.instanceId);
  });

  it('are taken from expvar where that is served, which is cheaper for the target', async () => {
    const { server, shop } = await watchOne();
    const pauses = Array.from({ length: 256 }, (_, slot) => slot * 10);
    const sizes = { Alloc: 1, TotalAlloc: 2, Sys: 3, HeapInuse: 4, HeapObjects: 5 };
    const memstats = { ...sizes, NumGC: 2, PauseNs: pauses };
    server.answers['/debug/vars'] = text(JSON.stringify({ cmdline: ['shop'], memstats }));
    const { figures, heapObjects } = await shop.pprof();
    expect(figures.memory).toMatchObject({ heapUsedBytes: 1, totalAllocatedBytes: 2, sysBytes: 3 });
    expect(figures.gc).toMatchObject({ count: 2, lastPauseNs: 10 });
    expect(heapObjects).toBe(5);
    expect(server.asked).not.toContain(MEM_STATS);
  });

  it.each([
    ['no JSON', '<html>'],
    ['no memory statistics', '{"cmdline":[]}'],
    ['half of them', '{"memstats":{"Alloc":1}}'],
  ])('do without expvar where it has %s, and do not ask it every time', async (_what, body) => {
    const { server, shop } = await watchOne({ '/debug/vars': text(body) });
    await shop.pprof();
    expect((await shop.pprof()).figures.memory.heapUsedBytes).toBe(5_000);
    expect(server.asked.filter((path) => path === '/debug/vars')).toHaveLength(1);
  });

  it('take what Prometheus metrics add', async () => {
    const { server, shop } = await watchOne();
    server.answers['/metrics'] = (...to) => text(METRICS(server.state))(...to);
    const { process, figures } = await shop.pprof();
    expect(process).toMatchObject({
      goVersion: 'go1.26.1',
      availableParallelism: 4,
      startedAtMs: 1.7e12,
    });
    expect(figures.memory.rssBytes).toBe(81_920);
  });

  it('fail, naming the target, where it answers with something else', async () => {
    const page = text('<html><title>Gate</title>please log in</html>', 'text/html');
    const { shop } = await watchOne({ '/debug/pprof/heap?debug=1': page });
    await expect(shop.pprof()).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringContaining(
        'target shop answered /debug/pprof/heap?debug=1 with a login page (“Gate”)',
      ),
    });
  });
});

describe('the facts about a Go target', () => {
  it('are asked for once an interval, however often somebody looks', async () => {
    const server = await fakeGo();
    const list = watch([{ name: 'shop', url: server.url, kind: 'GO' }], 60_000);
    const shop = list.target('shop');
    expect(await shop.process()).toEqual(await shop.process());
    expect(server.asked.filter((path) => path === MEM_STATS)).toHaveLength(1);
  });
});

describe('the goroutines of a Go target', () => {
  it('are grouped, with waits as Go prints them', async () => {
    const { shop } = await watchOne();
    const { total, groups, dump } = await shop.goroutines({ raw: false });
    expect(total).toBe(3);
    expect(dump).toMatchObject({ headers: 3, truncated: false });
    expect(groups.find(({ state }) => state === 'chan receive')).toMatchObject({
      count: 2,
      waitReason: '7 minutes',
      waitMinutes: 7,
      lockedToThread: 1,
      topFrame: { function: 'main.wait' },
    });
  });

  it('come with the dump itself where it is asked for', async () => {
    const { shop } = await watchOne();
    const { raw } = await shop.goroutines({ raw: true });
    expect(raw?.text).toContain('created by main.start in goroutine 1');
  });

  it('follow the rules of the target first', async () => {
    const categoryRules = [{ category: 'BACKGROUND' as const, function: /^main\.wait$/ }];
    const { shop } = await watchOne({}, { categoryRules });
    const { summary } = await shop.goroutines({ raw: false });
    expect(summary).toMatchObject({ background: 2, unknown: 1 });
  });

  it('fail where the answer is no dump', async () => {
    const { shop } = await watchOne({ '/debug/pprof/goroutine?debug=2': text('<html></html>') });
    await expect(shop.goroutines({ raw: false })).rejects.toMatchObject({ code: 'TARGET_FAILED' });
  });
});

describe('the profiles of a Go target that count by stack', () => {
  const MUTEX =
    '--- mutex:\ncycles/second=1000000000\nsampling period=1\n9000000 4 @ 0x1\n#\t0x1\tmain.hold+0x1\t/app/hold.go:13\n';

  it('are tables of who waited for locks, and null where it has none', async () => {
    const { shop } = await watchOne({ '/debug/pprof/mutex?debug=1': text(MUTEX) });
    expect(await shop.stackProfile?.('MUTEX')).toMatchObject({
      count: 4,
      delayNs: 9_000_000,
      rows: [{ frames: [{ function: 'main.hold', line: 13 }] }],
    });
    expect(await shop.stackProfile?.('GOROUTINELEAK')).toBeNull();
  });

  it('tell as many stacks as are asked for, and refuse a number that is none', async () => {
    const { shop } = await watchOne({ '/debug/pprof/mutex?debug=1': text(MUTEX) });
    const profile = await shop.stackProfile?.('MUTEX');
    expect(profile?.stacks({ limit: 1 })).toHaveLength(1);
    for (const limit of [0, -1, 1_001]) {
      expect(() => profile?.stacks({ limit })).toThrow(
        expect.objectContaining({
          code: 'INVALID_INPUT',
          message: `limit is ${limit}, allowed is a whole number from 1 to 1000`,
        }),
      );
    }
  });

  it('are goroutines that are leaked for ever, where Go has proven that', async () => {
    const leaks =
      'goroutineleak profile: total 7\n7 @ 0x1\n#\t0x1\tmain.wait+0x1\t/app/wait.go:3\n';
    const { shop } = await watchOne({ '/debug/pprof/goroutineleak?debug=1': text(leaks) });
    expect(await shop.stackProfile?.('GOROUTINELEAK')).toMatchObject({ count: 7, delayNs: null });
  });
});

describe('a Go target that has died', () => {
  it('is told as it was at last, marked as that, but not compared with as if it were now', async () => {
    const { server, shop, list } = await watchOne();
    await shop.captures.capture('before');
    const { raw } = await shop.goroutines({ raw: true });
    const { figures } = await shop.pprof();
    await server[Symbol.asyncDispose]();

    const dump = await shop.goroutines({ raw: true });
    expect(dump).toMatchObject({ total: 3, observation: { via: 'LAST_KNOWN' }, raw });
    expect((await shop.goroutines({ raw: false })).raw).toBeNull();
    const told = await shop.pprof();
    expect(told.observation).toEqual({ via: 'LAST_KNOWN', measuredAtMs: figures.takenAtMs });
    expect(told.figures.liveTasks).toBe(42);
    expect(await shop.process()).toMatchObject({ title: 'shop' });
    expect((await list.targets())[1]).toMatchObject({ state: 'FAILING' });
    expect((await shop.health()).findings).toMatchObject([{ kind: 'NOT_ANSWERING' }]);
    const diff = shop.captures.diff({ base: 'before', to: null, limit: 10, includeOwn: false });
    await expect(diff).rejects.toThrow('target shop could not be asked');
  });
});

describe('the allocations of a Go target', () => {
  it('are tables of its heap profile, one request for all fields', async () => {
    const { server, shop } = await watchOne();
    const [tables, again] = await Promise.all([shop.allocations(), shop.allocations()]);
    expect(again).toBe(tables);
    expect(tables?.inuse).toMatchObject([{ bytes: 200, cumulativeBytes: 400, retention: 0.5 }]);
    expect(tables?.top?.[0]?.frames[0]).toMatchObject({ function: 'leak' });
    expect(server.asked.filter((path) => path === '/debug/pprof/heap')).toHaveLength(1);
  });

  it('fail, saying what came instead', async () => {
    const { shop, list } = await watchOne({ '/debug/pprof/heap': text('<html></html>') });
    await expect(shop.allocations()).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringMatching(/^target shop answered \/debug\/pprof\/heap with a web page/),
    });
    expect((await list.targets())[1]).toMatchObject({ state: 'FAILING' });
  });

  it('can be captured and compared', async () => {
    const { shop } = await watchOne();
    await shop.captures.capture('before');
    const diff = await shop.captures.diff({
      base: 'before',
      to: null,
      limit: 10,
      includeOwn: false,
    });
    expect(diff.allocations?.grown).toEqual([]);
    expect(diff.figures).toMatchObject({ heapUsedBytes: 0, externalBytes: null, cpuSeconds: null });
  });
});

describe('the CPU profile of a Go target', () => {
  const PROFILE = '/debug/pprof/profile?seconds=1';

  it('fails at once where the target refuses, as while another one runs', async () => {
    const { shop } = await watchOne({ [PROFILE]: status(500) });
    await expect(shop.cpuProfiles.take({ seconds: 1 })).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: `target shop answered ${PROFILE} with 500: refused`,
    });
    expect(shop.cpuProfiles.running()).toBeNull();
  });

  it('is given up when whoever asked for it leaves', async () => {
    const { server, shop } = await watchOne({ [PROFILE]: silence });
    const caller = new AbortController();
    const outcome = shop.cpuProfiles.take({ seconds: 1, signal: caller.signal });
    await expect.poll(() => server.asked).toContain(PROFILE);
    caller.abort();
    expect(await outcome).toMatchObject({ kind: 'CANCELLED' });
  });
});

describe('the list of targets', () => {
  it('knows nothing of a target that is down, whatever it was asked for', async () => {
    const list = watch([{ name: 'down', url: 'http://127.0.0.1:1' }]);
    const down = list.target('down');
    expect((await down.eventLoop()).unwatchedReason).not.toBeNull();
    expect(await down.stalls()).toEqual([]);
    expect((await list.targets())[1]).toMatchObject({ kind: null, state: 'NOT_ASKED' });
    await expect(down.pprof()).rejects.toThrow('target down');
    expect((await list.targets())[1]).toMatchObject({ kind: null, state: 'FAILING' });
  });

  it('begins with this process, and asks nobody', async () => {
    const { server, list } = await watchOne();
    expect(await list.targets()).toMatchObject([
      { name: 'self', kind: 'NODE' },
      { name: 'shop', kind: 'GO', state: 'NOT_ASKED', lastAnswerAtMs: null, error: null },
    ]);
    expect(server.asked).toEqual([]);
  });

  it('tells which of two answers and which fails, and why', async () => {
    const [good, bad] = [
      await fakeGo(),
      await fakeGo({ '/debug/pprof/heap?debug=1': status(500) }),
    ];
    const list = watch([
      { name: 'good', url: good.url, kind: 'GO' },
      { name: 'bad', url: bad.url, kind: 'GO' },
    ]);
    await list.target('good').pprof();
    await expect(list.target('bad').pprof()).rejects.toThrow('target bad answered');
    expect((await list.targets()).slice(1)).toMatchObject([
      { name: 'good', state: 'ANSWERING', lastAnswerAtMs: expect.any(Number), error: null },
      { name: 'bad', state: 'FAILING', error: expect.stringContaining('with 500') },
    ]);
  });

  it('lets a silent target delay no other', async () => {
    const quiet = await fakeGo({ '/debug/pprof/heap?debug=1': silence });
    const good = await fakeGo();
    const list = watch([
      { name: 'quiet', url: quiet.url, kind: 'GO' },
      { name: 'good', url: good.url, kind: 'GO' },
    ]);
    let isQuiet = true;
    const waiting = list
      .target('quiet')
      .pprof()
      .finally(() => {
        isQuiet = false;
      });
    waiting.catch(() => {});
    expect((await list.target('good').pprof()).figures.liveTasks).toBe(42);
    expect(isQuiet).toBe(true);
  });

  it('refuses a name that is not configured', async () => {
    const { list } = await watchOne();
    expect(() => list.target('http://evil')).toThrow('there are self, shop');
  });
});
