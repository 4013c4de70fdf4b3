import { afterEach, describe, expect, it, vi } from 'vitest';
import { DELAY_PERIOD_MS, type EventLoopMonitor, startEventLoopMonitor } from './event-loop.ts';

const BLOCK_MS = 200;

function block(): void {
  const endMs = performance.now() + BLOCK_MS;
  while (performance.now() < endMs);
}

describe('the monitor of the event loop', () => {
  const monitors: EventLoopMonitor[] = [];
  afterEach(() => {
    for (const monitor of monitors.splice(0)) monitor.stop();
  });

  function start(): EventLoopMonitor {
    const monitor = startEventLoopMonitor();
    monitors.push(monitor);
    return monitor;
  }

  const peek = (monitor: EventLoopMonitor) => monitor.read({ closeInterval: false });

  const firstSample = (monitor: EventLoopMonitor) =>
    vi.waitFor(() => expect(peek(monitor).delayMaxMs).not.toBeNull());

  it('knows no delay before its first sample', () => {
    expect(peek(start())).toMatchObject({ delayP50Ms: null, delayP99Ms: null, delayMaxMs: null });
  });

  it('sees a block of 200 ms, but for the part before its timer was due', async () => {
    const monitor = start();
    await firstSample(monitor);
    block();
    await vi.waitFor(() => {
      const delayMaxMs = peek(monitor).delayMaxMs ?? 0;
      expect(delayMaxMs).toBeGreaterThan(BLOCK_MS - DELAY_PERIOD_MS - 5);
    });
    const { delayP50Ms, delayP99Ms, delayMaxMs } = peek(monitor);
    expect(delayP50Ms).toBeLessThanOrEqual(delayP99Ms!);
    // The histogram rounds a percentile up to the end of its bucket.
    expect(delayP99Ms).toBeLessThanOrEqual(delayMaxMs! * 1.1);
  });

  it('sees a block also after an interval in which the loop was calm', async () => {
    const monitor = start();
    await vi.waitFor(() =>
      expect(monitor.read({ closeInterval: true }).utilization).toBeLessThan(0.05),
    );
    await firstSample(monitor);
    block();
    // The timer may have been late before, on a machine with much to do.
    await vi.waitFor(() => expect(peek(monitor).delayMaxMs).toBeGreaterThan(BLOCK_MS / 4));
  });

  it('forgets a block with the interval it was in', async () => {
    const monitor = start();
    await firstSample(monitor);
    block();
    await vi.waitFor(() => expect(peek(monitor).delayMaxMs).toBeGreaterThan(100));
    expect(monitor.read({ closeInterval: true }).delayMaxMs).toBeGreaterThan(100);
    expect(peek(monitor).delayMaxMs).toBeNull();
  });

  it('counts a block that ends in the turn that closes an interval in the next one', async () => {
    const monitor = start();
    await firstSample(monitor);
    block();
    monitor.read({ closeInterval: true });
    await vi.waitFor(() => expect(peek(monitor).delayMaxMs).toBeGreaterThan(100));
  });

  it('reads utilization over the interval', async () => {
    const monitor = start();
    await firstSample(monitor);
    monitor.read({ closeInterval: true });
    block();
    const busy = monitor.read({ closeInterval: true }).utilization;
    expect(busy).toBeGreaterThan(0.5);
    expect(busy).toBeLessThanOrEqual(1);
    await vi.waitFor(() => expect(peek(monitor).utilization).toBeLessThan(0.5));
  });

  it('is a number also over an interval of no length', () => {
    const monitor = start();
    monitor.read({ closeInterval: true });
    expect(monitor.read({ closeInterval: true }).utilization).toBeGreaterThanOrEqual(0);
  });

  it('does not share intervals with another monitor', async () => {
    const [one, other] = [start(), start()];
    await firstSample(other);
    one.read({ closeInterval: true });
    expect(peek(other).delayMaxMs).not.toBeNull();
  });
});
