import { describe, expect, it } from 'vitest';
import type { LoopEvidence } from '../../evidence/loop.ts';
import type { ThreadEvidence } from '../../evidence/thread.ts';
import { assessHealth } from '../../health.ts';
import { evidenceOf } from '../../testing/evidence.ts';

const FIND_EDGE = { function: 'findEdge', file: '/app/worker.mjs', line: 4 };

function findingsOf(loop: Partial<LoopEvidence>, thread: Partial<ThreadEvidence> = {}) {
  const turning = { state: 'RESPONSIVE', blockedForMs: 0, starvedForMs: 0, frames: [] } as const;
  const evidence = evidenceOf({
    kind: 'NODE_THREAD',
    loop: { ...turning, ...loop },
    thread: { title: 'worker-3 of pool.js', busy: null, isMainWaiting: false, ...thread },
  });
  return assessHealth(evidence, { target: 'worker-3' }).findings;
}

const spinning = (blockedForMs: number) =>
  ({ state: 'RUNNING_JAVASCRIPT', blockedForMs, frames: [FIND_EDGE] }) as const;

describe('a worker whose loop does not turn', () => {
  it('is no finding while its computation is short', () => {
    expect(findingsOf(spinning(4_000))).toEqual([]);
  });

  it('is worth knowing after five seconds, and a warning after a minute', () => {
    const [notice] = findingsOf(spinning(12_000));
    expect(notice).toMatchObject({
      kind: 'BLOCKED_LOOP',
      severity: 'NOTICE',
      culprit: FIND_EDGE,
      sentence:
        'worker-3 of pool.js spins in findEdge (/app/worker.mjs:4): its event loop has not turned for 12 s.',
    });
    expect(findingsOf(spinning(61_000))[0]?.severity).toBe('WARNING');
  });

  it('is a warning at once where the main thread waits for it', () => {
    const [finding] = findingsOf(spinning(1_500), { isMainWaiting: true });
    expect(finding?.severity).toBe('WARNING');
    expect(finding?.sentence).toMatch(/, and the main thread waits for it\.$/);
  });
});

describe('a worker that is busy without a break', () => {
  const busyFor = (ms: number, share = 0.9) => {
    const { nowMs } = evidenceOf();
    return findingsOf({}, { busy: { sinceMs: nowMs - ms, frames: [FIND_EDGE], share } });
  };

  it('is no finding for a minute', () => {
    expect(busyFor(50_000)).toEqual([]);
  });

  it('is then worth knowing, with the function that most looks found', () => {
    expect(busyFor(70_000)).toMatchObject([
      { kind: 'BUSY_THREAD', severity: 'NOTICE', culprit: FIND_EDGE },
    ]);
    expect(busyFor(70_000, 0.3)).toMatchObject([{ culprit: null }]);
  });
});

it('is told among the findings of its process, the worst first', () => {
  const parts = findingsOf(spinning(70_000));
  const health = assessHealth(evidenceOf(), { target: 'self', ofParts: parts });
  expect(health).toMatchObject({
    status: 'WARNING',
    findings: parts,
    sentence: parts[0]?.sentence,
  });
});
