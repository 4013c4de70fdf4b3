/** The first answers of a program whose heap takes longer to read than a stall may last. */
import { expect, it } from 'vitest';
import { launchObserved } from '../../../scripts/testing/program.ts';

/** Each value of such a chain lives by the key before it, which V8 finds out one after the other. */
const SLOW_TO_COLLECT = `
const chain = new WeakMap();
const first = {};
for (let i = 0, key = first; i < 200_000; i += 1) {
  const next = {};
  chain.set(key, next);
  key = next;
}
setInterval(() => [chain, first], 1_000);
console.log('ready');
`;

const MEMORY = '{ pprof { inuseAllocations { function } } externalAllocations { readAt } }';
const OTHERS = '{ requests { id } routes { route } goroutines { totalGoroutines } }';
const EXACTLY = '{ goroutines(exact: true) { totalGoroutines } }';

it('are waited for while the heap is read, by whom has asked for it and by others', async () => {
  await using program = launchObserved(['--eval', SLOW_TO_COLLECT], {
    env: { PPROFQL_STALL_MS: '50', PPROFQL_PAUSE_BUDGET_PERCENT: '100' },
  });
  await program.printed(/ready/);
  // V8 collects by itself what the start has left, for as long.
  await expect
    .poll(() => program.ask('{ eventLoop { state } }'))
    .toEqual({ eventLoop: { state: 'RESPONSIVE' } });
  const asked = [MEMORY, OTHERS, EXACTLY].map((query) => program.ask(query));
  expect(await Promise.all(asked)).toMatchObject([
    { pprof: { inuseAllocations: expect.any(Array) } },
    { requests: [], goroutines: { totalGoroutines: expect.any(Number) } },
    { goroutines: { totalGoroutines: expect.any(Number) } },
  ]);
});
