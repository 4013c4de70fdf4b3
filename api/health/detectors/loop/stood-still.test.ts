import { describe, expect, test } from 'vitest';
import type { PastStall } from '../../evidence/loop.ts';
import { assess, HEALTHY, sentencesFor } from '../../testing/assess.ts';
import {
  aFrame,
  aLoop,
  aRoute,
  HEALTHY_POINTS,
  NOW_MS,
  pointsEvery,
} from '../../testing/evidence.ts';

const TEST = aFrame('RegExp.test', '');
const CHECK = aFrame('checkMail', '/app/src/mail.ts', 4);
const RENDER = aFrame('render', '/app/src/page.ts', 9);

/** 12 seconds in `checkMail`, until half a minute ago. */
function aStall(given: Partial<PastStall> = {}): PastStall {
  return {
    endedAtMs: NOW_MS - 30_000,
    lastedMs: 12_000,
    starvedMs: 0,
    state: 'RUNNING_JAVASCRIPT',
    frames: [TEST, CHECK],
    ...given,
  };
}

const sentencesAfter = (...pastStalls: PastStall[]) => sentencesFor({ pastStalls });

describe('an event loop that stood still and turns again', () => {
  test('is told with the line that held it, for five minutes', () => {
    expect(assess({ pastStalls: [aStall()] }).findings).toMatchObject([
      {
        kind: 'SLOW_LOOP',
        severity: 'WARNING',
        sentence:
          'The event loop stood still for 12 s, until 30 s ago: it was in checkMail (src/mail.ts:4).',
        sinceMs: NOW_MS - 42_000,
        culprit: CHECK,
      },
    ]);
    expect(sentencesAfter(aStall({ endedAtMs: NOW_MS - 301_000 }))).toEqual(HEALTHY);
  });

  test('is told by the time that was its own, however long the machine made it', () => {
    const [told] = sentencesAfter(aStall({ lastedMs: 31_000, starvedMs: 23_000 }));
    expect(told).toBe(
      'WARNING: The event loop stood still for 8 s, and 23 s more in which it got no core, until 30 s ago: it was in checkMail (src/mail.ts:4).',
    );
  });

  test('is told by the line that held it longest, all its times together', () => {
    const longer = aStall({ lastedMs: 9_000, state: 'IN_NATIVE_CODE', frames: [RENDER] });
    const [told] = sentencesAfter(aStall(), longer, { ...longer, endedAtMs: NOW_MS - 90_000 });
    expect(told).toBe(
      'WARNING: The event loop stood still 2 times, the last until 30 s ago, for 18 s together and up to 9 s at once: it was in native code called by render (src/page.ts:9).',
    );
  });

  test('wakes nobody where it was short, or where nobody waits for the program', () => {
    expect(sentencesAfter(aStall({ lastedMs: 2_500 }))[0]).toMatch(/^NOTICE/);
    expect(sentencesAfter(aStall({ lastedMs: 1_500 }))).toEqual(HEALTHY);
    const levels = [{ handles: { Timeout: 1 } }] as never;
    const outside = { levels, made: [], buffersWatched: null, openFiles: null, cores: 2 } as never;
    const job = { pastStalls: [aStall()], routes: [aRoute({ count: 0 })], outside };
    expect(sentencesFor(job)[0]).toMatch(/^NOTICE/);
  });

  test.each([
    ['that the machine made', { starvedMs: 10_500 }],
    ['that a debugger made', { state: 'PAUSED_BY_DEBUGGER' }],
    ['that pprofql made', { state: 'READ_BY_PPROFQL' }],
    ['in which no look met the program', { frames: [aFrame('parse', 'node:internal/json')] }],
    ['of a program that starts', { endedAtMs: HEALTHY_POINTS[0]!.timestampMs + 14_000 }],
  ] as const)('accuses nobody of a stall %s', (_, given) => {
    expect(sentencesAfter(aStall(given))).toEqual(HEALTHY);
  });

  test('accuses nobody whom a collection of garbage interrupted', () => {
    const points = pointsEvery(
      10_000,
      Array.from({ length: 19 }, (_, at) => ({ gcPauseTotalMs: at === 15 ? 11_000 : 2 })),
    );
    const told = sentencesFor({ points, pastStalls: [aStall()] });
    expect(told.filter((sentence) => sentence.includes('checkMail'))).toEqual([]);
  });

  test('is not told twice while the same function holds it again', () => {
    const loop = aLoop({ state: 'RUNNING_JAVASCRIPT', frames: [CHECK] });
    expect(sentencesFor({ loop, pastStalls: [aStall()] })).toEqual([
      'CRITICAL: Not answering for 12 s: stuck in checkMail (src/mail.ts:4).',
    ]);
  });
});
