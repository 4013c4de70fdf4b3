/** Runners of tests whose `NODE_OPTIONS` have the flag: they and their workers are left alone. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { Program, REGISTER } from '../../../scripts/testing/program.ts';

const TESTS = fileURLToPath(new URL('../../../scripts/fixtures/test-runners/', import.meta.url));
const VITEST = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));

/** What the runner of these tests tells its own workers by is not meant for the one that they start. */
const WITHOUT_OURS = Object.fromEntries(
  Object.keys(process.env)
    .filter((name) => /^(?:VITEST|TEST$|NODE_ENV$|NODE_OPTIONS$|TINYPOOL)/.test(name))
    .map((name) => [name, undefined]),
);

/** In a folder of its own: it writes beside the tests. */
async function outcomeOf(pool: string, env: NodeJS.ProcessEnv) {
  const folder = mkdtempSync(join(tmpdir(), 'pprofql-test-runners-'));
  try {
    cpSync(TESTS, folder, { recursive: true });
    const args = ['run', '--globals', '--reporter=tap-flat', `--pool=${pool}`];
    await using runner = new Program([VITEST, ...args], {
      cwd: folder,
      env: { ...WITHOUT_OURS, ...env },
    });
    const { code, stdout, stderr } = await runner.ended;
    return { code, stderr, tests: stdout.replaceAll(/time=[\d.]+ms/g, '').replaceAll(folder, '') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe.concurrent('Vitest, from whose NODE_OPTIONS everything that it starts has the flag', () => {
  it.each(['forks', 'threads', 'vmThreads'])('runs as without, in %s', async (pool) => {
    const flag = { NODE_OPTIONS: `--import ${REGISTER}` };
    const [without, observed] = await Promise.all([outcomeOf(pool, {}), outcomeOf(pool, flag)]);
    expect(without.tests.match(/^(?:not )?ok .*?(?= #)/gm)).toEqual([
      'ok 1 - shop.spec.js > a shop > adds up',
      'ok 2 - shop.spec.js > a shop > has a worker thread',
      'not ok 3 - shop.spec.js > a shop > fails',
    ]);
    expect(without.code).toBe(1);
    expect(observed).toEqual(without);
  });
});
