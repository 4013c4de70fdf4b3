/**
 * A whole program with pprofql preloaded, profiled over HTTP.
 * `PPROFQL_TEST_NODE` is the Node it runs on. @default the one that runs the tests
 */
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  type CpuProfile,
  createDiagnosticsClient,
  type DiagnosticsClient,
} from '../../../client/index.ts';
import { launchObserved, type Program } from '../../../scripts/testing/program.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/profiled/program.js', import.meta.url),
);
const STALL_MS = 150;
/** Of code that V8 compiled before a profile, V8 may count some as its caller; interpreted code never. */
const INTERPRETED = ['--no-sparkplug', '--no-maglev', '--no-opt'];

describe('a program that is profiled', () => {
  let program: Program;
  let client: DiagnosticsClient;
  let load: AbortController;

  async function start(): Promise<void> {
    program = launchObserved([...INTERPRETED, PROGRAM], {
      env: { PPROFQL_STALL_MS: String(STALL_MS), PPROFQL_INTERVAL_MS: '200' },
    });
    client = createDiagnosticsClient({ url: await program.url() });
    await client.process();
  }

  async function end(): Promise<void> {
    client?.dispose();
    await program.kill();
  }

  beforeAll(start);
  afterAll(end);

  beforeEach(() => {
    load = new AbortController();
  });
  afterEach(() => load.abort());

  async function request(path: string): Promise<void> {
    const [, port] = await program.printed(/^port (\d+)$/m);
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { signal: load.signal });
    await response.text();
  }

  /** Requests one after the other until the test is over. */
  async function keepRequesting(path: string): Promise<void> {
    while (!load.signal.aborted) await request(path).catch(() => {});
  }

  async function takeProfile(seconds: number): Promise<CpuProfile> {
    const result = await client.takeCpuProfile({ seconds });
    expect(result).toMatchObject({ __typename: 'CpuProfile' });
    return result as CpuProfile;
  }

  async function untilProfiling(): Promise<void> {
    await vi.waitFor(async () => expect(await client.cpuProfileStatus()).not.toBeNull());
  }

  async function untilNotProfiling(): Promise<void> {
    await vi.waitFor(async () => expect(await client.cpuProfileStatus()).toBeNull());
  }

  const profileIds = async () => (await client.cpuProfiles()).map(({ id }) => id);

  it('has its hot function found, by name, file and line', async () => {
    void keepRequesting('/burn');
    const { topFunctions, callTree, busyMs, durationMs, cpuMs } = await takeProfile(1);
    expect(topFunctions[0]).toMatchObject({ function: 'burnCpu', file: PROGRAM, line: 9 });
    expect(topFunctions[0]!.selfPercent).toBeGreaterThan(25);
    const box = callTree.find((node) => node.function === 'burnCpu')!;
    expect(callTree[box.parent!]).toMatchObject({ function: 'serveBurning', file: PROGRAM });
    expect(busyMs).toBeLessThanOrEqual(durationMs!);
    expect(cpuMs).toBeLessThanOrEqual(busyMs * 1.2);
  });

  it('has its time split by route, ids replaced', async () => {
    void keepRequesting('/burn/17');
    void keepRequesting('/calm');
    const { routes, routesUnavailable, busyMs } = await takeProfile(1);
    expect(routesUnavailable).toBeNull();
    expect(routes[0]).toMatchObject({ route: 'GET /burn/:id' });
    expect(routes[0]!.percent).toBeGreaterThan(25);
    expect(routes[0]!.topFunctions[0]).toMatchObject({ function: 'burnCpu' });
    const calm = routes.find(({ route }) => route === 'GET /calm');
    expect(calm?.percent ?? 0).toBeLessThan(routes[0]!.percent / 2);
    expect(routes.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(busyMs, 3);
  });

  it('tells a second caller until when the first one’s takes', async () => {
    const first = takeProfile(30);
    await untilProfiling();
    const refused = await client.takeCpuProfile({ seconds: 1 });
    await client.cancelCpuProfile({ keep: true });
    expect(refused).toMatchObject({ __typename: 'ProfileAlreadyRunning' });
    const { id } = await first;
    expect(refused).toMatchObject({ running: { id } });
    expect((await client.cpuProfiles()).filter((one) => one.id === id)).toHaveLength(1);
    expect(await client.cpuProfiles({ id })).toMatchObject([{ id }]);
    expect(await client.cpuProfiles({ id: 'another' })).toEqual([]);
  });

  it('is left alone once its profile is cancelled', async () => {
    const before = await profileIds();
    const taken = client.takeCpuProfile({ seconds: 30 });
    await untilProfiling();
    expect(await client.cancelCpuProfile()).toBe(true);
    expect(await taken).toMatchObject({ __typename: 'CpuProfileCancelled' });
    expect(await client.cancelCpuProfile()).toBe(false);
    expect(await profileIds()).toEqual(before);
    await takeProfile(0.1);
  });

  it('is left alone once the caller has gone', async () => {
    const leaving = new AbortController();
    const taken = client.takeCpuProfile({ seconds: 30, signal: leaving.signal });
    const told = expect(taken).rejects.toThrow('gone');
    await untilProfiling();
    leaving.abort(new Error('gone'));
    await told;
    await untilNotProfiling();
    await takeProfile(0.1);
  });

  it('gives what was sampled until now when ended early', async () => {
    const taken = client.takeCpuProfile({ seconds: 30 });
    await untilProfiling();
    await client.cancelCpuProfile({ keep: true });
    expect(await taken).toMatchObject({ __typename: 'CpuProfile' });
  });

  it('refuses a time that is too long, and says what is allowed', async () => {
    await expect(client.takeCpuProfile({ seconds: 61 })).rejects.toThrow(/from 0\.1 to 60/);
  });

  it('has the points of its history marked while it is profiled', async () => {
    const marked = takeProfile(1);
    const markedPoints = async () =>
      (await client.pprof()).history.filter((point) => point.profiling);
    await vi.waitFor(async () => expect((await markedPoints()).length).toBeGreaterThan(1));
    await marked;
    await vi.waitFor(async () => {
      expect((await client.pprof()).history.at(-1)).toMatchObject({ profiling: false });
    });
  });

  it('ends as it would, with a profile under way', async () => {
    const taken = client.takeCpuProfile({ seconds: 30 }).catch(() => {});
    await untilProfiling();
    expect(await program.end()).toMatchObject({ code: 0 });
    await taken;
  });

  // Blocked for longer than the others could wait.
  it('is profiled while its loop is stuck, in a request that began before', async () => {
    await end();
    await start();
    void request('/block').catch(() => {});
    await vi.waitFor(async () => {
      const { eventLoop } = await client.query<{ eventLoop: { state: string } }>(
        '{ eventLoop { state } }',
        {},
      );
      expect(eventLoop.state).toBe('RUNNING_JAVASCRIPT');
    });
    const { topFunctions, routes, observation } = await takeProfile(0.5);
    expect(observation.via).toBe('INSPECTOR');
    expect(topFunctions[0]).toMatchObject({ function: 'burnCpu', file: PROGRAM });
    expect(routes[0]).toMatchObject({ route: 'GET /block' });
    expect(routes[0]!.percent).toBeGreaterThan(90);
  });
});
