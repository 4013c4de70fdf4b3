/** What a program that does nothing notices of being observed: how often its loop turns. */
import { expect, it } from 'vitest';
import { launchObserved } from '../../../scripts/testing/program.ts';

/** Prints how often its loop turned in the second before. */
const COUNTS_TURNS = `
  import { performance } from 'node:perf_hooks';
  import { createServer } from 'node:http';
  createServer().listen(0, '127.0.0.1');
  let before = 0;
  setInterval(() => {
    const { loopCount } = performance.nodeTiming.uvMetricsInfo;
    console.log(loopCount - before);
    before = loopCount;
  }, 1_000);
`;

/** Short delays, as a busy machine has them, are watched for closely; that is left out. */
const WITHOUT_STALLS = { PPROFQL_STALL_MS: '0' };

it('wakes a program that nobody asks for anything a few times a second', async () => {
  await using program = launchObserved(['--input-type=module', '--eval', COUNTS_TURNS], {
    env: { ...WITHOUT_STALLS, PPROFQL_INTERVAL_MS: '2000' },
  });
  const seconds = () => program.stdout.split('\n').slice(0, -1).map(Number);
  await expect.poll(() => seconds().length, { timeout: 60_000 }).toBeGreaterThan(10);
  const mostTurns = () => Math.max(...seconds().slice(-3));
  await expect.poll(mostTurns, { timeout: 120_000 }).toBeLessThan(10);
});
