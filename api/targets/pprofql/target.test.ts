import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  createDiagnosticsClient,
  type DiagnosticsClient,
  type TargetMethods,
} from '../../../client/index.ts';
import { type RunningDiagnostics, startDiagnostics } from '../../start.ts';

const STALL_MS = 200;
const TOKEN = 'only-for-friends';

/** Whatever it calls is above it in a stack. */
function block(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

/** A busy machine is a stall to so short a threshold, and nothing is known from before it. */
const beyondStalls = <T>(ask: () => Promise<T>): Promise<T> => vi.waitFor(ask);

describe('another pprofql as a target', () => {
  let watched: RunningDiagnostics;
  let watching: RunningDiagnostics;
  let client: DiagnosticsClient;
  let other: TargetMethods;
  let waiting: NodeJS.Timeout;
  /** Many sampling intervals large, so that some of it is sampled. */
  let kept: number[][] = [];

  beforeAll(async () => {
    watched = await startDiagnostics({
      port: 0,
      intervalMs: 50,
      stallThresholdMs: STALL_MS,
      // A busy machine makes pauses long, after which a heap is not read again for as long as a test waits.
      pauseBudgetPercent: 100,
      token: TOKEN,
    });
    // Seen being made.
    waiting = setTimeout(() => {}, 1e6);
    watching = await startDiagnostics({
      port: 0,
      intervalMs: 50,
      asyncTracking: false,
      heapSampling: false,
      stallThresholdMs: 0,
      targets: [
        { name: 'other', url: watched.url, token: TOKEN },
        { name: 'stranger', url: watched.url },
      ],
    });
    client = createDiagnosticsClient({ url: watching.url });
    kept = Array.from({ length: 100 }, (_, index) => new Array(20_000).fill(index));
    other = client.target('other');
  });

  afterAll(async () => {
    clearTimeout(waiting);
    kept = [];
    client?.dispose();
    await watching?.stop();
    await watched?.stop();
  });

  it('answers as it does itself, under its own instance', async () => {
    await using direct = createDiagnosticsClient({ url: watched.url, token: TOKEN });
    const process = await beyondStalls(() => other.process());
    expect(process).toEqual(await direct.process());
    const figures = { allocations: false } as const;
    const { memory, runtime, eventLoop, observation, unavailable } = await beyondStalls(() =>
      other.pprof(figures),
    );
    expect(observation.via).toBe('HTTP');
    expect(memory.alloc).toBeGreaterThan(1e6);
    expect(memory.external).toBeGreaterThan(0);
    expect(runtime.gomaxprocs).toBeGreaterThan(0);
    expect(eventLoop?.utilization).toBeGreaterThanOrEqual(0);
    const own = await beyondStalls(() => direct.pprof(figures));
    expect(unavailable).toEqual(own.unavailable);
    expect((await client.targets())[1]).toMatchObject({ name: 'other', kind: 'PPROFQL' });
  });

  it('shows its tasks, with what only Node knows', async () => {
    const { groups, instrumentation, rawProfile } = await beyondStalls(() =>
      other.goroutines({ raw: true }),
    );
    expect(groups.map(({ state }) => state)).toContain('timer');
    expect(instrumentation.enabled).toBe(true);
    expect(rawProfile).toMatch(/^goroutine \d+ /m);
  });

  it('shows its allocations', async () => {
    const { inuseAllocations, allocationProfile } = await beyondStalls(() => other.pprof());
    expect(allocationProfile?.stackCount).toBeGreaterThan(0);
    expect(inuseAllocations?.[0]?.frames.length).toBeGreaterThan(0);
    expect(inuseAllocations?.[0]?.samples).toBeGreaterThan(0);
    expect(kept).toHaveLength(100);
    const own = await client.pprof();
    expect(own.inuseAllocations).toBeNull();
  });

  it('tells how old its count of live objects is', async () => {
    await vi.waitFor(async () => {
      const { memory } = await other.pprof({ allocations: false });
      expect(memory.heapObjects).not.toBeNull();
      expect(memory.heapObjectsAgeMs).toBeGreaterThanOrEqual(0);
      expect(memory.heapObjectsAgeMs).toBeLessThan(60_000);
      expect(memory.oldSpaceUsed).toBeGreaterThan(0);
    });
  });

  it('has a history, with its CPU use', async () => {
    const points = other.metricsHistory();
    const { value } = await points.next();
    await points.return();
    expect(value).toMatchObject({
      responding: true,
      instanceId: expect.any(String),
      external: expect.any(Number),
      arrayBuffers: expect.any(Number),
    });
  });

  it('shows what its event loop was stuck on', async () => {
    // A read of ours may stall the loop as well on a busy machine: it is this one that is meant.
    await vi.waitFor(async () => {
      block(3 * STALL_MS);
      const stalls = await other.stalls();
      const own = stalls
        .filter(({ durationMs }) => durationMs !== null && durationMs > STALL_MS)
        .flatMap(({ stacks }) => stacks.flatMap(({ frames }) => frames))
        .filter(({ function: name }) => name === 'block');
      expect(own[0]).toMatchObject({ file: import.meta.filename, origin: 'OWN' });
    });
    await vi.waitFor(async () => {
      expect(await other.eventLoop()).toMatchObject({ state: 'RESPONSIVE' });
    });
    expect((await client.target('self').eventLoop()).unwatchedReason).toContain('switched off');
  });

  it('refuses who has no token, and the list says so', async () => {
    await expect(client.target('stranger').pprof()).rejects.toMatchObject({
      code: 'TARGET_FAILED',
      message: expect.stringContaining('it may need a token'),
    });
    expect((await client.targets())[2]).toMatchObject({ state: 'FAILING', kind: 'UNKNOWN' });
  });
});
