import { describe, expect, it } from 'vitest';
import { METRICS, memStatsText, status, text } from '../testing/fake-go-server.ts';
import { fakeGo, watch, watchOne } from '../testing/watched-go.ts';

const MEM_STATS = '/debug/pprof/heap?debug=1';

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
