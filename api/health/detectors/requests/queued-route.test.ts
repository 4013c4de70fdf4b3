import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../evidence/evidence.ts';
import type { RequestEvidence, RouteEvidence } from '../../evidence/tasks.ts';
import { assessHealth } from '../../health.ts';
import { aFrame, aRequest, aRoute, evidenceOf } from '../../testing/evidence.ts';

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
const THUMB = aRoute({
  route: 'GET /thumb',
  waits: waits(0.66),
  recent: { count: 1_044, meanMs: 240 },
});

let lastId = 0;
const requestsAt = (
  count: number,
  frames: RequestEvidence['frames'],
  ...stacks: (typeof frames)[]
) =>
  Array.from({ length: count }, () =>
    aRequest({ id: ++lastId, route: 'GET /thumb', ageMs: 150, frames, stacks }),
  );
const WAITING = requestsAt(4, [TURN, HANDLER], [NEW, ACQUIRE, TURN, HANDLER]);
const WORKING = requestsAt(2, [WORK, HANDLER]);

function sentencesFor(given: Partial<Evidence>) {
  const requests = [...WAITING, ...WORKING];
  const { findings } = assessHealth(evidenceOf({ requests, routes: [THUMB], ...given }), {
    target: 'self',
  });
  return findings.map(({ severity, sentence }) => `${severity}: ${sentence}`);
}

const QUEUED =
  'NOTICE: GET /thumb takes 240 ms (1,044 requests lately, on average), ≈66 % of it waiting for its turn at Semaphore.acquire (src/semaphore.ts:6) in thumbOf (src/thumbs.ts:5).';

describe('a route whose requests wait for each other', () => {
  test('is told with the line, however few wait', () => {
    expect(sentencesFor({})).toEqual([QUEUED]);
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
    ['has one that waits', { requests: [...WAITING.slice(0, 1), ...WORKING] }],
    [
      'waits there mostly for what is done in its turn',
      { requests: [...WAITING, ...requestsAt(8, [TURN, HANDLER])] },
    ],
  ])('is not one that %s', (_, given) => {
    expect(sentencesFor(given)).toEqual([]);
  });
});
