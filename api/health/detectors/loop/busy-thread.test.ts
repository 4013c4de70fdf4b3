import { describe, expect, test } from 'vitest';
import type { HotCodeEvidence } from '../../evidence/loop.ts';
import type { OutsideEvidence } from '../../evidence/outside.ts';
import { aFrame, evidenceOf, HEALTHY_POINTS, NOW_MS } from '../../testing/evidence.ts';
import { told } from '../../testing/told.ts';
import { busyThread } from './busy-thread.ts';
import { delayedLoop } from './delayed-loop.ts';

const POLL = aFrame('pollJobs', '/app/src/jobs.ts', 6);
const RENDER = aFrame('render', '/app/src/page.ts', 9);
const BUSY_POINTS = HEALTHY_POINTS.map((point) => ({ ...point, eventLoopUtilization: 1 }));

/** One and a half seconds of a thread that does nothing else. */
function hotCodeOf(given: Partial<HotCodeEvidence> = {}): HotCodeEvidence {
  return {
    takenAtMs: NOW_MS - 2_000,
    lastedMs: 1_500,
    busyMs: 1_500,
    collectingMs: 0,
    nodeMs: 0,
    places: [{ frames: [POLL], callers: [], ms: 1_200, route: null }],
    ...given,
  };
}

function outsideOf(handles: Record<string, number>): OutsideEvidence {
  const level = { atMs: 0, arrayBuffersBytes: 0, nativeBytes: 0, restBytes: 0, workers: 0 };
  const levels = [{ ...level, descriptors: null, handles }];
  return { levels, made: [], buffersWatched: null, openFiles: [], cores: 2 };
}

describe('a thread without a moment to spare', () => {
  test('is told with the line that takes most of its time', () => {
    expect(told(busyThread, { points: BUSY_POINTS, hotCode: hotCodeOf() })).toBe(
      'WARNING: The main thread is busy 100 % of the time: ≈80 % of it in pollJobs (src/jobs.ts:6).',
    );
  });

  test('is told with the package that takes most of it by itself', () => {
    const dial = aFrame('Client.dial', '/app/node_modules/@queue/client/lib/dial.js', 3);
    const parse = aFrame('parse', '/app/node_modules/@queue/client/lib/parse.js', 8);
    const placesOf = (dialMs: number) => [
      { frames: [dial], callers: [], ms: dialMs, route: null },
      { frames: [parse], callers: [], ms: 300, route: null },
    ];
    const toldOf = (dialMs: number, nodeMs = 0) => {
      const hotCode = hotCodeOf({ places: placesOf(dialMs), nodeMs });
      return told(busyThread, { points: BUSY_POINTS, hotCode });
    };
    expect(toldOf(900)).toBe(
      'NOTICE: The main thread is busy 100 % of the time: ≈80 % of it in the package @queue/client with nothing of the program calling it.',
    );
    expect(toldOf(310)).toBe('NOTICE: The main thread is busy 100 % of the time.');
    // Much of what it begins again and again is in Node's code that goes on with it.
    expect(toldOf(310, 800)).toMatch(
      /≈41 % of it in the package @queue\/client .*, and ≈53 % in Node itself\.$/,
    );
  });

  test('of a job that serves nobody is worth a notice', () => {
    const outside = outsideOf({ Timeout: 1, TCPSocketWrap: 2 });
    expect(told(busyThread, { points: BUSY_POINTS, hotCode: hotCodeOf(), outside })).toMatch(
      /^NOTICE: .* pollJobs/,
    );
    const served = outsideOf({ Timeout: 1, TCPServerWrap: 1 });
    expect(
      told(busyThread, { points: BUSY_POINTS, hotCode: hotCodeOf(), outside: served }),
    ).toMatch(/^WARNING: .* pollJobs/);
  });

  test('is worth no more than a notice where requests make it do that', () => {
    const places = [{ frames: [POLL], callers: [], ms: 300, route: 'GET /jobs' }];
    const hotCode = hotCodeOf({ nodeMs: 1_200, places });
    expect(told(busyThread, { points: BUSY_POINTS, hotCode })).toMatch(/^NOTICE: .* pollJobs/);
  });

  test('is told with the line that Node calls again and again', () => {
    const hotCode = hotCodeOf({
      nodeMs: 1_200,
      places: [{ frames: [POLL], callers: [], ms: 300, route: null }],
    });
    expect(told(busyThread, { points: BUSY_POINTS, hotCode })).toBe(
      'WARNING: The main thread is busy 100 % of the time: ≈20 % of it in the loop of pollJobs (src/jobs.ts:6), and ≈80 % in Node calling it again and again.',
    );
  });

  test('is told with the function that Node calls, where that calls others in turn', () => {
    const dial = aFrame('dial', '/app/src/broker.ts', 4);
    const keep = aFrame('keepConnected', '/app/src/broker.ts', 11);
    const hotCode = hotCodeOf({
      nodeMs: 1_120,
      places: [
        { frames: [dial, keep], callers: [], ms: 180, route: null },
        { frames: [keep], callers: [], ms: 120, route: null },
        { frames: [RENDER], callers: [], ms: 80, route: 'GET /page' },
      ],
    });
    expect(told(busyThread, { points: BUSY_POINTS, hotCode })).toBe(
      'WARNING: The main thread is busy 100 % of the time: ≈20 % of it in the loop of keepConnected (src/broker.ts:11), which calls dial (src/broker.ts:4), and ≈75 % in Node calling it again and again.',
    );
  });

  test('is told with the function that goes round, also where what it calls takes most and goes on by itself', () => {
    const dial = aFrame('dial', '/app/src/broker.ts', 4);
    const keep = aFrame('keepConnected', '/app/src/broker.ts', 11);
    const hotCode = hotCodeOf({
      nodeMs: 450,
      places: [
        { frames: [dial], callers: [keep], ms: 900, route: null },
        { frames: [keep], callers: [], ms: 100, route: null },
      ],
    });
    expect(told(busyThread, { points: BUSY_POINTS, hotCode })).toBe(
      'WARNING: The main thread is busy 100 % of the time: ≈67 % of it in the loop of keepConnected (src/broker.ts:11), which calls dial (src/broker.ts:4), and ≈30 % in Node calling it again and again.',
    );
  });

  test('is told with the function that takes long, where it is not called again and again', () => {
    const tick = aFrame('tick', '/app/src/jobs.ts', 2);
    const places = [{ frames: [RENDER, tick], callers: [tick], ms: 1_400, route: null }];
    expect(told(busyThread, { points: BUSY_POINTS, hotCode: hotCodeOf({ places }) })).toMatch(
      /in render \(src\/page\.ts:9\)\.$/,
    );
  });

  test('that does many things for those who ask is worth a notice', () => {
    const places = [
      { frames: [RENDER], callers: [], ms: 400, route: 'GET /page' },
      { frames: [POLL], callers: [], ms: 300, route: null },
    ];
    expect(told(busyThread, { points: BUSY_POINTS, hotCode: hotCodeOf({ places }) })).toBe(
      'NOTICE: The main thread is busy 100 % of the time: ≈27 % of it in render (src/page.ts:9), for GET /page.',
    );
  });

  test('is worth a notice before anybody knows why', () => {
    expect(told(busyThread, { points: BUSY_POINTS })).toBe(
      'NOTICE: The main thread is busy 100 % of the time.',
    );
  });

  test.each([
    ['was busy in one interval', [...HEALTHY_POINTS, { ...BUSY_POINTS.at(-1)! }], null],
    [
      'has much time left',
      BUSY_POINTS.map((each) => ({ ...each, eventLoopUtilization: 0.65 })),
      null,
    ],
    [
      'had little time left for a moment',
      BUSY_POINTS.slice(-3).map((each) => ({ ...each, eventLoopUtilization: 0.8 })),
      null,
    ],
    [
      'does little, but is not given a core',
      BUSY_POINTS.map((each) => ({ ...each, eventLoopUtilization: 0.97 })),
      { lastedMs: 30_000, ranMs: 1_200, waitedMs: 28_000, quota: null },
    ],
  ])('is not what one is called that %s', (_name, points, cpuTime) => {
    expect(told(busyThread, { points, cpuTime, hotCode: hotCodeOf() })).toBeNull();
  });

  test('is worth a notice where it has little time left for long', () => {
    const points = BUSY_POINTS.map((each) => ({ ...each, eventLoopUtilization: 0.8 }));
    expect(told(busyThread, { points, hotCode: hotCodeOf() })).toBe(
      'NOTICE: The main thread is busy at least 80 % of the time: ≈80 % of it in pollJobs (src/jobs.ts:6).',
    );
  });

  test('is told with the timers that keep it busy', () => {
    const tick = aFrame('tick', '/app/src/player.ts', 4);
    const timers = aFrame('listOnTimeout', 'node:internal/timers', 600);
    const hotCode = hotCodeOf({
      nodeMs: 1_000,
      places: [{ frames: [tick, timers], callers: [], ms: 400, route: null }],
    });
    expect(told(busyThread, { points: BUSY_POINTS, hotCode })).toBe(
      'WARNING: The main thread is busy 100 % of the time: ≈27 % of it in tick (src/player.ts:4), and ≈67 % in Node calling it again and again, by timers.',
    );
    const found = busyThread.check(evidenceOf({ points: BUSY_POINTS, hotCode }));
    expect(busyThread.nextStep(found as never)).toMatch(/^Let one timer serve many/);
  });

  test('is what one is called that never rests, however little of a core it is given', () => {
    const cpuTime = { lastedMs: 30_000, ranMs: 4_000, waitedMs: 26_000, quota: null };
    expect(told(busyThread, { points: BUSY_POINTS, cpuTime, hotCode: hotCodeOf() })).toMatch(
      /^NOTICE: .* pollJobs/,
    );
  });
});

test('a loop that native code holds up is told by the profile, not by what came next', () => {
  const next = aFrame('answer', '/app/src/next.ts', 2);
  const delays = {
    watchedMs: 60_000,
    sinceMs: 1,
    count: 20,
    totalMs: 6_000,
    worstMs: 480,
    starvedMs: 0,
    ownWorkMs: 0,
    unseenMs: 0,
    places: [{ frames: [next], ms: 5_000, nativeMs: 5_000 }],
  };
  expect(told(delayedLoop, { delays })).toMatch(/answer \(src\/next\.ts:2\)\.$/);
  expect(told(delayedLoop, { delays, hotCode: hotCodeOf() })).toMatch(
    /≈80 % of it in native code called by pollJobs \(src\/jobs\.ts:6\)\.$/,
  );
  // Short delays are over before a look meets anybody: the profile alone tells who it was.
  const unseen = { ...delays, unseenMs: 6_000, places: [] };
  expect(told(delayedLoop, { delays: unseen, hotCode: hotCodeOf() })).toMatch(
    /≈80 % of it in pollJobs \(src\/jobs\.ts:6\)\.$/,
  );
  const seen = { ...delays, unseenMs: 5_000, places: [{ frames: [POLL], ms: 1_000, nativeMs: 0 }] };
  expect(told(delayedLoop, { delays: seen, hotCode: hotCodeOf() })).toMatch(
    /≈80 % of it in pollJobs \(src\/jobs\.ts:6\)\.$/,
  );
});
