/**
 * Vitest whose `NODE_OPTIONS` have the flag: it and its workers are left alone, unless its own command has the flag too.
 * Jest has a test of its own, for which it is installed.
 */
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { observed, Program, REGISTER } from '../../../scripts/testing/program.ts';
import { WITHOUT_OURS } from '../../../scripts/testing/without-ours.ts';

const TESTS = fileURLToPath(new URL('../../../scripts/fixtures/test-runners/', import.meta.url));
const WAITING = fileURLToPath(new URL('../../../scripts/fixtures/waiting-tests/', import.meta.url));
const VITEST = fileURLToPath(new URL('../../../node_modules/vitest/vitest.mjs', import.meta.url));

const FLAG = { NODE_OPTIONS: `--import ${REGISTER}` };

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
    const [without, passedOver] = await Promise.all([outcomeOf(pool, {}), outcomeOf(pool, FLAG)]);
    expect(without.tests.match(/^(?:not )?ok .*?(?= #)/gm)).toEqual([
      'ok 1 - shop.spec.js > a shop > adds up',
      'ok 2 - shop.spec.js > a shop > has a worker thread',
      'not ok 3 - shop.spec.js > a shop > fails',
    ]);
    expect(without.code).toBe(1);
    expect(passedOver).toEqual(without);
  });

  it.each([
    { pool: 'forks', kind: 'NODE', title: /^child-\d+ of .+$/ },
    { pool: 'threads', kind: 'NODE_THREAD', title: /^worker-\d+ of .+$/ },
  ])(
    'has a target for each of its two workers, in $pool, where its command has the flag too',
    async ({ pool, kind, title }) => {
      const cwd = mkdtempSync(join(tmpdir(), 'pprofql-test-runners-'));
      try {
        cpSync(WAITING, cwd, { recursive: true });
        const args = ['run', '--globals', `--pool=${pool}`, '--maxWorkers=2'];
        await using runner = new Program(observed([VITEST, ...args]), {
          cwd,
          env: { ...WITHOUT_OURS, ...FLAG },
        });
        await vi.waitUntil(() =>
          ['bread-waits', 'milk-waits'].every((file) => existsSync(join(cwd, file))),
        );
        const worker = { kind, title: expect.stringMatching(title), parent: { name: 'self' } };
        await vi.waitFor(async () =>
          expect(await runner.ask('{ targets { kind title parent { name } } }')).toEqual({
            targets: [{ kind: 'NODE', title: null, parent: null }, worker, worker],
          }),
        );
        writeFileSync(join(cwd, 'go'), '');
        const { code, stderr } = await runner.ended;
        expect({ code, stderr }).toEqual({ code: 0, stderr: `pprofql: ${await runner.url()}\n` });
      } finally {
        rmSync(cwd, { recursive: true });
      }
    },
  );
});
