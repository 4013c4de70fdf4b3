/** Every pending promise of a whole program, by the truth that the program is written to. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../../client/index.ts';
import { Program } from '../../../scripts/testing/program.ts';
import { temporaryFolder } from '../../../scripts/testing/temporary-folder.ts';
import { startDiagnostics } from '../../start.ts';

const FIXTURE = new URL('../../../scripts/fixtures/exact/program.mjs', import.meta.url);
const PPROFQL_INDEX = new URL('../../index.ts', import.meta.url).href;
/** After a pause another may begin at once. */
const ROOMY = { PPROFQL_PAUSE_BUDGET_PERCENT: '100' };

async function start(args: string[], env: NodeJS.ProcessEnv = ROOMY) {
  const program = new Program([fileURLToPath(FIXTURE), PPROFQL_INDEX, ...args], { env });
  onTestFinished(() => program[Symbol.asyncDispose]());
  const [, url] = await program.printed(/^pprofql: (http\S+)$/m);
  return { program, url: url!, client: clientOf(url!) };
}

function clientOf(url: string): DiagnosticsClient {
  const client = createDiagnosticsClient({ url });
  onTestFinished(() => client.dispose());
  return client;
}

async function waits(client: Pick<DiagnosticsClient, 'goroutines'>) {
  const { groups, isExact } = await client.goroutines({ exact: true });
  const own = groups.filter(({ culprit }) => culprit?.file.endsWith('exact/program.mjs'));
  const stacks = own
    .filter(({ frames }) => frames.some((frame) => /Lock$/.test(frame.function)))
    .map(({ frames, count, stackKind }) => [
      `${stackKind} ${frames.map((frame) => frame.function).join(' < ')}`,
      count,
    ]);
  return { isExact, ...Object.fromEntries(stacks) };
}

async function blocked(client: Pick<DiagnosticsClient, 'eventLoop'>): Promise<void> {
  await expect.poll(async () => (await client.eventLoop()).state).not.toBe('RESPONSIVE');
}

const ALL = {
  isExact: true,
  'WAITS oldLock < oldCaller': 7,
  'WAITS newLock < newCaller': 2_000,
};

it('are told also where they are older than pprofql, or beyond the sampling', async () => {
  const { program, url, client } = await start([]);
  const { exactReadPauseMs } = await client.instrumentation();
  expect(exactReadPauseMs).toBeGreaterThan(50);
  await expect.poll(() => waits(client)).toEqual(ALL);
  // As a target of another pprofql it tells the same.
  const watching = await startDiagnostics({
    port: 0,
    asyncTracking: false,
    heapSampling: false,
    stallThresholdMs: 0,
    targets: [{ name: 'shop', url }],
  });
  onTestFinished(() => watching.stop());
  expect(await waits(clientOf(watching.url).target('shop'))).toEqual(ALL);
  expect(program.stderr).toBe('');
});

it('are told by a handler that is mounted in the program', async () => {
  const { program, client } = await start(['--mounted']);
  await expect.poll(() => waits(client)).toEqual(ALL);
  expect(program.stderr).toBe('');
});

it('are refused while the pause budget is spent, with the estimate', async () => {
  const { url, client } = await start([], { PPROFQL_PAUSE_BUDGET_PERCENT: '0.5' });
  await client.goroutines({ exact: true });
  const answer = await fetch(`${url}graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: '{ goroutines(exact: true) { totalGoroutines } }' }),
  });
  expect(await answer.json()).toMatchObject({
    data: { goroutines: null },
    errors: [
      {
        message: expect.stringMatching(/it would stop the program for about \d+ ms/),
        extensions: {
          code: 'PAUSE_BUDGET_SPENT',
          estimatedPauseMs: expect.any(Number),
          retryAfterMs: expect.any(Number),
        },
      },
    ],
  });
});

it('leave a read of the heap waiting for the pause budget that they have spent', async () => {
  const { url, client } = await start([], { PPROFQL_PAUSE_BUDGET_PERCENT: '2' });
  expect((await fetch(`${url}debug/pprof/heap`)).status).toBe(200);
  await vi.waitFor(() => client.goroutines({ exact: true }));
  const read = await fetch(`${url}debug/pprof/heap?gc=1`);
  // Where they took very long, it is refused with the time.
  const isAsMeant = read.ok || (await read.text()).includes('pauseBudgetPercent');
  expect(isAsMeant).toBe(true);
});

it('are told as soon as a loop that is blocked for a moment turns again', async () => {
  const { program, client } = await start([], { ...ROOMY, PPROFQL_STALL_MS: '100' });
  const free = join(temporaryFolder(), 'free');
  program.write(`block ${free}`);
  await blocked(client);
  const asked = waits(client);
  writeFileSync(free, '');
  expect(await asked).toEqual(ALL);
});

it('are refused where the loop stays blocked', async () => {
  const { program, client } = await start([]);
  program.write('block');
  await blocked(client);
  await expect(client.goroutines({ exact: true })).rejects.toMatchObject({
    code: 'PROCESS_NOT_RESPONDING',
  });
});
