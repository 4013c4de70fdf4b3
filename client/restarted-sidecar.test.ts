import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { observed, Program } from '../scripts/testing/program.ts';
import {
  createDiagnosticsClient,
  type DiagnosticsClient,
  type HistoryPoint,
  type HistoryStream,
} from './index.ts';

const PROGRAM = fileURLToPath(
  new URL('../scripts/fixtures/hostile/harms-the-sidecar.js', import.meta.url),
);
/** What the program ends with, whatever has happened to pprofql. */
const EXIT_CODE = 7;

type Fault = 'reject' | 'throw' | 'exhaust' | 'end';

/** A program that harms its own sidecar when told to. */
class HarmingProgram extends Program {
  constructor() {
    super(observed([PROGRAM]), { env: { PPROFQL_INTERVAL_MS: '1000' } });
  }

  async harm(fault: Fault): Promise<void> {
    const harms = this.stdout.split(`done ${fault}`).length;
    this.write(fault);
    const done = () => expect(this.stdout.split(`done ${fault}`)).toHaveLength(harms + 1);
    await vi.waitFor(done);
  }
}

/** Retries fast, so that tests need not wait. */
function follow(url: string, transport?: 'websocket' | 'sse'): DiagnosticsClient {
  return createDiagnosticsClient({ url, transport, reconnect: { minDelayMs: 10, maxDelayMs: 50 } });
}

async function pointOf(stream: HistoryStream): Promise<HistoryPoint> {
  const { value } = await stream.next();
  return value!;
}

async function profileCpu(client: DiagnosticsClient, seconds: number): Promise<string> {
  const { takeCpuProfile } = await client.query<{ takeCpuProfile: { __typename: string } }>(
    'mutation Take($seconds: Float!) { takeCpuProfile(seconds: $seconds) { __typename } }',
    { seconds },
  );
  return takeCpuProfile.__typename;
}

// All at once: each has a program of its own, and waits for it most of the time.
describe.concurrent('a program whose sidecar has a fault', () => {
  it.each<[Fault, RegExp]>([
    ['throw', /a defect/],
    ['exhaust', /memory/],
    ['end', /no reason/],
  ])('runs on, and its clients too (%s)', async (fault, reason) => {
    await using program = new HarmingProgram();
    const url = await program.url();
    using viaWebSocket = follow(url, 'websocket');
    using viaSse = follow(url, 'sse');
    const streams = [viaWebSocket, viaSse].map((client) => client.metricsHistory());
    const before = await Promise.all(streams.map(pointOf));
    await program.harm(fault);
    const after = await Promise.all(streams.map((stream) => firstOfAnother(stream, before[0]!)));
    expect(after.map(({ sequence }) => sequence)).toEqual([1, 1]);
    expect(after[0]!.instanceId).toBe(after[1]!.instanceId);
    expect(await program.end()).toMatchObject({ code: EXIT_CODE });
    const [address, told, ...more] = program.stderr.trim().split('\n');
    expect(address).toBe(`pprofql: ${url}`);
    expect(told).toMatch(/^pprofql: diagnostics have ended \(.+\); they start again in 1 s$/);
    expect(told).toMatch(reason);
    expect(more).toEqual([]);
  });

  it('can have its CPU profiled again, although a profile was being taken', async () => {
    await using program = new HarmingProgram();
    using client = follow(await program.url());
    expect(await profileCpu(client, 0.1)).toBe('CpuProfile');
    // One that runs goes with the thread that asked for it.
    const lost = profileCpu(client, 60).catch(() => 'lost');
    const isRunning = async () =>
      (await client.query<{ cpuProfileStatus: object | null }>('{ cpuProfileStatus { id } }', {}))
        .cpuProfileStatus !== null;
    await vi.waitFor(async () => expect(await isRunning()).toBe(true));
    await program.harm('end');
    expect(await lost).toBe('lost');
    await vi.waitFor(() => client.process());
    expect(await profileCpu(client, 0.1)).toBe('CpuProfile');
  });

  it('ends while the next one is waited for', async () => {
    await using program = new HarmingProgram();
    await program.url();
    await program.harm('end');
    expect(await program.end()).toMatchObject({ code: EXIT_CODE });
    expect(program.stdout).toMatch(/ended after \d+ turns/);
  });

  it('is told once of a promise that nobody waited for, and nothing ends', async () => {
    await using program = new HarmingProgram();
    using client = follow(await program.url());
    const before = await client.process();
    await program.harm('reject');
    await program.harm('reject');
    expect(await client.process()).toMatchObject({ instanceId: before.instanceId });
    expect(await program.end()).toMatchObject({ code: EXIT_CODE });
    expect(program.stderr.split('nobody waits for this')).toHaveLength(2);
  });
});

async function firstOfAnother(stream: HistoryStream, known: HistoryPoint): Promise<HistoryPoint> {
  for (;;) {
    const point = await pointOf(stream);
    if (point.instanceId !== known.instanceId) return point;
  }
}
