import { getHeapSpaceStatistics } from 'node:v8';
import { describe, expect, it } from 'vitest';
import * as ownTime from '../../base/own-time.ts';
import { createRequestContext } from '../requests/context/context.ts';
import {
  cleanups,
  collectGarbage,
  functionsOf,
  noLongerNew,
  observed,
  scavenge,
  sendHanging,
  serve,
  tasksThrough,
  typesThrough,
} from '../testing/tracked.ts';
import { createAsyncTracker } from './tracker.ts';

it('lets scavenges collect what has been awaited, before it grows old', async () => {
  const oldSpaceBytes = () =>
    getHeapSpaceStatistics().find(({ space_name }) => space_name === 'old_space')!.space_used_size;
  const load = async () => Array.from({ length: 10_000 }, (_, index) => [index]);
  await observed.tracker.sweep();
  collectGarbage();
  const before = oldSpaceBytes();
  for (let index = 0; index < 8; index++) {
    await load();
    await noLongerNew();
  }
  for (let index = 0; index < 3; index++) scavenge();
  expect(oldSpaceBytes() - before).toBeLessThan(3_000_000);
});

describe('the tracker', () => {
  it('settles: a promise that is fulfilled is no task any more', async () => {
    let settle = () => {};
    async function waitsForUs(): Promise<void> {
      await new Promise<void>((resolve) => {
        settle = resolve;
      });
    }
    const waiting = waitsForUs();
    expect(await typesThrough('waitsForUs')).toEqual(['PROMISE']);
    settle();
    await waiting;
    expect(await typesThrough('waitsForUs')).toEqual([]);
  });

  it('shows the timer that a promise waits for, and not the promise as well', async () => {
    const timers: NodeJS.Timeout[] = [];
    async function sleeps(): Promise<void> {
      await new Promise((resolve) => timers.push(setTimeout(resolve, 1_000_000)));
    }
    const sleeping = sleeps();
    expect(await typesThrough('sleeps')).toEqual(['Timeout']);
    expect(sleeping).toBeInstanceOf(Promise);
    clearTimeout(timers[0]);
  });

  it('estimates the true number of tasks when it samples', async () => {
    observed.tracker.stop();
    observed.tracker = createAsyncTracker({
      requestContext: observed.requestContext,
      maxRecords: 500,
      overheadBudgetPercent: 100,
    });
    const held: Promise<unknown>[] = [];
    const makeMany = () => {
      for (let index = 0; index < 8_000; index++) held.push(new Promise(() => {}));
    };
    makeMany();
    const tasks = await tasksThrough('makeMany');
    const estimate = tasks.reduce((sum, { weight }) => sum + weight, 0);
    expect(held).toHaveLength(8_000);
    expect(tasks.length).toBeLessThanOrEqual(500);
    // Some 250 to 500 records: five standard deviations are below a third.
    expect(estimate).toBeGreaterThan(8_000 * 0.67);
    expect(estimate).toBeLessThan(8_000 * 1.33);
    expect(observed.tracker.instrumentation().dropped).toBeGreaterThan(0);
  });

  it('estimates the promises of one request that makes very many', async () => {
    observed.tracker.stop();
    observed.tracker = createAsyncTracker({ requestContext: observed.requestContext });
    const held: Promise<unknown>[] = [];
    const makeMany = () => {
      for (let index = 0; index < 200_000; index++) held.push(new Promise(() => {}));
    };
    const port = await serve(makeMany);
    await sendHanging(port, 1, () => '/many');
    const tasks = await tasksThrough('makeMany');
    const estimate = tasks.reduce((sum, { weight }) => sum + weight, 0);
    expect(estimate).toBeGreaterThan(160_000);
    expect(estimate).toBeLessThan(240_000);
  });

  it('estimates a million promises made in one loop', async () => {
    observed.tracker.stop();
    observed.tracker = createAsyncTracker({ requestContext: observed.requestContext });
    const held: Promise<unknown>[] = [];
    const makeMillion = () => {
      for (let index = 0; index < 1_000_000; index++) held.push(new Promise(() => {}));
    };
    makeMillion();
    const tasks = await tasksThrough('makeMillion');
    const estimate = tasks.reduce((sum, { weight }) => sum + weight, 0);
    expect(held).toHaveLength(1_000_000);
    expect(observed.tracker.instrumentation().blindMs).toBe(0);
    expect(estimate).toBeGreaterThan(850_000);
    expect(estimate).toBeLessThan(1_150_000);
  });

  it('keeps what was made before a storm that fills its records', async () => {
    observed.tracker.stop();
    observed.tracker = createAsyncTracker({
      requestContext: observed.requestContext,
      overheadBudgetPercent: 100,
    });
    const held: Promise<unknown>[] = [];
    const makeBefore = () => held.push(new Promise(() => {}));
    makeBefore();
    const madeAt = Date.now();
    // The time whose tasks are counted together is over.
    await expect.poll(() => Date.now() - madeAt).toBeGreaterThan(200);
    for (let index = 0; index < 100_000; index++) held.push(new Promise(() => {}));
    expect(observed.tracker.instrumentation().dropped).toBeGreaterThan(0);
    expect(await tasksThrough('makeBefore')).toMatchObject([{ type: 'PROMISE', weight: 1 }]);
  });

  it('leaves out what is nobody’s business, in whatever turn it happens', async () => {
    const held: Promise<unknown>[] = [];
    const makeMany = () => {
      for (let index = 0; index < 100; index++) held.push(new Promise(() => {}));
    };
    const before = observed.tracker.instrumentation();
    await observed.requestContext.leaveOut(async () => {
      makeMany();
      await new Promise((resolve) => setTimeout(resolve));
      makeMany();
    });
    const after = observed.tracker.instrumentation();
    expect(after.seen - before.seen).toBeLessThan(20);
    expect(after.sampledOut).toBe(before.sampledOut);
    expect(held).toHaveLength(200);
    expect(await tasksThrough('makeMany')).toEqual([]);
  });

  it('does not see the timers of pprofql', () => {
    const { seen } = observed.tracker.instrumentation();
    const timers = Array.from({ length: 1_000 }, () => [
      ownTime.setTimeout(() => {}, 60_000),
      ownTime.setInterval(() => {}, 60_000),
    ]).flat();
    expect(observed.tracker.instrumentation().seen - seen).toBeLessThan(10);
    for (const timer of timers) clearTimeout(timer);
  });

  it('spends no more than its budget on a storm of promises', async () => {
    observed.tracker.stop();
    observed.tracker = createAsyncTracker({
      requestContext: observed.requestContext,
      overheadBudgetPercent: 2,
    });
    const leaf = async (value: number) => value;
    for (let index = 0; index < 300_000; index++) await leaf(index);
    const { seen, sampledOut, samplingRate } = observed.tracker.instrumentation();
    // A program that starts has 420 ms of it, and a record that is dropped soon costs some 4 µs.
    expect(seen - sampledOut).toBeLessThan(150_000);
    expect(samplingRate).toBeLessThan(1);
  });

  it('lets go of what is over in the middle of a storm, before any turn of the loop', async () => {
    const leaf = async (value: number) => value;
    for (let index = 0; index < 3_000; index++) await leaf(index);
    expect(observed.tracker.instrumentation().records).toBeLessThan(500);
  });

  it('leaves nothing behind when it stops', async () => {
    observed.tracker.stop();
    const { seen } = observed.tracker.instrumentation();
    await Promise.resolve().then(() => {});
    expect(observed.tracker.instrumentation()).toMatchObject({ enabled: false, seen, records: 0 });
    expect((await observed.tracker.read()).tasks).toEqual([]);
  });

  it('leaves nothing behind when it stops in the middle of a sweep', async () => {
    observed.tracker.stop();
    observed.tracker = createAsyncTracker({
      requestContext: observed.requestContext,
      overheadBudgetPercent: 100,
    });
    const held = Array.from({ length: 5_000 }, () => new Promise(() => {}));
    expect(observed.tracker.instrumentation().records).toBeGreaterThanOrEqual(held.length);
    const reading = observed.tracker.read();
    observed.tracker.stop();
    await reading;
    expect(observed.tracker.instrumentation().records).toBe(0);
    expect(observed.tracker.lastRead()).toBeNull();
  });

  it('gives back the stack settings of the host', async () => {
    const before = { limit: Error.stackTraceLimit, prepare: Error.prepareStackTrace };
    const timer = setTimeout(() => {}, 1_000_000);
    await observed.tracker.read();
    clearTimeout(timer);
    expect({ limit: Error.stackTraceLimit, prepare: Error.prepareStackTrace }).toEqual(before);
  });
});

it('goes on to record everything after a sweep in which the machine ran something else', async () => {
  const ofOwnContext = createRequestContext();
  const withUsualBudget = createAsyncTracker({ requestContext: ofOwnContext });
  cleanups.push(() => {
    withUsualBudget.stop();
    ofOwnContext.stop();
  });
  const nobodyWakes = new Int32Array(new SharedArrayBuffer(4));
  const losesProcessor = {
    get [Symbol.toStringTag]() {
      Atomics.wait(nobodyWakes, 0, 0, 1_000);
      return 'Looked at';
    },
  };
  const settled = Promise.resolve(losesProcessor);
  const { longestSliceMs } = await withUsualBudget.read();
  expect(longestSliceMs).toBeGreaterThan(900);
  expect(await settled).toBe(losesProcessor);

  const resolvers: (() => void)[] = [];
  function hangAfterwards() {
    return new Promise<void>((resolve) => resolvers.push(resolve));
  }
  const hanging = Array.from({ length: 200 }, hangAfterwards);
  const reading = await withUsualBudget.read();
  const found = reading.tasks.filter((task) =>
    functionsOf(reading, task).includes('hangAfterwards'),
  );
  expect(found.map(({ weight }) => weight)).toEqual(hanging.map(() => 1));
  expect(reading.instrumentation.blindMs).toBe(0);
});
