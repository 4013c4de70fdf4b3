import { describe, expect, test } from 'vitest';
import { assess, HEALTHY, sentencesFor } from '../../testing/assess.ts';
import {
  aFrame,
  aLoop,
  aPoint,
  HEALTHY_POINTS,
  NOW_MS,
  pointsEvery,
} from '../../testing/evidence.ts';

const PARSE = aFrame('parse', 'node:internal/json', 9);
const HANDLE = aFrame('handle', '/app/src/shop.ts', 40);

describe('a process whose event loop is blocked', () => {
  test('does not answer, for the time since it last did', () => {
    const points = pointsEvery(6_000, [{}, { isResponding: false }, { isResponding: false }]);
    expect(sentencesFor({ points, loop: null })).toEqual([
      'CRITICAL: Not answering for 12 s: the main thread is blocked.',
    ]);
  });

  test('does not answer, and the function that holds it is named', () => {
    const loop = aLoop({ state: 'RUNNING_JAVASCRIPT', frames: [PARSE, HANDLE] });
    expect(assess({ loop }).findings).toMatchObject([
      {
        kind: 'BLOCKED_LOOP',
        sentence: 'Not answering for 12 s: stuck in handle (src/shop.ts:40).',
        sinceMs: NOW_MS - 12_000,
        culprit: HANDLE,
        stack: [PARSE, HANDLE],
      },
    ]);
  });

  test.each([
    [
      'IN_NATIVE_CODE',
      [HANDLE],
      'CRITICAL',
      'stuck in native code called by handle (src/shop.ts:40)',
    ],
    ['IN_NATIVE_CODE', [], 'CRITICAL', 'stuck in native code'],
    ['UNKNOWN', [], 'CRITICAL', 'the main thread is blocked'],
  ] as const)('does not answer in state %s with frames %j', (state, frames, severity, cause) => {
    const loop = aLoop({ state, frames });
    expect(sentencesFor({ loop })).toEqual([`${severity}: Not answering for 12 s: ${cause}.`]);
  });

  test('does not answer, and a CPU profile names the line where no look met the program', () => {
    const place = (frames: (typeof HANDLE)[], ms: number) => ({
      frames,
      callers: [],
      ms,
      route: null,
    });
    const profiled = {
      takenAtMs: NOW_MS - 5_000,
      lastedMs: 1_500,
      busyMs: 1_500,
      collectingMs: 0,
      nodeMs: 900,
    };
    const loop = aLoop({ state: 'RUNNING_JAVASCRIPT', frames: [PARSE] });
    const sentenceWith = (...places: ReturnType<typeof place>[]) =>
      sentencesFor({ loop, hotCode: { ...profiled, places } });
    expect(
      sentenceWith(place([HANDLE], 400), place([aFrame('other', '/app/b.ts', 2)], 200)),
    ).toEqual(['CRITICAL: Not answering for 12 s: stuck in handle (src/shop.ts:40).']);
    const many = Array.from({ length: 3 }, (_, at) =>
      place([aFrame(`f${at}`, '/app/b.ts', at)], 200),
    );
    expect(sentenceWith(...many)[0]).toContain('stuck in parse (node:internal/json:9)');
  });

  test('is worth a notice until a CPU profile could tell what JavaScript runs', () => {
    const frames = [PARSE];
    const severityAfter = (blockedForMs: number, given = {}) =>
      assess({ loop: aLoop({ state: 'RUNNING_JAVASCRIPT', frames, blockedForMs }), ...given })
        .findings[0]?.severity;
    expect(severityAfter(12_000)).toBe('NOTICE');
    expect(severityAfter(30_000)).toBe('CRITICAL');
    const times = { lastedMs: 1_500, busyMs: 1_500, collectingMs: 0, nodeMs: 900, places: [] };
    expect(severityAfter(12_000, { hotCode: { takenAtMs: NOW_MS - 5_000, ...times } })).toBe(
      'CRITICAL',
    );
  });

  describe('by a loop of promises', () => {
    const next = aFrame('nextJob', '/app/src/jobs.ts', 2);
    const drain = aFrame('drainJobs', '/app/src/jobs.ts', 5);
    const begin = aFrame('drainJobs', '/app/src/jobs.ts', 3);
    const loop = aLoop({ state: 'RUNNING_JAVASCRIPT', frames: [next, drain] });
    const profiled = {
      takenAtMs: NOW_MS - 5_000,
      lastedMs: 1_500,
      busyMs: 1_500,
      collectingMs: 0,
      nodeMs: 400,
      places: [
        { frames: [next, begin], callers: [begin], ms: 900, route: null },
        { frames: [begin], callers: [], ms: 150, route: null },
      ],
    };
    const culpritWith = (given: Partial<typeof profiled>) =>
      assess({ loop, hotCode: { ...profiled, ...given } }).findings[0]?.culprit;

    test('is told with the function that goes round, not the one that it calls', () => {
      expect(culpritWith({})).toEqual(drain);
    });

    test('is told apart from one long call, by a profile of this very stall', () => {
      expect(culpritWith({ nodeMs: 10 })).toEqual(next);
      expect(culpritWith({ takenAtMs: NOW_MS - 60_000 })).toEqual(next);
    });
  });

  test('is not to blame for a debugger or a heap read that holds it', () => {
    expect(sentencesFor({ loop: aLoop({ state: 'PAUSED_BY_DEBUGGER' }) })).toEqual([
      'WARNING: Paused by a debugger for 12 s.',
    ]);
    expect(sentencesFor({ loop: aLoop({ state: 'READ_BY_PPROFQL' }) })).toEqual([
      'NOTICE: Held up by pprofql for 12 s.',
    ]);
    expect(sentencesFor({ loop: aLoop({ state: 'READ_BY_PPROFQL', isGuess: true }) })).toEqual([
      'NOTICE: Probably held up by pprofql for 12 s.',
    ]);
  });

  test('has recovered before the next point says so', () => {
    const points = [...HEALTHY_POINTS.slice(0, -1), aPoint({ isResponding: false })];
    expect(sentencesFor({ points, loop: aLoop({ state: 'RESPONSIVE' }) })).toEqual(HEALTHY);
  });

  test('is judged by its points where the event loop is not watched', () => {
    const points = pointsEvery(6_000, [{}, { isResponding: false }]);
    expect(sentencesFor({ points, loop: null })).toEqual([
      'CRITICAL: Not answering for 6 s: the main thread is blocked.',
    ]);
  });
});
