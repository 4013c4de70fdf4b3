import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { aLoop, aRequest, evidenceOf } from '../../health/testing/evidence.ts';
import { createHealthKeeper, type HealthKeeper } from './keeper.ts';

/** A target whose points and state a test decides. */
function aTarget({ isAlwaysKept = true } = {}) {
  let given = evidenceOf();
  let refreshes = 0;
  let followers = 0;
  let takePoint = () => {};
  const keeper = createHealthKeeper({
    target: 'orders',
    evidence: () => given,
    refresh: async () => {
      refreshes += 1;
    },
    async *points(signal) {
      followers += 1;
      const aborted = new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve());
      });
      try {
        while (!signal.aborted) {
          const taken = new Promise<void>((resolve) => {
            takePoint = resolve;
          });
          await Promise.race([taken, aborted]);
          yield null;
        }
      } finally {
        followers -= 1;
      }
    },
    isAlwaysKept,
  });
  return {
    keeper,
    refreshes: () => refreshes,
    followers: () => followers,
    become(evidence: Parameters<typeof evidenceOf>[0]) {
      given = evidenceOf(evidence);
    },
    async point() {
      takePoint();
      await vi.advanceTimersByTimeAsync(0);
    },
  };
}

const STUCK = { requests: [aRequest({ ageMs: 30_000 }), aRequest({ ageMs: 30_000 })] };
const BLOCKED = { loop: aLoop({ state: 'UNKNOWN' }) };

describe('the keeper of health', () => {
  let keeper: HealthKeeper | undefined;
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    keeper?.stop();
    vi.useRealTimers();
  });

  const begin = (options?: { isAlwaysKept?: boolean }) => {
    const target = aTarget(options);
    keeper = target.keeper;
    return target;
  };

  it('remembers when something was first found, with nobody asking, and reads nothing for that', async () => {
    const target = begin();
    target.become({ heapLimitBytes: 1 });
    await target.point();
    const foundAtMs = Date.now();
    await vi.advanceTimersByTimeAsync(60_000);
    await target.point();
    expect(target.refreshes()).toBe(0);
    const { findings } = await target.keeper.health();
    expect(findings).toMatchObject([{ kind: 'NEAR_HEAP_LIMIT', sinceMs: foundAtMs }]);
    expect(target.refreshes()).toBe(1);
  });

  it('gives a subscriber what it knows at once, then each change', async () => {
    const target = begin();
    const changes = target.keeper.healthChanges();
    expect((await changes.next()).value).toMatchObject({ status: 'HEALTHY' });
    const next = changes.next();
    await target.point();
    target.become(STUCK);
    await target.point();
    expect((await next).value).toMatchObject({ findings: [{ kind: 'STUCK_REQUESTS' }] });
  });

  it('gives a slow subscriber the latest alone', async () => {
    const target = begin();
    const changes = target.keeper.healthChanges();
    await changes.next();
    for (const evidence of [STUCK, {}, BLOCKED]) {
      target.become(evidence);
      target.keeper.check();
    }
    expect((await changes.next()).value).toMatchObject({ findings: [{ kind: 'BLOCKED_LOOP' }] });
  });

  it('does not keep a subscriber waiting for tasks that take long to read', async () => {
    const slow = createHealthKeeper({
      target: 'orders',
      evidence: evidenceOf,
      refresh: () => new Promise(() => {}),
      points: async function* () {},
      isAlwaysKept: false,
    });
    keeper = slow;
    const first = slow.healthChanges().next();
    await vi.advanceTimersByTimeAsync(1_000);
    expect((await first).value).toMatchObject({ status: 'HEALTHY' });
  });

  it('tells the age of a stall while it lasts, although no point comes', async () => {
    const target = begin();
    const changes = target.keeper.healthChanges();
    await changes.next();
    target.become(BLOCKED);
    target.keeper.check();
    expect((await changes.next()).value.sentence).toContain('for 12 s');
    target.become({ loop: aLoop({ state: 'UNKNOWN', blockedForMs: 14_000 }) });
    const later = changes.next();
    await vi.advanceTimersByTimeAsync(2_000);
    expect((await later).value.sentence).toContain('for 14 s');
  });

  it('ends a subscription that waits as soon as its signal fires, or it stops', async () => {
    const target = begin();
    const controller = new AbortController();
    const aborted = target.keeper.healthChanges({ signal: controller.signal });
    const stopped = target.keeper.healthChanges();
    await Promise.all([aborted.next(), stopped.next()]);
    const ends = [aborted.next(), stopped.next()];
    controller.abort();
    expect((await ends[0])?.done).toBe(true);
    target.keeper.stop();
    expect((await ends[1])?.done).toBe(true);
  });

  it('follows the points of another process only while somebody is subscribed', async () => {
    const target = begin({ isAlwaysKept: false });
    await target.keeper.health();
    expect(target.followers()).toBe(0);
    const changes = target.keeper.healthChanges();
    await changes.next();
    expect(target.followers()).toBe(1);
    await changes.return(undefined);
    await vi.advanceTimersByTimeAsync(0);
    expect(target.followers()).toBe(0);
  });
});
