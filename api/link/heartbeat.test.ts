import { once } from 'node:events';
import { setTimeout as later, setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  beatPeriodMs,
  type Heartbeat,
  monotonicMs,
  readHeartbeat,
  startHeartbeat,
} from './heartbeat.ts';

const PERIOD_MS = 10;

describe('the heartbeat of a loop', () => {
  let heartbeat: Heartbeat;
  afterEach(() => heartbeat.stop());

  const lastBeatMs = () => readHeartbeat(heartbeat.shared).lastBeatMs;

  it('beats at once, and goes on while the loop turns', async () => {
    const startedMs = monotonicMs();
    heartbeat = startHeartbeat(PERIOD_MS);
    expect(lastBeatMs()).toBeGreaterThanOrEqual(startedMs);
    await vi.waitFor(() => expect(lastBeatMs()).toBeGreaterThan(startedMs + 5 * PERIOD_MS));
  });

  it('keeps the bounds of the last stretch in which the loop did not turn', async () => {
    heartbeat = startHeartbeat(PERIOD_MS);
    const blockedAtMs = monotonicMs();
    while (monotonicMs() < blockedAtMs + 20 * PERIOD_MS);
    const freeAtMs = monotonicMs();
    expect(lastBeatMs()).toBeLessThanOrEqual(blockedAtMs);
    // In each turn there is one beat at most, so that no shorter stretch takes the place of this one.
    while (lastBeatMs() < freeAtMs) await nextTurn();
    const { gapStartMs, gapEndMs } = readHeartbeat(heartbeat.shared);
    expect(gapEndMs - gapStartMs).toBeGreaterThanOrEqual(20 * PERIOD_MS);
  });

  it('stops when told to', async () => {
    heartbeat = startHeartbeat(PERIOD_MS);
    heartbeat.stop();
    const stoppedMs = lastBeatMs();
    // The next beat would have been due before this.
    await later(2 * PERIOD_MS);
    expect(lastBeatMs()).toBe(stoppedMs);
  });

  it('is read on the clock of every thread', async () => {
    heartbeat = startHeartbeat(PERIOD_MS);
    const before = monotonicMs();
    const source = `require('node:worker_threads').parentPort.postMessage(process.hrtime.bigint())`;
    const [onOtherThreadNs] = await once(new Worker(source, { eval: true }), 'message');
    const onOtherThreadMs = Number(onOtherThreadNs) / 1e6;
    expect(onOtherThreadMs).toBeGreaterThan(before);
    expect(onOtherThreadMs).toBeLessThan(monotonicMs());
  });

  it.each([
    [1_000, 250],
    [200, 50],
    [1, 10],
    [60_000, 250],
  ])('beats for a threshold of %i ms every %i ms', (thresholdMs, periodMs) => {
    expect(beatPeriodMs(thresholdMs)).toBe(periodMs);
  });
});
