import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { resolveOptions } from '../../base/options/resolve.ts';
import type { DeliveredPoint } from '../../diagnostics/history/point.ts';
import { readGoMemStats } from '../../profile/decode/legacy-heap-text.ts';
import { fakeDiagnostics } from '../../server/testing/fake-diagnostics.ts';
import { goReading } from '../go/figures.ts';
import { withTargets } from '../list.ts';
import { METRICS, memStatsText, serveFakeGo, status, text } from '../testing/fake-go-server.ts';
import { createTargetHistory } from './history.ts';

const INTERVAL_MS = 20;
const FIGURES = '/debug/pprof/heap?debug=1';

async function watchHistory(keepHistory = false) {
  const server = await serveFakeGo();
  const list = withTargets(
    fakeDiagnostics(),
    resolveOptions(
      {
        intervalMs: INTERVAL_MS,
        targets: [{ name: 'shop', url: server.url, kind: 'GO', keepHistory }],
      },
      {},
    ),
  );
  const ending = new AbortController();
  onTestFinished(async () => {
    ending.abort();
    list.stopTargets();
    await server[Symbol.asyncDispose]();
  });
  const shop = list.target('shop');
  const points = shop.metricsHistory({ signal: ending.signal });
  const asked = () => server.asked.filter((path) => path === FIGURES).length;
  return { server, shop, points, ending, asked };
}

/** Settles when that target, which is always watched, has been asked so many times more. */
async function askedAgain({ asked }: { asked: () => number }, times: number): Promise<void> {
  const before = asked();
  await expect.poll(asked).toBeGreaterThanOrEqual(before + times);
}

/** Reads until a point is what is looked for. */
async function until(
  points: AsyncGenerator<DeliveredPoint[]>,
  isMeant: (point: DeliveredPoint) => boolean,
): Promise<DeliveredPoint> {
  for (;;) {
    const { value } = await points.next();
    const found = (value as DeliveredPoint[] | undefined)?.find(isMeant);
    if (found !== undefined) return found;
    if (value === undefined) throw new Error('the history ended');
  }
}

describe('the history of a target', () => {
  it('is asked for only while somebody watches', async () => {
    const watched = await watchHistory(true);
    const { points, ending, asked, shop } = await watchHistory();
    await askedAgain(watched, 3);
    expect(asked()).toBe(0);

    const first = await until(points, () => true);
    expect(first).toMatchObject({ sequence: 1, isResponding: true, goroutines: 42 });
    await until(points, ({ sequence }) => sequence === 2);

    ending.abort();
    await points.return(undefined);
    await askedAgain(watched, 2);
    const askedUntilThen = asked();
    await askedAgain(watched, 5);
    expect(asked()).toBe(askedUntilThen);
    expect(shop.history().length).toBeGreaterThanOrEqual(2);
  });

  it('is asked for seldom while nobody watches, so that something is known when it dies', async () => {
    const seldom = vi.fn();
    const memStats = readGoMemStats(memStatsText({ numGc: 1, totalAlloc: 9_000, cpuSeconds: 1 }));
    const answers = { goroutineCount: 42, metrics: null, program: null, intervalStartGc: 0 };
    const read = vi.fn(async () =>
      goReading('shop', { ...answers, memStats, takenAtMs: Date.now(), instanceId: 'start' }),
    );
    const history = createTargetHistory({
      read,
      intervalMs: 3_600_000,
      historySize: 5,
      keepHistory: false,
      unwatchedIntervalMs: INTERVAL_MS,
      onUnwatchedPoint: seldom,
      isProfiledSince: () => false,
    });
    onTestFinished(history.stop);
    expect(read).not.toHaveBeenCalled();
    await expect.poll(() => history.history().length).toBeGreaterThan(2);
    expect(seldom).toHaveBeenCalled();
  });

  it('is kept without a watcher where that is configured', async () => {
    const { shop } = await watchHistory(true);
    await expect.poll(() => shop.history().length).toBeGreaterThan(2);
  });

  it('says when the target does not answer, and goes on when it does', async () => {
    const { server, points } = await watchHistory();
    await until(points, () => true);
    server.answers[FIGURES] = status(500);
    const lost = await until(points, ({ isResponding }) => !isResponding);
    expect(lost).toMatchObject({
      sys: null,
      usagePercent: null,
      gcPauseTotalMs: null,
      goroutines: 42,
    });
    delete server.answers[FIGURES];
    await until(points, ({ isResponding }) => isResponding);
  });

  it('counts the pauses of the collections since the point before', async () => {
    const { server, points } = await watchHistory();
    await until(points, () => true);
    server.state.numGc = 5;
    const point = await until(points, ({ gcPauseTotalMs }) => gcPauseTotalMs !== 0);
    expect(point).toMatchObject({ gcPauseTotalMs: 0.009, gcPauseMaxMs: 0.005 });
  });

  it('has the CPU use where the metrics tell the CPU time', async () => {
    const { server, points, shop } = await watchHistory();
    server.answers['/metrics'] = (...to) => {
      server.state.cpuSeconds += 1;
      text(METRICS(server.state))(...to);
    };
    const { usagePercent } = await until(points, (point) => point.usagePercent !== null);
    expect(usagePercent).toBeGreaterThan(100);
    expect((await shop.pprof()).cpu).toMatchObject({ userSeconds: null, systemSeconds: null });
  });

  it('begins a new instance when the process has been restarted', async () => {
    const { server, points } = await watchHistory();
    const before = await until(points, () => true);
    Object.assign(server.state, { numGc: 1, totalAlloc: 100 });
    await until(points, ({ instanceId }) => instanceId !== before.instanceId);
  });
});
