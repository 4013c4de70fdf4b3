import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../evidence/evidence.ts';
import type { RouteEvidence } from '../../evidence/tasks.ts';
import { assessHealth } from '../../health.ts';
import { aFrame, aRoute, evidenceOf } from '../../testing/evidence.ts';

const NEW = aFrame('new Promise', '', 0);
const ACQUIRE = aFrame('Semaphore.acquire', '/app/src/semaphore.ts', 6);
const TURN = aFrame('thumbOf', '/app/src/thumbs.ts', 5);
const WORK = aFrame('thumbOf', '/app/src/thumbs.ts', 7);
const HANDLER = aFrame('handler', '/app/src/server.ts', 4);

const waits = (turnShare: number): RouteEvidence['waits'] =>
  [
    { frame: TURN, share: turnShare },
    { frame: WORK, share: 1 - turnShare },
  ].map(({ frame, share }) => ({
    kind: 'WAIT',
    place: frame,
    frames: [frame, HANDLER],
    share,
    samples: 90,
  }));
const TURN_OF_ALL = {
  gate: ACQUIRE,
  culprit: TURN,
  frames: [NEW, ACQUIRE, TURN, HANDLER],
  share: 1,
};
const THUMB = aRoute({
  turn: TURN_OF_ALL,
  route: 'GET /thumb',
  waits: waits(0.66),
  recent: { count: 1_044, meanMs: 240 },
});

function sentencesFor(given: Partial<Evidence>) {
  const { findings } = assessHealth(evidenceOf({ routes: [THUMB], ...given }), { target: 'self' });
  return findings.map(({ severity, sentence }) => `${severity}: ${sentence}`);
}

const QUEUED =
  'NOTICE: GET /thumb takes 240 ms (1,044 requests lately, on average), ≈66 % of it waiting for its turn at Semaphore.acquire (src/semaphore.ts:6) in thumbOf (src/thumbs.ts:5).';

describe('a route whose requests wait for each other', () => {
  test('is told with the line, however few wait', () => {
    expect(sentencesFor({})).toEqual([QUEUED]);
  });

  test('is told where they go one after the other, by whatever name', () => {
    const turn = { ...TURN_OF_ALL, gate: null, frames: [TURN, HANDLER] };
    expect(sentencesFor({ routes: [{ ...THUMB, turn }] })).toEqual([
      'NOTICE: GET /thumb takes 240 ms (1,044 requests lately, on average), ≈66 % of it waiting in thumbOf (src/thumbs.ts:5), each request for what the one before it has begun: they go one after the other.',
    ]);
  });

  test('is told as that alone where it is slow, too', () => {
    const slow = { ...THUMB, recent: { count: 90, meanMs: 4_130 } };
    expect(sentencesFor({ routes: [slow] })).toEqual([
      expect.stringMatching(/^NOTICE: GET \/thumb takes 4 s .* waiting for its turn at/),
    ]);
  });

  test.each<[string, Partial<Evidence>]>([
    ['works for most of its time', { routes: [{ ...THUMB, waits: waits(0.4) }] }],
    ['is done soon', { routes: [{ ...THUMB, recent: { count: 1_044, meanMs: 60 } }] }],
    ['has answered seldom', { routes: [{ ...THUMB, recent: { count: 30, meanMs: 240 } }] }],
    ['has hardly one that waits', { routes: [{ ...THUMB, turn: null }] }],
    [
      'does at that line what it waited for',
      { routes: [{ ...THUMB, turn: { ...TURN_OF_ALL, share: 0.3 } }] },
    ],
  ])('is not one that %s', (_, given) => {
    expect(sentencesFor(given)).toEqual([]);
  });
});
