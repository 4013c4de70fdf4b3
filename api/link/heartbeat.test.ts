import { once } from 'node:events';
import { setTimeout as later, setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  beatPeriodMs,
  type Gap,
  type Heartbeat,
  monotonicMs,
  readHeartbeat,
  startHeartbeat,
} from './heartbeat.ts';

const PERIOD_MS = 10;
const GAP_MS = 100;

describe('the heartbeat of a loop', () => {
  let heartbeat: Heartbeat;
  afterEach(() => heartbeat.stop());

  const lastBeatMs = () => readHeartbeat(heartbeat.shared).lastBeatMs;

  it('beats at once, and goes on while the loop turns', async () => {
    const startedMs = monotonicMs();
    heartbeat = startHeartbeat(PERIOD_MS, GAP_MS);
    expect(lastBeatMs()).toBeGreaterThanOrEqual(startedMs);
    await vi.waitFor(() => expect(lastBeatMs()).toBeGreaterThan(startedMs + 5 * PERIOD_MS));
  });

  function block(ms: number): void {
    const untilMs = monotonicMs() + ms;
    while (monotonicMs() < untilMs);
  }

  /** In each turn there is one beat at most. */
  async function beaten(): Promise<void> {
    const sinceMs = monotonicMs();
    while (lastBeatMs() < sinceMs) await nextTurn();
  }

  const gapsMs = () =>
    readHeartbeat(heartbeat.shared).gaps.map(({ startMs, endMs }) => endMs - startMs);

  it('beats also where somebody knows that the loop turns', () => {
    heartbeat = startHeartbeat(PERIOD_MS, GAP_MS);
    const blockedAtMs = monotonicMs();
    block(2 * GAP_MS);
    const freeAtMs = monotonicMs();
    heartbeat.beat();
    expect(lastBeatMs()).toBeGreaterThanOrEqual(freeAtMs);
    const [gap] = readHeartbeat(heartbeat.shared).gaps.slice(-1);
    expect(gap!.startMs).toBeLessThanOrEqual(blockedAtMs);
    expect(gap!.endMs).toBeGreaterThanOrEqual(freeAtMs);
  });

  it('keeps the bounds of a stretch in which the loop did not turn', async () => {
    heartbeat = startHeartbeat(PERIOD_MS, GAP_MS);
    const blockedAtMs = monotonicMs();
    block(2 * GAP_MS);
    const freeAtMs = monotonicMs();
    expect(lastBeatMs()).toBeLessThanOrEqual(blockedAtMs);
    await beaten();
    const isOfBlock = ({ startMs, endMs }: Gap) => startMs <= blockedAtMs && endMs >= freeAtMs;
    expect(readHeartbeat(heartbeat.shared).gaps.filter(isOfBlock)).toHaveLength(1);
  });

  it('keeps a long stretch when shorter ones follow before anybody reads', async () => {
    heartbeat = startHeartbeat(PERIOD_MS, GAP_MS);
    block(4 * GAP_MS);
    await beaten();
    for (let round = 0; round < 5; round += 1) {
      block(1.5 * GAP_MS);
      await beaten();
    }
    expect(gapsMs().length).toBeGreaterThanOrEqual(6);
    expect(Math.max(...gapsMs())).toBeGreaterThanOrEqual(4 * GAP_MS);
  });

  it('keeps the latest of more stretches than it has room for', async () => {
    heartbeat = startHeartbeat(1, 2);
    for (let round = 0; round < 20; round += 1) {
      block(5);
      await beaten();
    }
    const { gaps, lastBeatMs: beatMs } = readHeartbeat(heartbeat.shared);
    expect(gaps).toHaveLength(16);
    expect(gaps.at(-1)!.endMs).toBeLessThanOrEqual(beatMs);
    for (const [at, gap] of gaps.slice(1).entries()) {
      expect(gap.startMs).toBeGreaterThanOrEqual(gaps[at]!.endMs);
    }
  });

  it('stops when told to', async () => {
    heartbeat = startHeartbeat(PERIOD_MS, GAP_MS);
    heartbeat.stop();
    const stoppedMs = lastBeatMs();
    // The next beat would have been due before this.
    await later(2 * PERIOD_MS);
    expect(lastBeatMs()).toBe(stoppedMs);
  });

  it('is read on the clock of every thread', async () => {
    heartbeat = startHeartbeat(PERIOD_MS, GAP_MS);
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
