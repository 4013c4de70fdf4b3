import type * as PerfHooks from 'node:perf_hooks';
import { expect, it, vi } from 'vitest';

/** As Nodes have it that measure by a timer alone: an option they do not know is none. */
vi.doMock('node:perf_hooks', async (original) => {
  const { monitorEventLoopDelay, ...rest } = await original<typeof PerfHooks>();
  return {
    ...rest,
    monitorEventLoopDelay: ({ resolution = 10 }: { resolution?: number }) =>
      monitorEventLoopDelay({ resolution }),
  };
});
const { startEventLoopMonitor } = await import('./event-loop.ts');

it('is measured without a handle that counts among what keeps the program alive, also while it is calm', async () => {
  const monitor = startEventLoopMonitor();
  await vi.waitFor(
    () => expect(monitor.read({ closeInterval: true }).utilization).toBeLessThan(0.04),
    { timeout: 60_000 },
  );
  expect(process.getActiveResourcesInfo()).not.toContain('IntervalHistogram');
  monitor.stop();
}, 70_000);
