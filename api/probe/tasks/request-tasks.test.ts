import http from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import {
  collectGarbage,
  functionsOf,
  noLongerNew,
  observed,
  sendHanging,
  serve,
  typesThrough,
} from '../testing/tracked.ts';
import { createAsyncTracker } from './tracker.ts';

describe('a promise of a request in flight', () => {
  it.each([
    ['settles before a sweep', false],
    ['settles after a sweep saw it pending', true],
  ])('keeps no result alive when it %s', async (_, isSeenPending) => {
    let finish = () => {};
    const mayFinish = new Promise<void>((resolve) => {
      finish = resolve;
    });
    let result: WeakRef<Uint8Array> | undefined;
    async function loadResult(): Promise<Uint8Array> {
      await mayFinish;
      const bytes = new Uint8Array(1024 ** 2);
      result = new WeakRef(bytes);
      return bytes;
    }
    if (!isSeenPending) finish();
    const port = await serve(() => void loadResult());
    await sendHanging(port, 1, () => '/result');
    if (isSeenPending) {
      expect(await typesThrough('loadResult')).toEqual(['PROMISE']);
      finish();
    }
    await expect.poll(() => result).toBeDefined();
    if (isSeenPending) await observed.tracker.sweep();
    await noLongerNew();
    // What a weak reference was asked for lives until the turn of the loop ends.
    await nextTurn();
    collectGarbage();
    expect(result?.deref() === undefined).toBe(true);
    expect(observed.requestContext.inFlight()).toBe(1);
  });
});

describe('requests that never settle', () => {
  async function neverSettles(waiters?: (() => void)[]): Promise<void> {
    await new Promise<void>((resolve) => void waiters?.push(resolve));
  }
  async function hangingHandler(waiters?: (() => void)[]): Promise<void> {
    await null;
    await neverSettles(waiters);
  }
  const WHOLE_STACK = 'PROMISE < /user/:id < neverSettles < hangingHandler';

  /** Weights of the tasks that requests wait for, by type, route and stack. */
  async function hangingTasks(): Promise<Record<string, number>> {
    const reading = await observed.tracker.read();
    const routes = new Map(reading.requests.map(({ id, route }) => [id, route]));
    const weights: Record<string, number> = {};
    for (const task of reading.tasks) {
      if (task.request === null) continue;
      const parts = [task.type, routes.get(task.request), ...functionsOf(reading, task)];
      const shape = parts.join(' < ');
      weights[shape] = (weights[shape] ?? 0) + task.weight;
    }
    for (const shape of Object.keys(weights)) weights[shape] = Number(weights[shape]!.toFixed(6));
    return weights;
  }

  it('are one task each, with the stack of what they wait for', async () => {
    const waiters: (() => void)[] = [];
    const port = await serve(() => void hangingHandler(waiters));
    await sendHanging(port, 500, (index) => `/user/${index}?token=secret`);
    expect(await hangingTasks()).toEqual({ [WHOLE_STACK]: 500 });
    await nextTurn();
    collectGarbage();
    expect(await hangingTasks()).toEqual({ [WHOLE_STACK]: 500 });
    expect(waiters).toHaveLength(500);
  });

  it('lose nothing to a collection once a sweep has seen them, though nobody holds the promise', async () => {
    const port = await serve(() => void hangingHandler());
    await sendHanging(port, 20, (index) => `/user/${index}`);
    const before = await hangingTasks();
    await nextTurn();
    collectGarbage();
    expect(await hangingTasks()).toEqual(before);
    expect(Object.values(before).reduce((sum, weight) => sum + weight, 0)).toBe(20);
  });

  it('have their stack also where a collection came before any sweep', async () => {
    const port = await serve(() => {
      void hangingHandler();
      setImmediate(() => collectGarbage());
    });
    await sendHanging(port, 1, () => '/user/1');
    await expect.poll(hangingTasks).toEqual({ [WHOLE_STACK]: 1 });
  });

  it('are tasks by themselves where the handler keeps no promise', async () => {
    const port = await serve(() => {});
    await sendHanging(port, 3, () => '/callback');
    const { tasks, requests } = await observed.tracker.read();
    expect(tasks.filter(({ type }) => type === 'HTTP_REQUEST')).toHaveLength(3);
    expect(requests.map(({ method, route }) => `${method} ${route}`)).toContain('GET /callback');
  });

  it('are all there where they came while hardly anything was recorded', async () => {
    observed.tracker.stop();
    observed.tracker = createAsyncTracker({
      requestContext: observed.requestContext,
      overheadBudgetPercent: 0.01,
    });
    const waiters: (() => void)[] = [];
    for (let index = 0; index < 200_000; index++) void Promise.resolve();
    expect(observed.tracker.instrumentation().samplingRate).toBeLessThan(0.01);
    const port = await serve(() => void hangingHandler(waiters));
    await sendHanging(port, 7, (index) => `/user/${index}`);
    const weights = Object.values(await hangingTasks());
    expect(weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(7);
  });

  it('end with their connection', async () => {
    const port = await serve(() => {});
    const client = http.get({ host: '127.0.0.1', port, agent: false }).on('error', () => {});
    await expect.poll(() => observed.requestContext.inFlight()).toBe(1);
    client.destroy();
    await expect.poll(() => observed.requestContext.inFlight()).toBe(0);
  });
});
