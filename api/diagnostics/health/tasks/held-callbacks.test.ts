import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../../health/evidence/evidence.ts';
import { aFrame, aRequest, evidenceOf } from '../../../health/testing/evidence.ts';
import type { HeldCallbacksReading } from '../../../probe/readings/held.ts';
import { createHeldCallbacks } from './held-callbacks.ts';

const POOL = { ...aFrame('Pool', '/app/src/pool.ts', 2), column: 1, isAsync: false };
const FIND = { ...aFrame('findUser', '/app/src/users.ts', 4), column: 1, isAsync: false };
const FOUND: HeldCallbacksReading = {
  takenAtMs: 1,
  pauseMs: 50,
  held: { count: 40, name: 'waiting', keeper: 0, isOfClass: true, waiter: 1, worker: -1 },
  stacks: [[POOL], [FIND]],
};

function hung(frames: readonly ReturnType<typeof aFrame>[] = []): Partial<Evidence> {
  return {
    requests: Array.from({ length: 40 }, (_, id) => aRequest({ id, ageMs: 30_000, frames })),
  };
}

/** @param answers what each look finds; null for one that is refused */
function watching(answers: (HeldCallbacksReading | null)[]) {
  let nowMs = 0;
  let looks = 0;
  const held = createHeldCallbacks({
    nowMs: () => nowMs,
    read: async () => {
      const answer = answers[Math.min(looks, answers.length - 1)];
      looks += 1;
      if (answer == null) throw new Error('the pause budget is spent');
      return answer;
    },
  });
  return {
    evidence: held.evidence,
    looks: () => looks,
    suspect: async (given: Partial<Evidence>, laterMs = 0) => {
      nowMs += laterMs;
      await held.suspect(evidenceOf(given));
    },
  };
}

describe('the list in which callbacks stand', () => {
  it('is looked for where requests hang that are not seen waiting', async () => {
    const watched = watching([FOUND]);
    await watched.suspect(hung());
    expect(watched.evidence()).toEqual({
      count: 40,
      name: 'waiting',
      keeper: POOL,
      isOfClass: true,
      frames: [FIND],
      worker: null,
    });
  });

  it('is not looked for where it is known where they wait, or few hang', async () => {
    const watched = watching([FOUND]);
    await watched.suspect(hung([FIND]));
    await watched.suspect({ requests: hung().requests!.slice(0, 2) });
    expect(watched.looks()).toBe(0);
  });

  it('is looked for ever more seldom while they hang, and is over with them', async () => {
    const watched = watching([FOUND]);
    for (let at = 0; at < 120; at += 1) await watched.suspect(hung(), 1_000);
    expect(watched.looks()).toBe(3);
    await watched.suspect({ requests: [] });
    expect(watched.evidence()).toBeNull();
    await watched.suspect(hung());
    expect(watched.looks()).toBe(4);
  });

  it('is looked for again soon where that was refused', async () => {
    const watched = watching([null, FOUND]);
    await watched.suspect(hung());
    expect(watched.evidence()).toBeNull();
    await watched.suspect(hung(), 3_000);
    expect(watched.evidence()).not.toBeNull();
  });
});
