/**
 * Programs that replace or delete what pprofql itself needs: fake timers, frozen clocks, missing
 * globals. They end as they would, and are observed as others are.
 * `PPROFQL_TEST_NODE` is the Node they run on. @default the one that runs the tests
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { launchObserved } from '../../../scripts/testing/program.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/hostile/replaces-built-ins.js', import.meta.url),
);
const PRELOAD = fileURLToPath(
  new URL('../../../scripts/fixtures/hostile/breaks-a-built-in.cjs', import.meta.url),
);
const QUERY = `{
  instrumentation { overheadPercent overheadBudgetPercent samplingRate dutyCycle }
  pprof { memory { alloc } history { sequence } }
  goroutines { totalGoroutines }
  eventLoop { state }
}`;

const TABLES = '{ pprof { inuseAllocations { bytes } } }';
const OUTSIDE = '{ externalAllocations { readAt } requests { id } routes { route } }';
const TASKS = '{ goroutines { totalGoroutines } }';
const PROFILE = 'mutation { takeCpuProfile(seconds: 0.1) { ... on CpuProfile { id busyMs } } }';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pprofql-built-ins-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Answer {
  instrumentation: {
    overheadPercent: number;
    overheadBudgetPercent: number;
    samplingRate: number;
    dutyCycle: number;
  };
  eventLoop: { state: string };
}

describe.concurrent.each(['frozen', 'throwing'])(
  'a program whose clocks and built-ins are %s',
  (way) => {
    it('is observed within the budget, and ends as it would', async () => {
      await using program = launchObserved(
        ['--disable-warning=ExperimentalWarning', PROGRAM, way],
        {
          env: { PPROFQL_INTERVAL_MS: '100' },
        },
      );
      const url = await program.url();
      await vi.waitFor(async () => {
        const { eventLoop, instrumentation } = await program.ask<Answer>(QUERY);
        expect(eventLoop.state).toBe('RESPONSIVE');
        const { overheadPercent, samplingRate, dutyCycle } = instrumentation;
        expect(overheadPercent).toBeGreaterThan(0);
        expect(samplingRate * dutyCycle).toBeLessThan(1);
      });
      for (const question of [TABLES, OUTSIDE, TASKS, PROFILE]) await program.ask(question);

      const { code, stdout, stderr } = await program.end();
      expect(stdout).toBe('ended as it would\n');
      expect(stderr).toBe(`pprofql: ${url}\n`);
      expect(code).toBe(7);
    });
  },
);

describe('a program that has crippled built-ins from its first line on', () => {
  it('ends as it would, with one line on stderr, also when it was asked', async () => {
    await using program = launchObserved(
      ['--disable-warning=ExperimentalWarning', PROGRAM, 'crippled'],
      { env: { PPROFQL_INTERVAL_MS: '100' } },
    );
    const url = await program.url();
    for (const question of [TABLES, TASKS, PROFILE]) {
      await program.ask(question).catch(() => {});
    }
    const { code, stdout, stderr } = await program.end();
    expect(stderr).toBe(`pprofql: ${url}\n`);
    expect(stdout).toBe('ended as it would\n');
    expect(code).toBe(7);
  });
});

describe('a program whose built-ins another preload has broken', () => {
  const NODE_ARGUMENTS = ['--disable-warning=ExperimentalWarning', '--require', PRELOAD];
  const SOURCE = `
    require('node:fs').readFileSync(__filename);
    setTimeout(() => {
      require('node:fs').writeSync(1, 'ended as it would');
      process.exitCode = 7;
    }, 100);
  `;

  // Without `Promise` Node 22 itself ends, and without `Object.defineProperty` it cannot strip types, nor can 24.
  it.each(['Array.isArray', 'Map', 'Reflect.apply', 'Set', 'Symbol', 'WeakMap'])(
    'runs as it would, with one line that names %s',
    async (name) => {
      const file = join(folder, 'program.cjs');
      await writeFile(file, SOURCE);
      await using program = launchObserved([...NODE_ARGUMENTS, file], { env: { BROKEN: name } });
      const { code, stdout, stderr } = await program.end();
      expect(stderr).toBe(
        `pprofql: nothing is started, since ${name} was replaced by what does not work\n`,
      );
      expect({ stdout, code }).toEqual({ stdout: 'ended as it would', code: 7 });
    },
  );

  it('gets no line where pprofql is switched off', async () => {
    const file = join(folder, 'program.cjs');
    await writeFile(file, SOURCE);
    const env = { BROKEN: 'Map', PPROFQL: 'off' };
    await using program = launchObserved([...NODE_ARGUMENTS, file], { env });
    const { code, stderr } = await program.end();
    expect({ stderr, code }).toEqual({ stderr: '', code: 7 });
  });
});

describe('a program that replaces built-ins for a while', () => {
  it('is answered by one clear error meanwhile, and as ever afterwards', async () => {
    await using program = launchObserved(
      ['--disable-warning=ExperimentalWarning', PROGRAM, 'replacing'],
      { env: { PPROFQL_PAUSE_BUDGET_PERCENT: '100' } },
    );
    const url = await program.url();
    const said = (line: string) => {
      program.write(line);
      return program.printed(new RegExp(`did ${line}`));
    };

    await said('replace');
    const errors: string[] = [];
    for (const question of [TABLES, TASKS, PROFILE]) {
      // What was read just before may still be told.
      await program.ask(question).catch((error: Error) => errors.push(error.message));
    }
    expect(errors).not.toEqual([]);
    for (const message of errors) {
      expect(message).toMatch(
        /the observed program has replaced or deleted Array\.prototype\.map or Set\.prototype\.add/,
      );
    }

    await said('restore');
    const { pprof } = await program.ask<{ pprof: { inuseAllocations: unknown[] | null } }>(TABLES);
    expect(pprof.inuseAllocations).not.toBeNull();
    await program.ask(TASKS);
    await program.ask(PROFILE);
    const { code, stderr } = await program.end();
    expect(stderr).toBe(`pprofql: ${url}\n`);
    expect(code).toBe(7);
  });
});
