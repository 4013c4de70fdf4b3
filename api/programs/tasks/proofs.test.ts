/** Which tasks of a real program nobody can settle any more. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../../client/index.ts';
import { Program } from '../../../scripts/testing/program.ts';

const FIXTURE = fileURLToPath(
  new URL('../../../scripts/fixtures/proofs/program.mjs', import.meta.url),
);
const REGISTER = new URL('../../register.ts', import.meta.url).href;
const AGREED_MS = 600_000;

let program: Program;
let client: DiagnosticsClient;

beforeAll(async () => {
  program = new Program(['--import', REGISTER, FIXTURE], {
    env: { PPROFQL_PORT: '0', PPROFQL_PAUSE_BUDGET_PERCENT: '100' },
  });
  client = createDiagnosticsClient({ url: await program.url() });
  await program.printed(/^ready$/m);
});

afterAll(async () => {
  client?.dispose();
  await program?.[Symbol.asyncDispose]();
});

it('refuses what nobody has agreed to, with what it would cost', async () => {
  await expect(client.proveTasks({ maxPauseMs: 10 })).rejects.toMatchObject({
    code: 'PAUSE_BUDGET_SPENT',
    message: expect.stringMatching(/stop the program for about \d+ ms/),
  });
});

it('tells them apart from those that merely wait, and says for what these do', async () => {
  const proofs = await client.proveTasks({ maxPauseMs: AGREED_MS });
  const path = 'scripts/fixtures/proofs/program.mjs';
  expect(proofs.functions.filter(({ isStuck }) => isStuck)).toMatchObject([
    {
      function: 'askForgotten',
      path,
      line: 13,
      count: 30,
      sentence: 'nobody can settle it any more',
    },
  ]);
  expect(proofs.functions).toContainEqual(
    expect.objectContaining({
      function: 'waitForTurn',
      count: 30,
      isStuck: false,
      sentence: `still waits for what \`queue\` Array in ${path} can settle`,
    }),
  );
  expect(proofs.stuck).toBe(30);
  expect(await client.holdersStatus()).toBeNull();
});

it('makes them a leak after a single run of the work', async () => {
  let runs = 0;
  async function work() {
    runs += 1;
    const done = program.nextLine();
    program.write('forget');
    await done;
  }
  await expect(client.expectNoLeaks(work, { proof: true })).rejects.toMatchObject({
    name: 'LeakFoundError',
    leaks: [
      {
        kind: 'tasks',
        count: 20,
        place: { function: 'askForgotten', line: 13 },
        verdicts: ['nobody can settle it any more'],
      },
    ],
  });
  // One of them to warm up.
  expect(runs).toBe(2);
});
