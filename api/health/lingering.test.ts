import { describe, expect, test } from 'vitest';
import { MS_PER_MINUTE } from '../base/numbers/units.ts';
import type { Health } from './finding.ts';
import { assessHealth } from './health.ts';
import { aFrame, aRequest, aRoute, evidenceOf, NOW_MS } from './testing/evidence.ts';

const TAKE = aFrame('Pool.acquire', '/app/node_modules/slots/pool.js', 9);
const ORDER = aFrame('placeOrder', '/app/src/order.ts', 4);

/** Requests that wait for a place of one pool. */
const WAITING = Array.from({ length: 6 }, (_, id) =>
  aRequest({ id, ageMs: 30_000, frames: [ORDER], stacks: [[TAKE, ORDER]] }),
);

/** Judges one time after the other. */
function judge(...steps: [afterMs: number, requests: typeof WAITING][]): Health {
  let before: Health | null = null;
  for (const [afterMs, requests] of steps) {
    const evidence = evidenceOf({ requests, nowMs: NOW_MS + afterMs });
    before = assessHealth(evidence, { target: 'self', before });
  }
  return before!;
}

const told = ({ findings }: Health) =>
  findings.map(({ kind, severity, sentence }) => `${severity} ${kind} ${sentence}`);

describe('requests that have waited in vain for a place of a pool', () => {
  test('are told while they wait', () => {
    expect(told(judge([0, WAITING]))).toEqual([
      expect.stringMatching(/^WARNING POOL_EXHAUSTED 6 requests wait for Pool\.acquire/),
    ]);
  });

  test('are a notice for five minutes after that, and then cleared as they were', () => {
    const over = expect.stringMatching(
      /^NOTICE POOL_EXHAUSTED Over now: 6 requests wait for Pool\.acquire/,
    );
    expect(told(judge([0, WAITING], [MS_PER_MINUTE, []]))).toEqual([over]);
    expect(told(judge([0, WAITING], [MS_PER_MINUTE, []], [5 * MS_PER_MINUTE, []]))).toEqual([over]);
    const later = judge([0, WAITING], [MS_PER_MINUTE, []], [6 * MS_PER_MINUTE, []]);
    expect(later.findings).toEqual([]);
    expect(later.cleared).toMatchObject([
      {
        severity: 'WARNING',
        clearedAtMs: NOW_MS + MS_PER_MINUTE,
        sentence: expect.stringMatching(/^6 requests wait/),
      },
    ]);
  });

  test('stand before other notices', () => {
    const waits = [
      { kind: 'WAIT' as const, place: ORDER, frames: [ORDER], share: 0.9, samples: 9 },
    ];
    const slow = aRoute({ waits, recent: { count: 12, meanMs: 60_000 } });
    let before: Health | null = null;
    for (const given of [{ requests: WAITING }, { requests: [], routes: [slow] }]) {
      before = assessHealth(evidenceOf(given), { target: 'self', before });
    }
    expect(before!.findings.map(({ kind }) => kind)).toEqual(['POOL_EXHAUSTED', 'SLOW_ROUTE']);
  });

  test('are told as they are where others wait again', () => {
    const again = judge([0, WAITING], [MS_PER_MINUTE, []], [2 * MS_PER_MINUTE, WAITING]);
    expect(told(again)).toEqual([expect.stringMatching(/^WARNING POOL_EXHAUSTED 6 requests/)]);
    expect(again.findings[0]!.sinceMs).toBe(NOW_MS + 2 * MS_PER_MINUTE - 30_000);
  });
});
