import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createDiagnosticsClient,
  type DiagnosticsClient,
  type TargetMethods,
} from '../../../client/index.ts';
import { type RunningDiagnostics, startDiagnostics } from '../../start.ts';
import { type GoProgram, hasGo, runGoProgram } from '../testing/go-program.ts';

const LEAKED_BYTES = 32 * 1024 ** 2;
const target = 'shop';

describe.runIf(hasGo)('a real Go program, watched beside a Node process', () => {
  let program: GoProgram;
  let diagnostics: RunningDiagnostics;
  let client: DiagnosticsClient;
  let shop: TargetMethods;

  beforeAll(async () => {
    program = await runGoProgram();
    diagnostics = await startDiagnostics({
      port: 0,
      intervalMs: 100,
      targets: [{ name: target, url: program.url }],
    });
    client = createDiagnosticsClient({ url: diagnostics.url });
    shop = client.target(target);
  });

  afterAll(async () => {
    client?.dispose();
    await diagnostics?.stop();
    await program?.[Symbol.asyncDispose]();
  });

  it('shows the memory of each in its own words', async () => {
    expect((await client.process()).nodeVersion).toBe(process.version);
    const { observation, memory, runtime, eventLoop, unavailable } = await shop.pprof({
      allocations: false,
    });
    expect(observation.via).toBe('HTTP');
    expect(memory.alloc).toBeGreaterThan(LEAKED_BYTES);
    expect(memory.sys).toBeGreaterThan(memory.heapInuse ?? Number.POSITIVE_INFINITY);
    expect(memory.heapObjects).toBeGreaterThan(100);
    expect(memory.external).toBeNull();
    expect(eventLoop).toBeNull();
    expect(unavailable.map(({ field }) => field)).toEqual(
      expect.arrayContaining(['memory.external', 'eventLoop', 'cpu.usagePercent']),
    );
    expect(runtime.numGoroutine).toBeGreaterThanOrEqual(9);
    expect(runtime.numGc).toBeGreaterThanOrEqual(2);
    expect(runtime.gcPauseNs).toBeGreaterThan(0);
  });

  it('names the function that leaks memory', async () => {
    const { inuseAllocations, topAllocations, allocationProfile } = await shop.pprof();
    const leak = inuseAllocations?.[0];
    expect(leak?.function).toBe('main.leak');
    expect(leak?.bytes).toBeGreaterThan(LEAKED_BYTES / 2);
    expect(leak?.stack).toEqual(expect.arrayContaining(['main.main']));
    expect(leak?.stack[1]).toMatch(/^\t.*main\.go:\d+$/);
    expect(topAllocations?.[0]?.function).toBe('main.leak');
    expect(allocationProfile?.samplingIntervalBytes).toBe(512 * 1024);
  });

  it('shows its goroutines in groups, and the dump itself', async () => {
    const { groups, summary, totalGoroutines, rawProfile, dump } = await shop.goroutines({
      raw: true,
    });
    expect(groups).toContainEqual(
      expect.objectContaining({
        count: 7,
        state: 'chan receive',
        topFunc: 'main.waitForever',
        category: 'UNKNOWN',
        lockedToThread: 0,
        goroutineIds: expect.arrayContaining([expect.any(Number)]),
      }),
    );
    expect(dump).toMatchObject({ headers: totalGoroutines, notUnderstood: 0, truncated: false });
    expect(summary.background + summary.perRequest + summary.unknown).toBe(totalGoroutines);
    expect(rawProfile?.match(/^goroutine \d+ /gm)).toHaveLength(totalGoroutines);
  });

  it('has a history of its own', async () => {
    const points = shop.metricsHistory();
    const first = (await points.next()).value;
    const second = (await points.next()).value;
    expect(first).toMatchObject({ sequence: 1, responding: true });
    expect(second).toMatchObject({ sequence: 2, instanceId: first?.instanceId });
    expect(second?.alloc).toBeGreaterThan(LEAKED_BYTES);
    await points.return();
  });

  it('can be captured and compared', async () => {
    await shop.capture('before');
    const { allocations, tasks } = await shop.diff({ base: 'before' });
    expect(allocations?.grown.map((row) => row.function)).not.toContain('main.leak');
    expect(tasks.grown.map(({ group }) => group.topFunc)).not.toContain('main.waitForever');
    expect(await client.captures()).toEqual([]);
    expect(await shop.deleteCapture('before')).toBe(true);
  });

  it('says where its CPU time goes', async () => {
    const profile = await shop.takeCpuProfile({ seconds: 1 });
    if (profile.__typename !== 'CpuProfile') throw new Error(`got a ${profile.__typename}`);
    expect(profile.topFunctions[0]).toMatchObject({
      function: expect.stringMatching(/^main\.burn/),
    });
    expect(profile.busyMs).toBeGreaterThan(100);
    expect(profile.observation.via).toBe('HTTP');
    const download = await fetch(new URL(profile.downloadUrl, diagnostics.url));
    expect(download.status).toBe(200);
    await download.body?.cancel();
  });

  it('stands in the list of targets', async () => {
    // Either may be late for a moment on a busy machine.
    await expect
      .poll(() => client.targets())
      .toMatchObject([
        { name: 'self', kind: 'NODE', state: 'ANSWERING', error: null },
        { name: target, kind: 'GO', state: 'ANSWERING', error: null },
      ]);
  });
});
