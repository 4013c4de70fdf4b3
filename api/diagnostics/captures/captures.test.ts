import { describe, expect, it } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import { aFiguresReading } from '../../probe/testing/figures-reading.ts';
import { fakeDiagnostics } from '../../server/testing/fake-diagnostics.ts';
import { type ExternalSnapshot, externalSnapshot } from '../heap/external.ts';
import type { HeapProfileSnapshot } from '../heap/types.ts';
import { type CapturesOptions, createCaptures } from './captures.ts';

const fake = fakeDiagnostics();

/** A heap that holds so many bytes, all of one function, read now. */
function heapNow(bytes: number): HeapProfileSnapshot {
  return {
    collectedAtMs: Date.now(),
    pauseMs: 1,
    samplingIntervalBytes: 512,
    rotations: 0,
    profile: {
      sampleTypes: [
        { type: 'inuse_objects', unit: 'count' },
        { type: 'inuse_space', unit: 'bytes' },
      ],
      frames: [{ function: 'hold', file: '/app/hold.js', line: 1 }],
      samples: [{ stack: [0], values: [1, bytes] }],
    },
    cumulativeUnavailable: null,
  };
}

/** Captures of a process whose heap grows by 100 bytes a read. */
function capturesOf(overrides: Partial<CapturesOptions> = {}) {
  let bytes = 0;
  return createCaptures({
    readHeap: async () => {
      bytes += 100;
      return heapNow(bytes);
    },
    readTasks: async () => {
      const tasks = await fake.goroutines({ raw: false });
      return { ...tasks, observation: { via: 'DIRECT', measuredAtMs: Date.now() } };
    },
    readPprof: async () => {
      const figures = await fake.pprof();
      return { ...figures, observation: { via: 'DIRECT', measuredAtMs: Date.now() } };
    },
    maxCaptures: 3,
    pauseBudgetPercent: 100,
    ...overrides,
  });
}

const request = { to: null, limit: 10, includeOwn: false };
const namesOf = async (captures: ReturnType<typeof capturesOf>) =>
  (await captures.list()).map(({ name }) => name);

describe('captures', () => {
  it('are kept in the order in which they were taken, a new one in place of one of its name', async () => {
    const captures = capturesOf();
    for (const name of ['a', 'b', 'a']) await captures.capture(name);
    expect(await namesOf(captures)).toEqual(['b', 'a']);
  });

  it('give way to newer ones, which say so', async () => {
    const captures = capturesOf();
    const displaced = [];
    for (const name of ['a', 'b', 'c', 'c', 'd']) {
      displaced.push((await captures.capture(name)).displaced);
    }
    expect(displaced).toEqual([null, null, null, null, 'a']);
    expect(await namesOf(captures)).toEqual(['b', 'c', 'd']);
  });

  it('can be forgotten', async () => {
    const captures = capturesOf();
    await captures.capture('a');
    expect(await captures.delete('a')).toBe(true);
    expect(await captures.delete('a')).toBe(false);
    expect(await namesOf(captures)).toEqual([]);
  });

  it.each(['', ' a', 'a ', 'a\nb', 'a\u0000', 'x'.repeat(101)])(
    'refuse the name %j',
    async (name) => {
      const captures = capturesOf();
      await expect(captures.capture(name)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
      expect(await namesOf(captures)).toEqual([]);
    },
  );

  it('keep nothing of a moment in which the thread did not answer', async () => {
    const readTasks = () => fake.goroutines({ raw: false });
    const captures = capturesOf({ readTasks, busyPatienceMs: 0 });
    await expect(captures.capture('a')).rejects.toMatchObject({ code: 'PROCESS_NOT_RESPONDING' });
    expect(await namesOf(captures)).toEqual([]);
  });

  it('wait for a thread that is busy, also where it has never answered before', async () => {
    const silent = new DiagnosticsError('PROCESS_NOT_RESPONDING', 'busy');
    const old = await fake.goroutines({ raw: false });
    const observation = { ...old.observation, measuredAtMs: Date.now() + 60_000 };
    const fresh = { ...old, observation };
    const answers = [() => Promise.reject(silent), async () => old, async () => fresh];
    const captures = capturesOf({ readTasks: async () => answers.shift()!() });
    expect(await captures.capture('a')).toMatchObject({ tasks: { observation } });
  });

  it('do without a heap where there is no sampler, and say why', async () => {
    const readHeap = async () => {
      throw new DiagnosticsError('UNAVAILABLE', 'switched off');
    };
    const captures = capturesOf({ readHeap });
    expect(await captures.capture('a')).toMatchObject({
      heap: null,
      heapUnavailable: 'switched off',
    });
    expect((await captures.diff({ base: 'a', ...request })).allocations).toBeNull();
  });
});

/** Buffers of one function, of which so many bytes live and so many were ever made, in samples of a megabyte. */
function buffersOf(liveBytes: number, totalBytes: number): ExternalSnapshot {
  const row = { stack: 0, liveObjects: 1, liveBytes, totalObjects: 1, totalBytes };
  const evidence = (bytes: number) => ({ samples: bytes / 1e6, variance: bytes * 1e6 });
  const [live, total] = [evidence(liveBytes), evidence(totalBytes)];
  return externalSnapshot(
    {
      takenAtMs: Date.now(),
      ...{ sinceMs: 1, unavailable: null, samplingIntervalBytes: 1e6, stackCount: 1 },
      rows: [
        {
          ...row,
          ...{ liveSamples: live.samples, liveVariance: live.variance },
          ...{ totalSamples: total.samples, totalVariance: total.variance },
        },
      ],
      stacks: [[{ function: 'keep', file: '/app/keep.js', line: 3, column: 1, isAsync: false }]],
      ...{ liveBytes, totalBytes, garbageCollectedAtMs: Date.now(), pauseMs: 0 },
      ...{ handles: {}, workers: 0, zlibStreams: null },
      memory: aFiguresReading({ takenAtMs: 1 }).memory,
    },
    0,
  );
}

describe('what grew outside the heap', () => {
  const timers = { key: 'T', kind: 'Timeout', frames: [], kept: 3, keptBytes: 0 };
  const buffers = { key: 'B', kind: 'BUFFER', frames: [], kept: 1, keptBytes: 1e6 };
  let kept = 0;
  const made = {
    watch: async () => {},
    async read() {
      kept += 2;
      return [timers, buffers].map((row) => ({ ...row, kept, keptBytes: row.keptBytes * kept }));
    },
  };

  async function outsideOf(
    reads: readonly (ExternalSnapshot | null)[],
    { watchMade = false } = {},
  ) {
    const left = [...reads];
    const captures = capturesOf({ readBuffers: async () => left.shift() ?? null, made });
    await captures.capture('a', { watchMade });
    const { outside } = await captures.diff({ base: 'a', ...request });
    return outside?.map(({ kind, bytesDelta, marginBytes }) => [kind, bytesDelta, marginBytes]);
  }

  it('is told of buffers without a watch, with a margin for those made and dropped meanwhile alone', async () => {
    const few = await outsideOf([buffersOf(50e6, 60e6), buffersOf(54e6, 64e6)]);
    const many = await outsideOf([buffersOf(50e6, 60e6), buffersOf(54e6, 200e6)]);
    for (const rows of [few, many]) {
      expect(rows).toEqual([['BUFFER', 4e6, expect.any(Number)]]);
    }
    const marginOf = (rows: typeof few) => rows?.[0]?.[2] as number;
    expect(marginOf(few)).toBeGreaterThan(2e6);
    expect(marginOf(many)).toBeGreaterThan(2 * marginOf(few));
    expect(await outsideOf([buffersOf(5e6, 5e6), buffersOf(4e6, 9e6)])).toEqual([]);
  });

  it('is told of the rest where that is watched, and of buffers by the watch where nothing else tells', async () => {
    expect(await outsideOf([null, null])).toBeUndefined();
    expect(await outsideOf([buffersOf(1e6, 1e6), null])).toBeUndefined();
    expect(await outsideOf([null, null], { watchMade: true })).toEqual([
      ['BUFFER', 2e6, null],
      ['Timeout', null, null],
    ]);
    const seen = [buffersOf(1e6, 1e6), buffersOf(9e6, 9e6)];
    expect(await outsideOf(seen, { watchMade: true })).toEqual([
      ['BUFFER', 8e6, expect.any(Number)],
      ['Timeout', null, null],
    ]);
  });
});

describe('a diff', () => {
  it('compares two captures, or one with now', async () => {
    const captures = capturesOf();
    await captures.capture('a');
    await captures.capture('b');
    const grown = async (to: string | null) =>
      (await captures.diff({ base: 'a', ...request, to })).allocations?.grown[0]?.bytesDelta;
    expect(await grown('b')).toBe(100);
    expect(await grown(null)).toBe(200);
    expect(await grown('a')).toBeUndefined();
    expect(await namesOf(captures)).toEqual(['a', 'b']);
  });

  it('names what there is where a capture is not', async () => {
    const captures = capturesOf();
    await captures.capture('a');
    const attempt = captures.diff({ base: 'x', ...request });
    await expect(attempt).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: 'there is no capture "x"; kept are "a"',
    });
  });

  it.each([0, -1, 1001])('refuses a limit of %d', async (limit) => {
    const captures = capturesOf();
    await captures.capture('a');
    const attempt = captures.diff({ base: 'a', ...request, limit });
    await expect(attempt).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});
