import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../evidence/evidence.ts';
import { assessHealth } from '../../health.ts';
import { aFrame, aLoop, aRequest, aRoute, evidenceOf, NOW_MS } from '../../testing/evidence.ts';
import { aHeap } from '../../testing/kept-evidence.ts';

const SAVE = aFrame('save', '/app/src/save.ts', 9);

function findingsFor(given: Partial<Evidence>) {
  const { findings } = assessHealth(evidenceOf(given), { target: 'self' });
  return findings.map(({ severity, sentence }) => `${severity}: ${sentence}`);
}

const times = (count: number, given: Parameters<typeof aRequest>[0]) =>
  Array.from({ length: count }, (_, id) => aRequest({ id, ...given }));

describe('requests that hang', () => {
  test('are told of a route that has not answered, once they are old', () => {
    expect(findingsFor({ requests: times(3, { ageMs: 12_000 }) })).toEqual([
      'WARNING: 3 requests of GET /user hang in loadUser (src/user.ts:7), for up to 12 s; this route has not answered yet.',
    ]);
  });

  test('are told sooner of a route that usually answers at once', () => {
    const requests = times(2, { ageMs: 6_000 });
    expect(findingsFor({ requests, routes: [aRoute()] })).toEqual([
      'WARNING: 2 requests of GET /user hang in loadUser (src/user.ts:7), for up to 6 s; nearly all of GET /user took 20 ms or less.',
    ]);
  });

  test('have begun when the oldest of them did, and name where most wait', () => {
    const requests = [
      ...times(2, { ageMs: 30_000 }),
      ...times(5, { ageMs: 20_000, frames: [SAVE], route: 'POST /user' }),
    ];
    const { findings } = assessHealth(evidenceOf({ requests }), { target: 'self' });
    expect(findings).toMatchObject([
      {
        kind: 'STUCK_REQUESTS',
        sinceMs: NOW_MS - 30_000,
        culprit: SAVE,
        count: 7,
        routes: [
          { route: 'POST /user', count: 5 },
          { route: 'GET /user', count: 2 },
        ],
        sentence:
          '7 requests of POST /user and GET /user hang mostly in save (src/save.ts:9), for up to 30 s.',
      },
    ]);
  });

  describe('of which no wait is seen', () => {
    const FIND = aFrame('findUser', '/app/src/users.ts', 4);
    const held = {
      count: 40,
      name: 'waiting',
      keeper: aFrame('Pool', '/app/src/pool.ts', 2),
      isOfClass: true,
      frames: [FIND, aFrame('(anonymous)', '/app/src/app.ts', 9)],
      worker: null,
    };
    const find = (given: Partial<Evidence>) => {
      const requests = times(40, { ageMs: 30_000, frames: [] });
      const evidence = evidenceOf({ requests, ...given });
      const [finding] = assessHealth(evidence, { target: 'self' }).findings;
      return finding!;
    };

    test('are worth a notice where nothing else is known', () => {
      expect(find({})).toMatchObject({ severity: 'NOTICE', culprit: null });
    });

    test('name whose callbacks stand in which list', () => {
      expect(find({ held, routes: [aRoute()] })).toMatchObject({
        severity: 'WARNING',
        culprit: FIND,
        sentence:
          '40 requests of GET /user hang in findUser (src/users.ts:4), whose callbacks stand in waiting of Pool (src/pool.ts:2), for up to 30 s; nearly all of GET /user took 20 ms or less.',
        nextStep: expect.stringMatching(/gives back what the list waits for/),
      });
    });

    test('may wait for news, as in a chat, where the route has not answered yet', () => {
      expect(find({ held })).toMatchObject({ severity: 'NOTICE', culprit: FIND });
    });

    test('name who works the list off', () => {
      const worker = aFrame('renderJob', '/app/src/thumbs.ts', 4);
      const keeper = aFrame('push', '/app/src/queue.ts', 12);
      expect(find({ held: { ...held, keeper, isOfClass: false, worker } })).toMatchObject({
        culprit: worker,
        sentence: expect.stringContaining(
          'whose callbacks stand in waiting (src/queue.ts), which renderJob (src/thumbs.ts:4) works off, for up to 30 s',
        ),
        nextStep: expect.stringMatching(
          /^See whether each path of renderJob .* calls its callback/,
        ),
      });
    });

    test('are told by what is seen where sampling left out most of them', () => {
      const requests = [
        ...times(36, { ageMs: 30_000, frames: [], isLeftOut: true }),
        ...times(4, { ageMs: 30_000 }),
      ];
      expect(find({ held, requests }).sentence).toMatch(/all 4 whose place is known in loadUser/);
    });

    test('are told by their line once it is seen', () => {
      const requests = times(40, { ageMs: 30_000 });
      expect(find({ held, requests }).sentence).toMatch(/hang in loadUser/);
    });
  });

  test('name who has promised what most of them wait for', () => {
    const EXISTS = aFrame('exists', '/app/src/storage.ts', 4);
    const promisedBy = [aFrame('new Promise', '', 0), EXISTS, SAVE];
    const requests = [
      ...times(3, { ageMs: 30_000, frames: [SAVE], promisedBy }),
      ...times(1, { ageMs: 20_000, frames: [SAVE] }),
    ];
    const { findings } = assessHealth(evidenceOf({ requests }), { target: 'self' });
    expect(findings).toMatchObject([
      {
        culprit: EXISTS,
        sentence:
          '4 requests of GET /user hang in save (src/save.ts:9), for up to 30 s, waiting for what exists (src/storage.ts:4) has promised; this route has not answered yet.',
        nextStep: expect.stringMatching(/^See whether exists \(src\/storage\.ts:4\) settles/),
      },
    ]);
  });

  test('name the function that waits for its own promise once', () => {
    const promisedBy = [aFrame('new Promise', '', 0), { ...SAVE, line: SAVE.line + 2 }];
    const requests = times(3, { ageMs: 30_000, frames: [SAVE], promisedBy });
    const { findings } = assessHealth(evidenceOf({ requests }), { target: 'self' });
    expect(findings).toMatchObject([
      {
        sentence: expect.stringMatching(/, waiting for what this function itself has promised;/),
        nextStep: expect.stringMatching(/^See whether this function waits for its own outcome/),
      },
    ]);
  });

  test('name where the oldest is, if it went further in than the others', () => {
    const confirm = aFrame('confirm', '/app/src/confirm.ts', 6);
    const others = times(4, { ageMs: 20_000, frames: [SAVE] });
    const oldest = aRequest({
      id: 9,
      ageMs: 30_000,
      frames: [confirm],
      stacks: [[confirm], [SAVE]],
    });
    expect(findingsFor({ requests: [...others, oldest] })).toEqual([
      'WARNING: 5 requests of GET /user hang mostly in save (src/save.ts:9), for up to 30 s, the oldest further in, in confirm (src/confirm.ts:6); this route has not answered yet.',
    ]);
    const another = { ...oldest, stacks: [[confirm]] };
    expect(findingsFor({ requests: [...others, another] })[0]).not.toContain('further in');
  });

  test('explain the promises that pile up where they wait', () => {
    const place = { frames: [aFrame('Promise.then', '', 0), SAVE], sampled: 20, kept: 20 };
    const heap = aHeap({ promises: [{ ...place, settled: 0, keptPerSecond: 3 }] });
    expect(findingsFor({ heap })[0]).toMatch(/^NOTICE: ≈ 3 promises a second/);
    const requests = times(3, { ageMs: 30_000, frames: [SAVE] });
    expect(findingsFor({ heap, requests })).toEqual([
      'WARNING: 3 requests of GET /user hang in save (src/save.ts:9), for up to 30 s; this route has not answered yet.',
    ]);
  });

  test('name a tie as a tie', () => {
    const requests = [
      ...times(2, { ageMs: 30_000 }),
      ...times(2, { ageMs: 20_000, frames: [SAVE] }),
    ];
    expect(findingsFor({ requests })[0]).toContain(
      'hang as many in loadUser (src/user.ts:7) as in save (src/save.ts:9)',
    );
  });

  test('are told apart from those of which nobody knows where they wait', () => {
    const nowhere = { ageMs: 30_000, frames: [], stacks: [] };
    const known = times(2, { ageMs: 30_000, frames: [SAVE] });
    expect(findingsFor({ requests: [...known, ...times(6, nowhere)] })[0]).toContain(
      '8 requests of GET /user hang, all 2 whose place is known in save (src/save.ts:9), for up to 30 s',
    );
    const [one] = known;
    expect(findingsFor({ requests: [one!, ...times(6, nowhere)] })[0]).toContain(
      'hang, the only one whose place is known in save (src/save.ts:9), for',
    );
    const others = times(1, { ageMs: 30_000 });
    expect(findingsFor({ requests: [...known, ...others, ...times(6, nowhere)] })[0]).toContain(
      'hang, 2 of them in save (src/save.ts:9), for',
    );
  });

  test('are at least as many as are listed, where all of those hang', () => {
    const requests = times(3, { ageMs: 30_000 });
    expect(findingsFor({ requests, requestsBeyond: 400 })[0]).toMatch(
      /^WARNING: At least 3 requests of GET \/user hang in/,
    );
    const young = times(1, { ageMs: 10, route: 'GET /' });
    expect(findingsFor({ requests: [...requests, ...young], requestsBeyond: 400 })[0]).toMatch(
      /^WARNING: 3 requests of/,
    );
  });

  test('are no more than a notice where nobody knows where they wait', () => {
    const requests = times(2, { ageMs: 30_000, frames: [], stacks: [] });
    expect(findingsFor({ requests })).toEqual([
      'NOTICE: 2 requests of GET /user hang, for up to 30 s; this route has not answered yet.',
    ]);
  });
});

describe('no request hangs', () => {
  test.each([
    ['that is young', { requests: times(20, { ageMs: 4_000 }) }],
    ['whose answer streams', { requests: times(5, { ageMs: 600_000, isUnanswered: false }) }],
    [
      'of a route that is slow by design',
      {
        requests: times(5, { ageMs: 25_000 }),
        routes: [aRoute({ p99Ms: 3_000, maxMs: 4_000 })],
      },
    ],
    [
      'that a timer will end, as a long poll',
      { requests: times(5, { ageMs: 30_000, hasTimeLimit: true }) },
    ],
    ['that is alone and may be a slow one', { requests: times(1, { ageMs: 12_000 }) }],
    [
      'while the loop stands still, which others tell',
      {
        requests: times(5, { ageMs: 30_000 }),
        loop: aLoop({ state: 'PAUSED_BY_DEBUGGER' }),
      },
    ],
  ])('%s', (_, given: Partial<Evidence>) => {
    const found = assessHealth(evidenceOf(given), { target: 'self' }).findings;
    expect(found.filter(({ kind }) => kind === 'STUCK_REQUESTS')).toEqual([]);
  });

  test('is not said before they were read', () => {
    const { sentence } = assessHealth(evidenceOf({ requests: null }), { target: 'self' });
    expect(sentence).toBe('Healthy so far; it is too early to tell whether requests hang.');
  });
});
