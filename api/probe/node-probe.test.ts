import { createServer } from 'node:http';
import { Session } from 'node:inspector/promises';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { DEFAULTS, type ResolvedOptions } from '../base/options/options.ts';
import { createNodeProbe, type NodeProbe } from './node-probe.ts';
import { countsAllocatedBytes } from './testing/counts-allocated-bytes.ts';

describe('the probe', () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  function start(options: Partial<ResolvedOptions> = {}, create = createNodeProbe): NodeProbe {
    const probe = create({ ...DEFAULTS, ...options });
    cleanups.push(() => probe.stop());
    return probe;
  }

  it('says which process it observes, and never repeats its arguments', async () => {
    const [one, other] = [await start().describe(), await start().describe()];
    expect(one).toMatchObject({
      pid: process.pid,
      nodeVersion: process.version,
      platform: process.platform,
      cwd: process.cwd(),
    });
    expect(one.startedAtMs).toBeLessThanOrEqual(Date.now());
    expect(one.startedAtMs).toBeGreaterThan(Date.now() - 600_000);
    expect(one.instanceId).not.toBe(other.instanceId);
    for (const argument of process.argv.slice(2)) expect(one.title).not.toContain(argument);
    expect(one.failedParts).toBeUndefined();
  });

  it('answers with plain data that crosses threads', async () => {
    const probe = start();
    const readings = [
      await probe.describe(),
      await probe.readFigures({ closeInterval: false }),
      await probe.heapAvailability(),
      await probe.readHeap(),
      await probe.readTasks(),
    ];
    expect(structuredClone(readings)).toEqual(readings);
  });

  it('reads its statistics at once, without a promise', () => {
    expect(start().readFigures({ closeInterval: false })).toMatchObject({
      memory: { heapUsedBytes: expect.any(Number) },
      requestsInFlight: 0,
      instrumentation: { enabled: true, disabledReason: null },
    });
  });

  it.runIf(countsAllocatedBytes)('does not count what reading the tasks allocates', async () => {
    const probe = start({ heapSampling: false });
    const waiting = Array.from({ length: 500 }, () => new Promise<void>(() => {}));
    const totalAllocated = async () =>
      (await probe.readFigures({ closeInterval: false })).memory.totalAllocatedBytes!;
    for (let read = 0; read < 20; read++) await probe.readTasks();
    const beforeBytes = await totalAllocated();
    for (let read = 0; read < 100; read++) {
      await probe.readTasks();
      await nextTurn();
    }
    // 150 kB; without the correction 2.4 MB.
    const perReadBytes = ((await totalAllocated()) - beforeBytes) / 100;
    expect(perReadBytes).toBeLessThan(500 * 1_024);
    expect(waiting).toHaveLength(500);
  });

  it('never tells of no tasks while a server listens', async () => {
    const server = createServer(() => {}).listen(0);
    cleanups.push(() => server.close());
    const probe = start();
    const tasksNow = async () => (await probe.readFigures({ closeInterval: false })).liveTasks;
    expect((await tasksNow()) ?? 1).toBeGreaterThan(0);
    await vi.waitFor(async () => expect(await tasksNow()).toBeGreaterThan(0));
  });

  it('goes on beside another probe that stops', async () => {
    const stopped = start();
    const running = start();
    stopped.stop();
    stopped.stop();
    await expect(running.readHeap()).resolves.toMatchObject({ rotations: 0 });
    await expect(running.readTasks()).resolves.toMatchObject({
      instrumentation: { enabled: true },
    });
  });

  it('starts again after it was stopped', async () => {
    start().stop();
    const again = start();
    expect(await again.heapAvailability()).toMatchObject({ inuse: null });
    await expect(again.readHeap()).resolves.toMatchObject({ rotations: 0 });
  });

  it('leaves out what is switched off, with the reason', async () => {
    const probe = start({ asyncTracking: false, heapSampling: false });
    expect(await probe.heapAvailability()).toEqual({
      inuse: expect.stringContaining('PPROFQL_HEAP'),
      cumulative: expect.stringContaining('PPROFQL_HEAP'),
    });
    await expect(probe.readHeap()).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    const { tasks, untracked, instrumentation } = await probe.readTasks();
    expect(tasks).toEqual([]);
    expect(Object.keys(untracked)).not.toEqual([]);
    expect(instrumentation).toMatchObject({
      enabled: false,
      disabledReason: expect.stringContaining('PPROFQL_ASYNC'),
    });
  });

  it('works without the heap sampler when another tool owns it', async () => {
    const session = new Session();
    session.connect();
    cleanups.push(() => session.disconnect());
    await session.post('HeapProfiler.startSampling', {});
    const probe = start();
    expect((await probe.heapAvailability()).inuse).toMatch(/another tool/);
    expect((await probe.readFigures({ closeInterval: true })).memory.rssBytes).toBeGreaterThan(0);
  });

  it('works without a part that cannot start, and names it', async () => {
    const parts = ['./process/gc-observer.ts', './process/event-loop.ts', './tasks/tracker.ts'];
    cleanups.push(() => {
      for (const part of parts) vi.doUnmock(part);
      vi.resetModules();
    });
    const failing = () => {
      throw new Error('not on this platform');
    };
    vi.resetModules();
    const gc = await vi.importActual<object>('./process/gc-observer.ts');
    const loop = await vi.importActual<object>('./process/event-loop.ts');
    vi.doMock('./process/gc-observer.ts', () => ({ ...gc, startGcObserver: failing }));
    vi.doMock('./process/event-loop.ts', () => ({ ...loop, startEventLoopMonitor: failing }));
    vi.doMock('./tasks/tracker.ts', () => ({ createAsyncTracker: failing }));
    const probe = start({}, (await import('./node-probe.ts')).createNodeProbe);
    expect((await probe.describe()).failedParts).toEqual({
      gcObserver: 'gcObserver could not start: not on this platform',
      eventLoopMonitor: 'eventLoopMonitor could not start: not on this platform',
      asyncTracker: 'asyncTracker could not start: not on this platform',
    });
    expect(await probe.readFigures({ closeInterval: true })).toMatchObject({
      gc: { count: 0, lastPauseNs: null },
      eventLoop: { delayMaxMs: null, utilization: null },
      instrumentation: { enabled: false },
    });
    await expect(probe.readHeap()).resolves.toMatchObject({ rotations: 0 });
  });
});
