/** What stays in memory: the heap that grows, listeners that grow in number, a heap that is about full. */
import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../evidence/evidence.ts';
import { assessHealth } from '../../health.ts';
import { aFrame, evidenceOf, HEALTHY_POINTS, pointsEvery } from '../../testing/evidence.ts';
import { aHeap, FOLLOW, leftEvery, listenersEvery } from '../../testing/kept-evidence.ts';

const SEARCH = aFrame('search', '/app/src/search.ts', 4);
const LOAD = aFrame('load', '/app/src/load.ts', 30);
const RACE = { function: 'Promise.race', file: '', line: 0 };

const from = (frame: typeof SEARCH, megabytes: number) => ({
  frames: [frame],
  grownBytes: megabytes * 1e6,
  marginBytes: 1e6,
});
const BY_SEARCH = [from(SEARCH, 30), from(LOAD, 2)];

/** Severity, name of the culprit, and the sentence of each finding. */
function told(given: Partial<Evidence>): string[] {
  const { findings } = assessHealth(evidenceOf(given), { target: 'self' });
  return findings.map(
    ({ severity, kind, culprit, sentence }) =>
      `${severity} ${kind} ${culprit?.function ?? 'nobody'}: ${sentence}`,
  );
}

describe('a heap whose collections leave ever more', () => {
  const growing = (megabytes: readonly number[], given: Partial<Evidence> = {}) =>
    told({ heap: aHeap({ left: leftEvery(15_000, megabytes) }), growth: BY_SEARCH, ...given });

  it('names the line within a minute, first as something to look at', () => {
    expect(growing([20, 26, 32])).toEqual([
      'NOTICE HEAP_GROWTH search: Heap grew 12.0 MB in 30 s (≈ 40.0 kB a request), ≈ 94 % of it from search (src/search.ts:4).',
    ]);
  });

  it('is a warning once a warm-up or a filling cache would be over', () => {
    const quarterHour = Array.from({ length: 18 }, (_, at) => 20 + 3 * at);
    expect(growing(quarterHour)[0]).toMatch(/^WARNING HEAP_GROWTH search: .* in 4 min/);
    // Sooner where the heap would be full soon.
    const fast = [100, 160, 220, 280, 340, 400, 460];
    expect(growing(fast)[0]).toMatch(/^WARNING HEAP_GROWTH search/);
  });

  it('names two lines that grow about as much', () => {
    expect(growing([20, 26, 32], { growth: [from(SEARCH, 10), from(LOAD, 9)] })[0]).toContain(
      '≈ 53 % of it from search (src/search.ts:4), ≈ 47 % from load (src/load.ts:30)',
    );
  });

  it.each([
    ['a warm-up', [20, 34, 36, 36.2, 36.3]],
    ['a cache that has just been filled', [20, 26, 32, 38, 44, 50, 50.2, 50.4]],
    ['a cache that has filled', [20, 30, 40, 50, 50.4, 50.1, 50.3]],
    ['a heap that is filled and emptied', [20, 40, 60, 22, 41, 58]],
    ['growth that is the runtime’s own', [20, 20.5, 21, 21.4]],
    ['too little time', [20, 40]],
  ])('is not seen in %s', (_, megabytes) => {
    expect(growing(megabytes)).toEqual([]);
  });

  it('goes on where it has lasted for long and one collection alone tells otherwise', () => {
    const grown = [20, 24, 28, 32, 36, 40, 44, 48, 52, 56];
    expect(growing([...grown, 52])).toHaveLength(1);
    expect(growing([...grown, 52, 52])).toEqual([]);
    expect(growing([20, 24, 28, 24])).toEqual([]);
  });

  it('accuses nobody by few samples, and is told without a line only where it is large', () => {
    const unsure = [{ ...from(SEARCH, 3), marginBytes: 12e6 }];
    expect(growing([20, 26, 32], { growth: unsure })).toEqual([]);
    expect(growing([20, 40, 60], { growth: unsure })).toEqual([
      'NOTICE HEAP_GROWTH nobody: Heap grew 40.0 MB in 30 s (≈ 133 kB a request).',
    ]);
  });

  it('is told without a line of less where it has grown with requests for long', () => {
    const unsure = [{ ...from(SEARCH, 3), marginBytes: 12e6 }];
    const steadily = [20, 22, 24, 26, 28, 30, 32, 34, 36];
    expect(growing(steadily, { growth: unsure })).toEqual([
      'NOTICE HEAP_GROWTH nobody: Heap grew 16.0 MB in 2 min (≈ 13.3 kB a request).',
    ]);
    expect(growing(steadily.slice(0, 8), { growth: unsure })).toEqual([]);
  });

  it('says that it is what Node makes for each request, where no line of the program does', () => {
    const incoming = aFrame('parserOnIncoming', 'node:_http_server', 9);
    const made = (
      name: string,
      file: string,
      megabytes: number,
      ...callers: (typeof SEARCH)[]
    ) => ({
      ...from(SEARCH, megabytes),
      frames: [aFrame(name, file, 1), ...callers],
    });
    const growth = [
      made('setHeader', 'node:_http_outgoing', 4, incoming),
      made('handle', '/app/node_modules/router/index.js', 4, incoming),
      made('compile', 'node:vm', 2),
    ];
    expect(growing([20, 26, 32], { growth })).toEqual([
      'NOTICE HEAP_GROWTH nobody: Heap grew 12.0 MB in 30 s (≈ 40.0 kB a request), ≈ 80 % of it made by Node and packages for each request.',
    ]);
    const trail = { ...from(aFrame('audit', '/app/src/audit.ts', 4), 0.6), marginBytes: 0.4e6 };
    expect(growing([20, 26, 32], { growth: [...growth, trail] })).toEqual([
      'NOTICE HEAP_GROWTH audit: Heap grew 12.0 MB in 30 s (≈ 40.0 kB a request), ≈ 75 % of it made by Node and packages for each request; what the program itself made of it is from audit (src/audit.ts:4).',
    ]);
    const others = [LOAD, SEARCH].map((one) => ({ ...trail, frames: [one], grownBytes: 0.5e6 }));
    expect(growing([20, 26, 32], { growth: [...growth, trail, ...others] })[0]).toMatch(
      /^NOTICE HEAP_GROWTH nobody: .* is from audit \(src\/audit\.ts:4\), load \(src\/load\.ts:30\), search \(src\/search\.ts:4\)\.$/,
    );
    const answered = made('setHeader', 'node:_http_outgoing', 5, SEARCH, incoming);
    expect(growing([20, 26, 32], { growth: [answered, ...growth, trail] })[0]).toMatch(
      /^NOTICE HEAP_GROWTH audit: .* ≈ 83 % of it made by Node and packages for each request/,
    );
    const ofProgram = [made('setHeader', 'node:_http_outgoing', 9, SEARCH, incoming)];
    expect(growing([20, 26, 32], { growth: ofProgram })[0]).toContain('of it from search');
  });

  it('is no finding while about as many more clients are connected, each with something of its own', () => {
    const left = leftEvery(15_000, [20, 26, 32]);
    const withUsers = (each: number) =>
      growing([], {
        heap: aHeap({ left: left.map((one, at) => ({ ...one, users: 4 + each * at })) }),
      });
    // 30 kB of each are its own; 120 kB are not.
    expect(withUsers(200)).toEqual([]);
    expect(withUsers(50)).toHaveLength(1);
    expect(withUsers(10)).toHaveLength(1);
  });

  describe('beside clients that have come and stay', () => {
    const grown = Array.from({ length: 20 }, (_, at) => 20 + 3 * at);
    const beside = (users: (at: number) => number) =>
      growing([], {
        heap: aHeap({
          left: leftEvery(15_000, grown).map((one, at) => ({ ...one, users: users(at) })),
        }),
      });

    it('is told by the time since they came', () => {
      const [sentence, ...others] = beside((at) => 50 + 250 * Math.min(8, at));
      expect(sentence).toMatch(/^NOTICE HEAP_GROWTH search: Heap grew 33\.0 MB in 2 min/);
      expect(others).toEqual([]);
      // Of two thousand some dozens come and go.
      expect(beside((at) => 50 + 250 * Math.min(8, at) + (at % 2) * 40)).toHaveLength(1);
      expect(beside((at) => 50 + 250 * at)).toEqual([]);
    });

    it('is a warning where it is far more than each of them has of its own', () => {
      expect(beside((at) => 50 + 20 * at)[0]).toMatch(/^WARNING HEAP_GROWTH search/);
      expect(beside((at) => 50 + 50 * at)[0]).toMatch(/^NOTICE HEAP_GROWTH search/);
    });
  });

  it('is told of less once the runtime has had its own', () => {
    expect(growing([20, 21, 22, 23])).toHaveLength(1);
    expect(growing([20, 20.6, 21.2, 21.8])).toEqual([]);
  });

  it('is called after a package with none of the program on the stack, as a notice however long it lasts', () => {
    const POLL = aFrame('Consumer.poll', '/app/node_modules/broker/index.js', 14);
    const growth = [from({ function: 'race', file: '', line: 0 }, 40)].map((each) => ({
      ...each,
      frames: [...each.frames, POLL],
    }));
    const long = Array.from({ length: 30 }, (_, at) => 20 + 2 * at);
    expect(growing(long, { growth })[0]).toMatch(
      /^NOTICE HEAP_GROWTH Consumer\.poll: .* ≈ 100 % of it from Consumer\.poll \(node_modules\/broker\/index\.js:14\)\.$/,
    );
  });

  it('is called after the named function for which a nameless one was called', () => {
    const nameless = aFrame('(anonymous)', '/app/src/search.ts', 7);
    const from = { function: 'from', file: '', line: 0 };
    const growth = [{ frames: [nameless, from, SEARCH], grownBytes: 9e6, marginBytes: 1e6 }];
    expect(growing([20, 26, 32], { growth })[0]).toMatch(/^NOTICE HEAP_GROWTH search:/);
  });
});

describe('promises that stay', () => {
  const place = {
    frames: [RACE, aFrame('handle', '/app/src/server.ts', 13), FOLLOW],
    sampled: 40,
    kept: 40,
    settled: 40,
    keptPerSecond: 20.4,
  };
  const with_ = (promises: Partial<typeof place>, megabytes: readonly number[] = []) =>
    told({
      heap: aHeap({
        left: leftEvery(15_000, megabytes),
        promises: [{ ...place, ...promises }],
      }),
      growth: [from(LOAD, 10)],
    });

  it('are what a heap grows by, with the line that makes them', () => {
    expect(with_({}, [20, 26, 32])).toEqual([
      'NOTICE HEAP_GROWTH handle: Heap grew 12.0 MB in 30 s (≈ 40.0 kB a request): ≈ 20 promises a second that Promise.race makes in handle (src/server.ts:13) stay in memory; ≈ 100 % of it from load (src/load.ts:30).',
    ]);
  });

  it('are told before the heap tells', () => {
    expect(with_({})).toEqual([
      'NOTICE HEAP_GROWTH handle: ≈ 20 promises a second that Promise.race makes in handle (src/server.ts:13) stay in memory.',
    ]);
  });

  it('are told alike where V8 calls static methods those of a function', () => {
    const frames = place.frames.map((frame) =>
      frame === RACE ? { ...RACE, function: 'Function.race' } : frame,
    );
    expect(with_({ frames })).toEqual(with_({}));
  });

  it('are those of the caller, where an async function gave them', () => {
    const get = aFrame('get', '/app/src/cache.ts', 3);
    expect(with_({ frames: [LOAD, get] })[0]).toContain(
      'promises a second that get (src/cache.ts:3) was given',
    );
  });

  it('are those of a package that works by itself, with nothing of the program on the stack', () => {
    const POLL = aFrame('Consumer.poll', '/app/node_modules/broker/index.js', 20);
    expect(with_({ frames: [RACE, POLL] })).toEqual([
      'NOTICE HEAP_GROWTH Consumer.poll: ≈ 20 promises a second that Promise.race makes in Consumer.poll (node_modules/broker/index.js:20) stay in memory.',
    ]);
    // And go on to be told once the heap tells of them, however little that is.
    expect(with_({ frames: [RACE, POLL] }, [20, 22, 24])).toEqual([
      expect.stringMatching(/^NOTICE HEAP_GROWTH Consumer\.poll: Heap grew 4\.00 MB in 30 s/),
    ]);
  });

  it.each([
    [
      'a package may keep them in a cache',
      { frames: [aFrame('load', '/app/node_modules/x/index.js', 2)] },
    ],
    ['most are gone', { kept: 7, settled: 7 }],
    ['few were seen', { sampled: 3, kept: 3, settled: 3 }],
    ['somebody still waits for them', { frames: [LOAD], settled: 0 }],
    ['hardly any is made', { keptPerSecond: 0.2 }],
  ])('are not told of where %s', (_, promises) => {
    expect(with_(promises)).toEqual([]);
  });
});

describe('listeners of one event of one emitter', () => {
  it('grow in number, and the line that adds them is named', () => {
    expect(told({ listeners: [listenersEvery(5_000, [60, 110, 160, 210])] })).toEqual([
      "NOTICE LISTENER_GROWTH follow: 210 'change' listeners on one EventEmitter, ≈ 1 more a request, added in follow (src/session.ts:9).",
    ]);
  });

  it('are told by the second where they are more than requests would add', () => {
    const [sentence] = told({ listeners: [listenersEvery(5_000, [60, 560, 1_060, 1_560])] });
    expect(sentence).toContain(', ≈ 100 more a second, added in follow');
  });

  it('explain the heap that grows with them', () => {
    const given = {
      listeners: [
        listenersEvery(
          5_000,
          Array.from({ length: 11 }, (_, at) => 60 + 50 * at),
        ),
      ],
      heap: aHeap({ left: leftEvery(25_000, [20, 30, 40]) }),
      growth: [from(LOAD, 19), from(SEARCH, 1)],
    };
    expect(told(given)).toEqual([
      "WARNING LISTENER_GROWTH follow: 560 'change' listeners on one EventEmitter, ≈ 1 more a request, added in follow (src/session.ts:9); the heap grew 20.0 MB with them, ≈ 95 % of it from load (src/load.ts:30).",
    ]);
  });

  it('do not explain a heap that grows by far more than they may hold', () => {
    const given = {
      listeners: [listenersEvery(5_000, [60, 70, 80, 90])],
      heap: aHeap({ left: leftEvery(25_000, [20, 320, 620]) }),
      growth: [from(SEARCH, 590)],
    };
    expect(told(given).map((each) => each.split(' ')[1])).toEqual([
      'HEAP_GROWTH',
      'LISTENER_GROWTH',
    ]);
  });

  it('are told by who made them, with the function that has added them for it', () => {
    const keeper = aFrame('subscribe', '/app/src/bus.ts', 5);
    expect(
      told({ listeners: [listenersEvery(15_000, [100, 200, 300, 400, 500], { keeper })] })[0],
    ).toMatch(
      /^WARNING LISTENER_GROWTH follow: .* added in follow \(src\/session\.ts:9\) by subscribe \(src\/bus\.ts:5\)\.$/,
    );
  });

  it('are called the signal’s, of which a signal for each piece of work is the cure', () => {
    const listeners = [
      listenersEvery(5_000, [60, 110, 160, 210], { emitter: 'AbortSignal', event: 'abort' }),
    ];
    const { findings } = assessHealth(evidenceOf({ listeners }), { target: 'self' });
    expect(findings[0]?.nextStep).toMatch(/signal of its own/);
  });

  it.each([
    [
      'each open socket has one',
      listenersEvery(5_000, [60, 110, 160, 210], { users: [55, 105, 155, 205] }),
    ],
    ['they come and go', listenersEvery(5_000, [60, 210, 120, 180])],
    ['there are many, and no more', listenersEvery(5_000, [900, 900, 901, 902])],
    ['they are few', listenersEvery(5_000, [11, 20, 30, 40])],
    ['too little time has passed', listenersEvery(5_000, [60, 300])],
  ])('are well where %s', (_, listeners) => {
    expect(told({ listeners: [listeners] })).toEqual([]);
  });
});

describe('a heap that is about full', () => {
  const LIMIT = 160e6;
  const filling = (oldSpaceUsed: number, given: Partial<Evidence> = {}) =>
    told({
      heapLimitBytes: LIMIT,
      points: [...HEALTHY_POINTS.slice(0, -1), ...pointsEvery(10_000, [{ oldSpaceUsed }])],
      heap: aHeap({ left: leftEvery(15_000, [40, 60, 80]) }),
      growth: BY_SEARCH,
      ...given,
    });

  it('tells how long it will last at this rate, and who fills it', () => {
    expect(filling(80e6)).toEqual([
      'WARNING NEAR_HEAP_LIMIT search: Heap at 50 % of its limit of 160 MB, full in about 60 s at this rate; it grows, ≈ 94 % of it from search (src/search.ts:4).',
    ]);
    expect(filling(120e6)[0]).toMatch(/^CRITICAL NEAR_HEAP_LIMIT search: .* about 30 s/);
  });

  it('tells of the collections, which nothing else has to tell then', () => {
    const points = pointsEvery(
      10_000,
      Array.from({ length: 19 }, () => ({ oldSpaceUsed: 120e6, gcPauseTotalMs: 3_000 })),
    );
    expect(filling(0, { points })).toEqual([
      expect.stringMatching(
        /^CRITICAL NEAR_HEAP_LIMIT .*; collecting garbage takes 30 % of the time\.$/,
      ),
    ]);
  });

  it('is no more than a notice while nobody knows who fills it', () => {
    expect(filling(80e6, { growth: [] })[0]).toMatch(/^NOTICE NEAR_HEAP_LIMIT nobody/);
  });

  it('is not told of while it would last for hours', () => {
    expect(filling(80e6, { heapLimitBytes: 100e9 })[0]).toMatch(/^NOTICE HEAP_GROWTH/);
  });
});
