import { describe, expect, test } from 'vitest';
import type { EndedRun } from '../../ended-run.ts';
import { aFrame, NOW_MS } from '../../testing/evidence.ts';
import { told } from '../../testing/told.ts';
import { previousRunDied } from './previous-run.ts';

const SEARCH = aFrame('searchCached', '/app/app.mjs', 8);
const MB = 1_000_000;
const ENDED_MS = NOW_MS - 120_000;

/** Ended without a word two minutes ago; this run began a minute later. */
function ran(given: Partial<EndedRun> = {}, thisStartedAtMs = NOW_MS - 60_000) {
  const run: EndedRun = {
    how: 'KILLED',
    startedAtMs: ENDED_MS - 2 * 3_600_000,
    endedAtMs: ENDED_MS,
    exitCode: null,
    signal: null,
    error: null,
    isCertain: false,
    isKilledForMemory: false,
    isAttended: false,
    heapUsedBytes: 1_300 * MB,
    rssBytes: 1_900 * MB,
    memoryLimitBytes: null,
    holder: { frames: [SEARCH], share: 0.84, bytes: 1_100 * MB },
    wasStalled: false,
    wasCritical: false,
    ...given,
  };
  return told(previousRunDied, { previousRun: { run, thisStartedAtMs } });
}

const at = new Date(ENDED_MS);
const clock = [at.getHours(), at.getMinutes()]
  .map((part) => String(part).padStart(2, '0'))
  .join(':');

describe('a run that died', () => {
  test('of its heap is told with who held it', () => {
    expect(ran({ how: 'OUT_OF_MEMORY', isCertain: true })).toBe(
      `WARNING: The run before died of heap out of memory at ${clock} after 2 h, holding 1.30 GB, 84 % from searchCached (app.mjs:8).`,
    );
  });

  test('of an exception is told with the class and the place', () => {
    const error = { name: 'TypeError', frames: [aFrame('parse', 'node:url', 1), SEARCH] };
    expect(ran({ how: 'UNCAUGHT_EXCEPTION', error })).toBe(
      `WARNING: The run before died of an uncaught TypeError in searchCached (app.mjs:8) at ${clock} after 2 h.`,
    );
  });

  test('with an exit code is worth a notice', () => {
    expect(ran({ how: 'EXIT_CODE', exitCode: 3 })).toBe(
      `NOTICE: The run before ended with exit code 3 at ${clock} after 2 h.`,
    );
  });

  test('by the kernel is told with the limit', () => {
    expect(ran({ isCertain: true, isKilledForMemory: true, memoryLimitBytes: 2_000 * MB })).toBe(
      `WARNING: The run before was killed by the kernel for its memory at ${clock} after at least 2 h, holding 1.90 GB of the 2.00 GB that its container may have, 84 % of its heap from searchCached (app.mjs:8).`,
    );
  });

  test('by a kill is told where it cannot have been an ordinary stop', () => {
    expect(ran({ isCertain: true })).toMatch(/^WARNING: The run before was killed at /);
  });

  test.each([
    ['its container was full', { memoryLimitBytes: 2_000 * MB }],
    ['its loop stood still', { wasStalled: true }],
    ['something critical was wrong', { wasCritical: true }],
  ])('or may have been stopped is worth a notice where %s', (_name, given) => {
    expect(ran(given)).toMatch(/^NOTICE: The run before ended .* without a word/);
  });

  test('of its heap by what the process grew is told as likely', () => {
    expect(ran({ how: 'OUT_OF_MEMORY' })).toMatch(
      /^WARNING: The run before probably died of heap out of memory at /,
    );
  });

  test('by the kernel is told as likely where it is not counted', () => {
    expect(ran({ isKilledForMemory: true })).toMatch(
      /^WARNING: The run before was probably killed by the kernel for its memory at /,
    );
  });

  test('without a word is a notice, for it may have been stopped', () => {
    expect(ran()).toMatch(
      /^NOTICE: The run before ended at .* after at least .* without a word: by a signal/,
    );
    expect(ran({}, NOW_MS - 11 * 60_000)).toBeNull();
  });

  test('is news for an hour', () => {
    expect(ran({ isCertain: true }, NOW_MS - 59 * 60_000)).not.toBeNull();
    expect(ran({ isCertain: true }, NOW_MS - 61 * 60_000)).toBeNull();
  });
});

describe('a run that was stopped', () => {
  test.each<[string, Partial<EndedRun>]>([
    ['by somebody at its terminal', { isAttended: true }],
    ['and handled the signal', { how: 'SIGNAL', signal: 'SIGTERM', exitCode: 143 }],
    ['in a way that nobody knows', { how: 'UNKNOWN' }],
  ])('%s is no finding', (_name, given) => {
    expect(ran(given)).toBeNull();
  });

  test('is none where none is known', () => {
    expect(told(previousRunDied, { previousRun: null })).toBeNull();
  });
});
