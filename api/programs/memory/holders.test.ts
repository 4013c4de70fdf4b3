/** Who holds what a real program has allocated. */
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  createDiagnosticsClient,
  type DiagnosticsClient,
  type Holders,
} from '../../../client/index.ts';
import { Program } from '../../../scripts/testing/program.ts';

const FIXTURE = fileURLToPath(
  new URL('../../../scripts/fixtures/holds/program.mjs', import.meta.url),
);
const REGISTER = new URL('../../register.ts', import.meta.url).href;
/** Its own, since what other processes that were killed have left behind is of no interest. */
const TEMPORARY = mkdtempSync(join(tmpdir(), 'pprofql-holders-'));
/** A sample every 8 kB, so that a small heap will do: as many as of a leak of a hundred megabytes. */
const ENV = {
  PPROFQL_PORT: '0',
  TMPDIR: TEMPORARY,
  PPROFQL_HEAP_SAMPLING_INTERVAL_BYTES: '8192',
  PPROFQL_PAUSE_BUDGET_PERCENT: '100',
};
/** V8 may put the function into its caller at any time, and leave few samples that tell of it. */
const NOT_JOINED = ['--no-opt', '--no-maglev'];
const AGREED_MS = 600_000;

let program: Program;
let client: DiagnosticsClient;
let url: string;
let allocation: string;
let found: Holders;

beforeAll(async () => {
  program = new Program([...NOT_JOINED, '--import', REGISTER, FIXTURE], { env: ENV });
  url = await program.url();
  client = createDiagnosticsClient({ url });
  await program.printed(/^ready$/m);
  const { inuseAllocations } = await client.pprof();
  const rows = inuseAllocations!.filter(({ frames }) =>
    frames.some((frame) => frame.function === 'rememberSession'),
  );
  const [row] = rows.sort((a, b) => b.samples! - a.samples!);
  allocation = row!.id;
});

afterAll(async () => {
  client?.dispose();
  await program?.[Symbol.asyncDispose]();
  rmSync(TEMPORARY, { recursive: true, force: true });
});

it('refuses what nobody has agreed to, with what it would cost', async () => {
  const estimate = await client.holdersEstimate();
  expect(estimate.pauseMs).toBeGreaterThan(100);
  await expect(client.holders(allocation, { maxPauseMs: 10 })).rejects.toMatchObject({
    code: 'PAUSE_BUDGET_SPENT',
    message: expect.stringMatching(/stop the program for about \d+ ms/),
  });
  const answer = await fetch(`${url}graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: `{ holders(allocation: "${allocation}") { id } }` }),
  });
  expect(await answer.json()).toMatchObject({
    data: { holders: null },
    errors: [
      {
        extensions: {
          code: 'PAUSE_BUDGET_SPENT',
          estimatedPauseMs: expect.any(Number),
          estimatedMemoryBytes: expect.any(Number),
        },
      },
    ],
  });
});

it('names the variable, its class and its file, with how much it holds', async () => {
  found = await client.holders(allocation, { maxPauseMs: AGREED_MS });
  expect(found.paths[0]!.sentence).toMatch(
    /^`sessions` Map in \S+program\.mjs, 20,000 entries, \d+ %$/,
  );
  expect(found.paths[0]!.steps).toMatchObject([
    {
      kind: 'VARIABLE',
      name: 'sessions',
      className: 'Map',
      path: 'scripts/fixtures/holds/program.mjs',
    },
  ]);
  expect(found.tree[0]).toMatchObject({ parent: null, name: 'sessions' });
  expect(JSON.stringify(found)).not.toContain('token-');
});

it('keeps what it found, and nothing of the snapshot', async () => {
  const kept = await client.query<{ holders: { id: string } }>(
    'query ($of: ID!) { holders(allocation: $of) { id } }',
    { of: allocation },
  );
  expect(kept.holders.id).toBe(found.id);
  expect(await client.holdersStatus()).toBeNull();
  expect(await client.cancelHolders()).toBe(false);
  const left = readdirSync(TEMPORARY).filter((name) =>
    existsSync(join(TEMPORARY, name, 'process.heapsnapshot')),
  );
  expect(left).toEqual([]);
});

it('says that there is no such allocation', async () => {
  await expect(client.holders('nobody', { maxPauseMs: AGREED_MS })).rejects.toMatchObject({
    code: 'NOT_FOUND',
  });
});
