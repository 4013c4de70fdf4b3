import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as later } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { DiagnosticsOptions } from '../base/options/options.ts';
import { resolveOptions } from '../base/options/resolve.ts';
import { createNodeProbe } from '../probe/node-probe.ts';
import { type KeptSidecar, keepSidecar, type SidecarWaits } from './keeper.ts';

/** A kept sidecar of this thread, and every thread that was started for it, the newest last. */
async function keep(
  waits: SidecarWaits,
  more: DiagnosticsOptions = {},
): Promise<KeptSidecar & { threads: Worker[] }> {
  const threads: Worker[] = [];
  const note = (worker: Worker) => threads.push(worker);
  process.on('worker', note);
  const options = resolveOptions({ port: 0, asyncTracking: false, heapSampling: false, ...more });
  const probe = createNodeProbe(options);
  const sidecar = await keepSidecar(probe, options, waits);
  onTestFinished(async () => {
    await sidecar.stop();
    probe.stop();
    process.off('worker', note);
  });
  return { ...sidecar, threads };
}

/** The page itself would load what GraphQL needs. */
const answer = (url: string) => fetch(`${url}debug/pprof/cmdline`);

describe('a sidecar that has ended', () => {
  it('is started again at the same address', async () => {
    const { url, threads } = await keep({ firstWaitMs: 10 });
    await answer(url);
    await threads[0]!.terminate();
    await expect(answer(url)).rejects.toThrow();
    await vi.waitFor(() => answer(url));
    expect(threads).toHaveLength(2);
  });

  it('is waited for longer each time, up to the longest wait', async () => {
    const { threads } = await keep({ firstWaitMs: 100, longestWaitMs: 300 });
    const waitsMs: number[] = [];
    for (let round = 0; round < 4; round += 1) {
      // All but the first end in the middle of their start.
      await threads.at(-1)!.terminate();
      const endedMs = performance.now();
      await once(process, 'worker');
      waitsMs.push(performance.now() - endedMs);
    }
    // Node may count the time of the thread's last moments as waited.
    const shortestMs = [90, 190, 290, 290];
    expect(waitsMs.filter((waitMs, round) => waitMs < shortestMs[round]!)).toEqual([]);
  });

  it('comes back to its port alone, however long another has it', async () => {
    const { url, threads } = await keep({ firstWaitMs: 200, longestWaitMs: 200 });
    const { port, hostname } = new URL(url);
    await threads[0]!.terminate();
    const other = createServer().listen(Number(port), hostname);
    await once(other, 'listening');
    await vi.waitFor(() => expect(threads.length).toBeGreaterThan(2));
    other.close();
    await vi.waitFor(() => answer(url));
  });

  it('is not started again once it is stopped', async () => {
    const { url, threads, stop } = await keep({ firstWaitMs: 10 });
    await threads[0]!.terminate();
    await stop();
    // The next start would have been due before this.
    await later(20);
    expect(threads).toHaveLength(1);
    await expect(answer(url)).rejects.toThrow();
  });

  it('is stopped in the middle of its next start', async () => {
    const { url, threads, stop } = await keep({ firstWaitMs: 10 });
    await threads[0]!.terminate();
    await once(process, 'worker');
    await stop();
    await expect(answer(url)).rejects.toThrow();
    expect(threads).toHaveLength(2);
    expect(threads[1]!.threadId).toBe(-1);
  });
});

/** Keeps a thread busy that looks for names made of a's alone, for as long as the universe is old. */
function aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab() {
  return new Promise(() => {});
}
const ENDLESS = { category: 'BACKGROUND', function: /^(a+)+$/ } as const;

describe('a sidecar that hangs', () => {
  it('is ended and started again, also in an endless regular expression', async () => {
    const rules = { asyncTracking: true, categoryRules: [ENDLESS] };
    const { url, threads } = await keep({ firstWaitMs: 10, pulseLookMs: 800 }, rules);
    const waiting = aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab();
    const hanging = fetch(`${url}debug/pprof/goroutine?debug=2`);
    await expect(hanging).rejects.toThrow();
    await vi.waitFor(() => answer(url));
    expect(threads.length).toBeGreaterThan(1);
    expect(waiting).toBeInstanceOf(Promise);
  });
});
