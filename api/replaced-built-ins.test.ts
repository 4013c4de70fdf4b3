/**
 * Programs that replace or delete what pprofql itself needs: fake timers, frozen clocks, missing
 * globals. They end as they would, and are observed as others are.
 * `PPROFQL_TEST_NODE` is the Node they run on. @default the one that runs the tests
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';

const NODE = process.env.PPROFQL_TEST_NODE ?? process.execPath;
const REGISTER = fileURLToPath(new URL('./register.ts', import.meta.url));
const PROGRAM = fileURLToPath(
  new URL('../scripts/fixtures/hostile/replaces-built-ins.js', import.meta.url),
);
/** A busy machine takes its time to start two threads. */
const TIMEOUT_MS = 100_000;
const PATIENCE = { timeout: 45_000, interval: 100 };

const QUERY = `{
  instrumentation { overheadPercent overheadBudgetPercent samplingRate dutyCycle }
  pprof { memory { alloc } history { sequence } }
  goroutines { totalGoroutines }
  eventLoop { state }
}`;

interface Answer {
  instrumentation: {
    overheadPercent: number;
    overheadBudgetPercent: number;
    samplingRate: number;
    dutyCycle: number;
  };
  eventLoop: { state: string };
}

let kill = () => {};
afterEach(() => kill());

describe.each(['frozen', 'throwing'])('a program whose clocks and built-ins are %s', (way) => {
  it(
    'is observed within the budget, and ends as it would',
    async () => {
      const flags = ['--disable-warning=ExperimentalWarning', '--import', REGISTER];
      const child = spawn(NODE, [...flags, PROGRAM, way], {
        env: { ...process.env, PPROFQL_PORT: '0', PPROFQL_INTERVAL_MS: '100' },
      });
      kill = () => child.kill('SIGKILL');
      let stdout = '';
      let stderr = '';
      child.stdout.on('data', (chunk) => (stdout += chunk));
      child.stderr.on('data', (chunk) => (stderr += chunk));
      const closed = once(child, 'close');

      const url = await vi.waitFor(() => {
        const [, found] = /^pprofql: (\S+)\n/.exec(stderr) ?? [];
        expect(found, stderr).toBeDefined();
        return found!;
      }, PATIENCE);
      await vi.waitFor(async () => {
        const response = await fetch(`${url}graphql`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query: QUERY }),
        });
        const { data, errors } = (await response.json()) as { data: Answer; errors?: unknown };
        expect(errors).toBeUndefined();
        expect(data.eventLoop.state).toBe('RESPONSIVE');
        const { overheadPercent, samplingRate, dutyCycle } = data.instrumentation;
        expect(overheadPercent).toBeGreaterThan(0);
        expect(samplingRate * dutyCycle).toBeLessThan(1);
      }, PATIENCE);

      child.stdin.end();
      const [code] = await closed;
      expect(stdout).toBe('ended as it would\n');
      expect(stderr).toBe(`pprofql: ${url}\n`);
      expect(code).toBe(7);
    },
    TIMEOUT_MS,
  );
});
