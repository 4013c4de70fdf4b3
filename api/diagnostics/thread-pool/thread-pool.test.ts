import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import type { TaskReading, TasksReading } from '../../probe/readings/tasks.ts';
import { poolJobsOf, runningJobs } from './pool-jobs.ts';
import { lookUpNothing, startPoolProbe } from './pool-probe.ts';
import { createThreadPool, poolSize } from './thread-pool.ts';

describe('the pool of threads', () => {
  let done: (() => void)[];
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] });
    done = [];
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  /** What it makes a job wait is up to the test. */
  const startedProbe = () =>
    startPoolProbe({ submit: (finish) => done.push(finish), nowMs: () => Date.now() });
  const finishAll = () => {
    for (const finish of done.splice(0)) finish();
  };

  it('is asked for one thread at a time, however long that takes', () => {
    const probe = startedProbe();
    vi.advanceTimersByTime(60 * MS_PER_SECOND);
    expect(done).toHaveLength(1);
    probe.stop();
  });

  it('is slow from the first job that waits for long until two in a row do not', () => {
    const probe = startedProbe();
    expect(probe.waitedMs()).toBeNull();
    const finishQuickly = () => {
      vi.advanceTimersByTime(2 * MS_PER_SECOND);
      finishAll();
    };
    finishQuickly();
    expect(probe.slowSinceMs()).toBeNull();
    const beganAtMs = Date.now() + 2 * MS_PER_SECOND;
    vi.advanceTimersByTime(4 * MS_PER_SECOND);
    expect(probe.slowSinceMs()).toBeGreaterThanOrEqual(beganAtMs - MS_PER_SECOND);
    finishAll();
    finishQuickly();
    expect(probe.slowSinceMs()).not.toBeNull();
    finishQuickly();
    expect(probe.slowSinceMs()).toBeNull();
    probe.stop();
  });

  it('has its users read only while it is slow', async () => {
    let slowSinceMs: number | null = null;
    const probe = { waitedMs: () => 5, slowSinceMs: () => slowSinceMs, stop: () => {} };
    const readTasks = vi.fn(async () => readingOf([]));
    const lookups = { ...probe, slowSinceMs: () => null };
    const pool = createThreadPool({ readTasks, probe, lookups });
    await pool.suspect();
    expect(readTasks).not.toHaveBeenCalled();
    expect(pool.evidence()).toMatchObject({ size: 4, sinceMs: null, jobs: null });
    slowSinceMs = Date.now();
    await pool.suspect();
    await pool.refresh();
    expect(readTasks).toHaveBeenCalledTimes(1);
    expect(pool.evidence()).toMatchObject({ sinceMs: slowSinceMs, jobs: [] });
  });

  it('has its users read as well while lookups alone are slow', async () => {
    const quick = { waitedMs: () => 5, slowSinceMs: () => null, stop: () => {} };
    const slow = { waitedMs: () => 9_000, slowSinceMs: () => 1, stop: () => {} };
    const readTasks = async () => readingOf([]);
    const pool = createThreadPool({ readTasks, probe: quick, lookups: slow });
    await pool.suspect();
    expect(pool.evidence()).toMatchObject({
      sinceMs: null,
      lookups: { waitedMs: 9_000, sinceMs: 1 },
      jobs: [],
    });
  });

  it('is held by those of its jobs that had a thread some seconds ago already', async () => {
    const slow = { waitedMs: () => 9_000, slowSinceMs: () => 1, stop: () => {} };
    const stuck = [1, 2].map((createdAtMs) => ({
      ...FILE_CALL,
      stack: 0,
      id: createdAtMs,
      createdAtMs,
    }));
    const quick = (fromMs: number) =>
      Array.from({ length: 9 }, (_, at) => ({
        ...FILE_CALL,
        stack: 2,
        id: fromMs + at,
        createdAtMs: 50,
      }));
    let reading = { ...readingOf([...quick(100), ...stuck]), takenAtMs: 10_000 };
    const pool = createThreadPool({ readTasks: async () => reading, probe: slow, lookups: slow });
    await pool.suspect();
    expect(heldOf(pool)).toEqual([0, 0]);
    vi.advanceTimersByTime(6 * MS_PER_SECOND);
    reading = { ...readingOf([...quick(9_000), ...stuck]), takenAtMs: 16_000 };
    await pool.suspect();
    expect(heldOf(pool)).toEqual([0, 2]);
    expect(pool.evidence()!.jobs![1]).toMatchObject({ count: 2, heldMs: 15_999 });
  });

  it.each([
    ['lookups alone, which may use half of it', 'GETADDRINFOREQWRAP', true],
    ['zlib jobs', 'ZLIB', false],
  ])('is held by unseen jobs where it is full with %s: %s', async (_what, type, isHeldByUnseen) => {
    const slow = { waitedMs: () => 9_000, slowSinceMs: () => 1, stop: () => {} };
    const jobs = [1, 2, 3, 4, 5, 6].map((id) => ({
      type,
      weight: 1,
      stack: 0,
      id,
      createdAtMs: 1,
    }));
    const reading = { ...readingOf(jobs), takenAtMs: 10_000 };
    const pool = createThreadPool({ readTasks: async () => reading, probe: slow, lookups: slow });
    await pool.suspect();
    vi.advanceTimersByTime(6 * MS_PER_SECOND);
    await pool.suspect();
    expect(pool.evidence()).toMatchObject({
      isHeldByUnseen,
      jobs: [{ count: 6, held: isHeldByUnseen ? 0 : 4 }],
    });
  });

  it('gives a lookup that asks no server to a thread', async () => {
    await new Promise<void>((resolve) => lookUpNothing(resolve));
  });
});

const FILE_CALL = { type: 'FSREQPROMISE', weight: 1 };

function heldOf(pool: ReturnType<typeof createThreadPool>): number[] {
  return pool.evidence()!.jobs!.map(({ held }) => held);
}

test('a pool gives its threads in the order of the jobs, but half of them to lookups at most', () => {
  const lookup = { type: 'GETADDRINFOREQWRAP', weight: 1, stack: 0 };
  const { tasks } = readingOf([
    { ...FILE_CALL, stack: 2, id: 9 },
    { ...FILE_CALL, stack: 2, id: 8 },
    ...[1, 2, 3, 4].map((id) => ({ ...lookup, id })),
    { ...FILE_CALL, stack: 2, id: 10 },
  ]);
  expect(runningJobs({ tasks }, 4).map(({ id }) => id)).toEqual([1, 2, 8, 9]);
});

test.each([
  [undefined, 4],
  ['16', 16],
  ['0', 1],
  ['9999', 1_024],
  ['many', 4],
])('a pool has as many threads as UV_THREADPOOL_SIZE %s says', (value, size) => {
  expect(poolSize(value)).toBe(size);
});

const frame = (name: string, file = '/app/login.js') => ({
  function: name,
  file,
  line: 7,
  column: 1,
  isAsync: false,
});

function readingOf(tasks: Partial<TaskReading>[]): TasksReading {
  return {
    stacks: [[frame('handle')], [frame('pbkdf2', 'node:crypto'), frame('hash')], [frame('read')]],
    tasks: tasks as TaskReading[],
  } as TasksReading;
}

it('is used by the lines that made its jobs, not by those who wait for them', () => {
  const reading = readingOf([
    { type: 'PBKDF2REQUEST', weight: 1, stack: 0, madeAt: 1 },
    { type: 'PBKDF2REQUEST', weight: 1, stack: 0, madeAt: 1 },
    { type: 'FSREQPROMISE', weight: 7.6, stack: 2 },
    { type: 'QUERYWRAP', weight: 1, stack: 2 },
    { type: 'PROMISE', weight: 1, stack: 0 },
  ]);
  const { stacks } = reading;
  expect(poolJobsOf(reading)).toEqual([
    { what: 'fs', frames: stacks[2], count: 8, isEstimate: true, held: 0, heldMs: 0 },
    { what: 'crypto', frames: stacks[1], count: 2, isEstimate: false, held: 0, heldMs: 0 },
  ]);
});
