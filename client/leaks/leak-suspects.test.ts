import { describe, expect, it } from 'vitest';
import { type DiffNumbers, diffOf } from '../testing/diffs.ts';
import { areBeyondNoise, findSuspects, type SuspectOptions, visibleFrom } from './leak-suspects.ts';

/** The first frame and the sizes of every suspect. Four sampling intervals are 4,000 bytes. */
function suspects(runs: DiffNumbers[], options?: SuspectOptions) {
  return findSuspects(runs.map(diffOf), options).map(({ place, sizeAfterRuns }) => [
    place?.function,
    ...sizeAfterRuns,
  ]);
}

const memoryRuns = (...sizes: number[]) => sizes.map((size) => ({ memory: { 'work<main': size } }));
const taskRuns = (...sizes: number[]) => sizes.map((size) => ({ tasks: { 'wait<main': size } }));

describe('memory is suspect', () => {
  it.each([
    ['that grew once', [5_000]],
    ['that grew in every run', [5_000, 10_000, 15_000]],
    ['that grew in every run, by less at last', [8_000, 16_000, 19_000]],
  ])('%s', (_case, sizes) => {
    expect(suspects(memoryRuns(...sizes))).toEqual([['work', ...sizes]]);
  });

  it.each([
    ['within the tolerance', [4_000]],
    ['made once', [50_000, 50_000]],
    ['that went again', [5_000, 10_000, 2_000]],
    ['that all but stopped growing', [8_000, 16_000, 17_000]],
    ['that grew later only', [0, 10_000]],
  ])('but not %s', (_case, sizes) => {
    expect(suspects(memoryRuns(...sizes))).toEqual([]);
  });

  it('whichever way the runtime called the program', () => {
    const runs: DiffNumbers[] = [
      { memory: { 'node:array<work<node:timers': 5_000 } },
      { memory: { 'node:array<work<node:microtasks': 6_000, 'work<node:timers': 4_000 } },
    ];
    expect(suspects(runs)).toEqual([['work', 5_000, 10_000]]);
  });

  it('although it moved to another stack when its code was optimized', () => {
    const runs: DiffNumbers[] = [
      { memory: { 'push<leak<main': 10_000 } },
      { memory: { 'push<leak<main': 11_000, 'push<main': 9_000 } },
      { memory: { 'push<leak<main': 11_000, 'push<main': 19_000 } },
    ];
    expect(suspects(runs)).toEqual([['push', 0, 9_000, 19_000]]);
  });

  it('although it is spread over more stacks than one can see grow', () => {
    const spread = (bytes: number) =>
      Object.fromEntries(Array.from({ length: 20 }, (_, at) => [`work${at}<main`, bytes]));
    const runs = [{ memory: spread(1_000) }, { memory: spread(2_000) }];
    expect(suspects(runs)).toHaveLength(5);
  });

  it('but not where what grows here shrinks there', () => {
    const runs: DiffNumbers[] = [
      { memory: { 'optimized<main': 1_000, 'plain<main': -1_000 } },
      { memory: { 'optimized<main': 9_000, 'plain<main': -9_000 } },
      { memory: { 'optimized<main': 18_000, 'plain<main': -18_000 } },
    ];
    expect(suspects(runs)).toEqual([]);
  });

  it('from a tolerance of one’s own on', () => {
    expect(suspects(memoryRuns(5_000), { tolerance: { bytes: 5_000 } })).toEqual([]);
    expect(suspects(memoryRuns(5_001), { tolerance: { bytes: 5_000 } })).toHaveLength(1);
    expect(suspects(memoryRuns(1), { tolerance: { bytes: 0 } })).toHaveLength(1);
  });
});

describe('what is outside the heap is suspect', () => {
  const outside = (
    what: string,
    ...runs: { count: number; bytes?: number; marginBytes?: number }[]
  ) => runs.map((run) => ({ outside: { [what]: run } }));

  it('that became more in every run', () => {
    const buffers = [3e6, 6e6, 9e6].map((bytes) => ({ count: 1, bytes }));
    expect(suspects(outside('BUFFER work<main', ...buffers))).toEqual([['work', 3e6, 6e6, 9e6]]);
    const counts = [3, 6, 9].map((count) => ({ count }));
    for (const kind of ['WORKER', 'LISTENER', 'TCPWRAP']) {
      expect(suspects(outside(`${kind} work<main`, ...counts))).toEqual([['work', 3, 6, 9]]);
    }
  });

  it('but not what a few samples more would be, nor a pool that is filled once', () => {
    expect(suspects(outside('BUFFER work<main', { count: 4, bytes: 2e6 }))).toEqual([]);
    const rough = [3e6, 6e6].map((bytes) => ({ count: 1, bytes, marginBytes: 4e6 }));
    expect(suspects(outside('BUFFER work<main', ...rough))).toEqual([]);
    expect(suspects(outside('WORKER work<main', { count: 2 }))).toEqual([]);
    expect(suspects(outside('TCPWRAP work<main', { count: 8 }, { count: 8 }))).toEqual([]);
  });

  it('once, where it is a task as well', () => {
    const run = (count: number) => ({
      tasks: { 'work<main': count },
      outside: { 'Timeout work<main': { count } },
    });
    expect(suspects([run(3), run(6)])).toEqual([['work', 3, 6]]);
  });
});

describe('tasks are suspect', () => {
  it('that became more in every run', () => {
    expect(suspects(taskRuns(3, 6, 9))).toEqual([['wait', 3, 6, 9]]);
    expect(suspects(taskRuns(3, 6, 6))).toEqual([]);
    expect(suspects(taskRuns(2))).toEqual([]);
  });

  it('beyond what sampling blurs', () => {
    const sampled = (count: number) => [{ tasks: { 'wait<main': count }, samplingRate: 0.1 }];
    // 3 * sqrt(50 * 9) is 63.6, 3 * sqrt(100 * 9) is 90.
    expect(suspects(sampled(50))).toEqual([]);
    expect(suspects(sampled(100))).toHaveLength(1);
  });

  it('after memory', () => {
    const runs = [{ memory: { work: 5_000 }, tasks: { wait: 1_000_000 } }];
    expect(suspects(runs).map(([place]) => place)).toEqual(['work', 'wait']);
  });
});

describe('what is to be ignored', () => {
  it.each([
    ['function', /^work$/],
    ['file', /app.main\.js$/],
    ['global expression', /work/g],
  ])('is told by %s', (_case, pattern) => {
    expect(suspects(memoryRuns(5_000), { ignore: [pattern] })).toEqual([]);
    expect(suspects(memoryRuns(5_000, 10_000), { ignore: [pattern] })).toEqual([]);
  });

  it('is told by route', () => {
    const runs = [{ tasks: { wait: 10 }, route: 'POST /checkout/:id' }];
    expect(suspects(runs, { ignore: [/^POST \/checkout/] })).toEqual([]);
    expect(suspects(runs, { ignore: [/^GET \/checkout/] })).toHaveLength(1);
  });
});

describe('suspects are beyond noise', () => {
  const judge = (numbers: DiffNumbers) => {
    const diff = diffOf(numbers);
    return areBeyondNoise(findSuspects([diff], { tolerance: { bytes: 0 } }), diff);
  };

  // A sample is 1,000 bytes; two deviations of n samples are 2 * sqrt(n).
  it.each([
    ['3 samples', 3_000, false],
    ['5 samples', 5_000, true],
  ])('from some samples on: %s', (_case, bytes, verdict) => {
    expect(judge({ memory: { work: bytes } })).toBe(verdict);
  });

  it('unless as much may have been freed and made anew', () => {
    // 2 * sqrt(110 + 100) is 29 samples.
    expect(judge({ memory: { work: 10_000 }, freedBytes: 100_000 })).toBe(false);
    expect(judge({ memory: { work: 90_000 }, freedBytes: 100_000 })).toBe(true);
  });

  it('where they are tasks', () => {
    expect(judge({ memory: { work: 3_000 }, tasks: { wait: 5 } })).toBe(true);
  });
});

it('sees no memory without a heap sampler, and no tasks while none are tracked', () => {
  const blind = { ...diffOf({ samplingRate: 0 }), allocations: null };
  expect(visibleFrom(blind, {})).toEqual({ bytes: Infinity, tasks: Infinity });
});

it('says from what size on growth is visible', () => {
  expect(visibleFrom(diffOf({}), {})).toEqual({ bytes: 4_000, tasks: 2 });
  expect(visibleFrom(diffOf({ samplingRate: 0.5 }), { tolerance: { bytes: 7, tasks: 1 } })).toEqual(
    {
      bytes: 7,
      tasks: 10,
    },
  );
});
