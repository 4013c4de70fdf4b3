/**
 * Programs of which it is known what they keep and drop, outside the heap and in it.
 * `PPROFQL_TEST_NODE` is the Node they run on. @default the one that runs the tests
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../../client/index.ts';
import { launchObserved, type Program } from '../../../scripts/testing/program.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/memory/allocates.js', import.meta.url),
);
const ARRAY_BYTES = 8_016;
const TURN_MS = 25;

let program: Program;
let client: DiagnosticsClient;

beforeAll(async () => {
  program = launchObserved(['--disable-warning=ExperimentalWarning', PROGRAM], {
    // A busy machine may hold the program up: that is no stall of its own.
    env: { PPROFQL_PAUSE_BUDGET_PERCENT: '100', PPROFQL_STALL_MS: '60000' },
  });
  client = createDiagnosticsClient({ url: await program.url() });
});

afterAll(async () => {
  client?.dispose();
  await program?.[Symbol.asyncDispose]();
});

/** Bytes that a function has made and that are still there. */
function liveIn(rows: readonly { function: string; liveBytes: number }[], name: string): number {
  return rows
    .filter((row) => row.function === name)
    .reduce((bytes, { liveBytes }) => bytes + liveBytes, 0);
}

describe('buffers outside the heap', () => {
  it('are told by the line that made them, those that are gone apart', async () => {
    const { inuseAllocations, topAllocations, notByStack } = await vi.waitFor(async () => {
      const answer = await client.externalAllocations();
      expect(answer.unavailableReason).toBeNull();
      // What was dropped a moment ago is there until it is collected.
      expect(liveIn(answer.inuseAllocations, 'dropBuffers')).toBeLessThan(2e6);
      return answer;
    });
    const live = (name: string) => liveIn(inuseAllocations, name);
    const shares = [live('keepBuffers') / (256 * 64 * 1024), live('keepSmallBuffers') / 12_000_000];
    // By chance: some five standard deviations.
    for (const share of shares) expect(Math.abs(share - 1)).toBeLessThan(0.4);
    const [row] = inuseAllocations;
    expect(row).toMatchObject({ file: PROGRAM, origin: 'OWN', line: expect.any(Number) });
    expect(row!.liveMarginBytes).toBeLessThan(row!.liveBytes);
    const dropped = topAllocations.find((each) => each.function === 'dropBuffers');
    expect(dropped?.cumulativeBytes).toBeGreaterThan(8e6);
    expect(notByStack?.kinds).toContainEqual(expect.objectContaining({ kind: 'pprofql' }));
  });
});

describe('an allocation profile', () => {
  it('tells who allocates, freed objects included, and leaves the live table usable', async () => {
    const before = await liveArrays();
    const running = client.takeAllocationProfile({ seconds: 1.5 });
    await expect.poll(() => client.allocationProfileStatus()).not.toBeNull();
    expect(await client.takeAllocationProfile({ seconds: 1 })).toMatchObject({
      __typename: 'AllocationProfileAlreadyRunning',
      message: expect.stringContaining('cancelAllocationProfile'),
    });
    const profile = await running;
    if (profile.__typename !== 'TakenAllocationProfile') return expect.unreachable();
    const { bytes, callTree, topFunctions } = profile;
    const turns = profile.durationMs / TURN_MS;
    expect(bytes).toBeLessThan(1.3 * turns * 120 * ARRAY_BYTES);
    expect(bytes).toBeGreaterThan(10 * 120 * ARRAY_BYTES);
    // Of an inlined function, that is the one that called it.
    expect(topFunctions[0]!.file).toBe(PROGRAM);
    expect(topFunctions[0]!.selfPercent).toBeGreaterThan(50);
    const roots = callTree.filter(({ parent }) => parent === null);
    const inTree = roots.reduce((sum, { totalBytes }) => sum + totalBytes, 0);
    expect(inTree / bytes).toBeCloseTo(1, 3);

    const after = await liveArrays();
    expect(Math.abs(after / before - 1)).toBeLessThan(0.5);
  });

  async function liveArrays(): Promise<number> {
    const { inuseAllocations } = await client.pprof();
    const rows = inuseAllocations!.filter(({ frames }) =>
      frames.some(({ file, line }) => file === PROGRAM && line !== 0),
    );
    return rows.reduce((sum, { liveBytes }) => sum + liveBytes, 0);
  }

  it('can be ended early, and thrown away', async () => {
    const kept = client.takeAllocationProfile({ seconds: 60 });
    await expect.poll(() => client.allocationProfileStatus()).not.toBeNull();
    await expect.poll(() => client.cancelAllocationProfile({ keep: true })).toBe(true);
    expect(await kept).toMatchObject({ __typename: 'TakenAllocationProfile' });
    const gone = client.takeAllocationProfile({ seconds: 60 });
    await expect.poll(() => client.cancelAllocationProfile()).toBe(true);
    expect(await gone).toMatchObject({ __typename: 'AllocationProfileCancelled' });
    expect(await client.allocationProfileStatus()).toBeNull();
  });

  it('is refused for a time that is not allowed', async () => {
    await expect(client.takeAllocationProfile({ seconds: 61 })).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
  });

  it('is what /debug/pprof/allocs?seconds= gives', async () => {
    const answer = await fetch(new URL('debug/pprof/allocs?seconds=1', await program.url()));
    expect(answer.status).toBe(200);
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100);
  });
});
