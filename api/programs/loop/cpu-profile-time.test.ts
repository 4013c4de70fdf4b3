/**
 * What a CPU profile counts as time, of a whole program with a heap that takes V8 long to look through.
 * `PPROFQL_TEST_NODE` is the Node it runs on. @default the one that runs the tests
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  type CpuProfile,
  createDiagnosticsClient,
  type DiagnosticsClient,
} from '../../../client/index.ts';
import { launchObserved, type Program } from '../../../scripts/testing/program.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/profiled/large-heap.js', import.meta.url),
);
const SECONDS = 0.7;
/** Milliseconds as differences of rounded clocks are. */
const ROUNDING_MS = 5;

type Span = [fromMs: number, toMs: number];

describe('a CPU profile of a program with a large heap', () => {
  let program: Program;
  let url: string;
  let client: DiagnosticsClient;

  beforeAll(async () => {
    program = launchObserved([PROGRAM], { env: { PPROFQL_STALL_MS: '150' } });
    expect(await program.nextLine()).toBe('ready');
    url = await program.url();
    client = createDiagnosticsClient({ url });
    await client.process();
  });

  afterAll(async () => {
    client?.dispose();
    await program.kill();
  });

  async function tellBurns(): Promise<Span[]> {
    program.write('burns');
    return JSON.parse(await program.nextLine());
  }

  /** What the program burned in a time, as it says itself. */
  function burnedMs(burns: readonly Span[], [fromMs, toMs]: Span): number {
    const common = (span: Span) => Math.min(span[1], toMs) - Math.max(span[0], fromMs);
    return burns.reduce((sum, span) => sum + Math.max(0, common(span)), 0);
  }

  /** The profile, and how long the whole of it took. */
  async function takeProfile(seconds = SECONDS): Promise<CpuProfile & { tookMs: number }> {
    const beganMs = performance.now();
    const result = await client.takeCpuProfile({ seconds });
    expect(result).toMatchObject({ __typename: 'CpuProfile' });
    return { ...(result as CpuProfile), tookMs: performance.now() - beganMs };
  }

  /** How long a read of the heap stopped the program. */
  async function readHeap(): Promise<number> {
    const { pprof } = await client.query<{ pprof: { allocationProfile: { pauseMs: number } } }>(
      '{ pprof { allocationProfile { pauseMs } } }',
      {},
    );
    return pprof.allocationProfile.pauseMs;
  }

  async function untilSampling(): Promise<void> {
    await vi.waitFor(async () => expect(await client.cpuProfileStatus()).not.toBeNull());
    // It answers again once V8 has looked through its heap.
    await tellBurns();
  }

  /** @param pausedMs for which pprofql stopped the program, besides for the start and the end */
  function expectPausesLeftOut(
    { durationMs, busyMs, idleMs, overhead, tookMs }: CpuProfile & { tookMs: number },
    pausedMs = 0,
  ): void {
    const { startPauseMs, stopPauseMs } = overhead!;
    expect(startPauseMs).toBeGreaterThan(100);
    const ranMs = tookMs - startPauseMs - stopPauseMs - pausedMs;
    expect(durationMs).toBeLessThan(ranMs + ROUNDING_MS);
    expect(busyMs + idleMs!).toBeCloseTo(durationMs!, 3);
  }

  it('counts what the program did, and not what the profile’s own start took', async () => {
    const profile = await takeProfile();
    expectPausesLeftOut(profile);
    const fromMs = Date.parse(profile.startedAt!);
    const truthMs = burnedMs(await tellBurns(), [fromMs, fromMs + profile.durationMs!]);
    expect(truthMs).toBeGreaterThan(0);
    expect(profile.busyMs / truthMs).toBeGreaterThan(0.75);
    // On the CPU: a busy machine gives turns to others meanwhile, which is busy time of the thread.
    expect(profile.cpuMs! - truthMs).toBeLessThan(profile.overhead!.startPauseMs / 2);
  });

  it('has the same time in the files for other tools', async () => {
    const profile = await takeProfile();
    const { durationMs, cpuprofileUrl, overhead } = profile;
    expectPausesLeftOut(profile);
    const response = await fetch(new URL(cpuprofileUrl, url));
    const file = (await response.json()) as {
      startTime: number;
      endTime: number;
      timeDeltas: number[];
    };
    const sumMs = file.timeDeltas.reduce((sum, deltaUs) => sum + deltaUs, 0) / 1_000;
    expect(sumMs).toBeLessThanOrEqual(durationMs! + ROUNDING_MS);
    expect((file.endTime - file.startTime) / 1_000).toBeCloseTo(durationMs!, 2);
    expect(file.timeDeltas[0]! / 1_000).toBeLessThan(overhead!.startPauseMs / 2);
  });

  it('leaves out a collection that a read of the heap forces meanwhile', async () => {
    const taken = takeProfile(3);
    await untilSampling();
    const pauseMs = await vi.waitFor(readHeap);
    const profile = await taken;
    expectPausesLeftOut(profile, pauseMs);
  });

  it('leaves out the time for which the process was stopped', async () => {
    const STOPPED_MS = 2_000;
    const taken = takeProfile();
    await untilSampling();
    program.signal('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, STOPPED_MS));
    program.signal('SIGCONT');
    const { durationMs, overhead, tookMs } = await taken;
    expect(durationMs).toBeLessThan(tookMs - overhead!.startPauseMs - STOPPED_MS + ROUNDING_MS);
  });

  it('is right of a loop that is stuck, too', async () => {
    program.write('spin');
    await vi.waitFor(async () => {
      const { eventLoop } = await client.query<{ eventLoop: { state: string } }>(
        '{ eventLoop { state } }',
        {},
      );
      expect(eventLoop.state).toBe('RUNNING_JAVASCRIPT');
    });
    // A busy machine may not let V8 look through its heap in time: it says so, and to ask again.
    const profile = await vi.waitFor(() => takeProfile());
    expect(profile.observation.via).toBe('INSPECTOR');
    expectPausesLeftOut(profile);
    expect(profile.busyMs / profile.durationMs!).toBeGreaterThan(0.9);
  });
});
