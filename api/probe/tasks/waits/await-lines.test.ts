import { createHook } from 'node:async_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { startTimeSlices } from '../pace/time-slices.ts';
import { createStackStore } from '../stack-store.ts';
import { createAwaitLines } from './await-lines.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

const awaitLines = createAwaitLines({ stacks: createStackStore(16), setQuiet: () => {} });
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

async function whoWait(promise: object): Promise<string[]> {
  const [stack] = await awaitLines.whoWait([promise], startTimeSlices());
  return stack!.frames.map((frame) => frame.function);
}

describe('V8 tells who waits on a promise', () => {
  const pending = () => new Promise<void>(() => {});

  it('on this Node', async () => {
    expect(await awaitLines.isAble()).toBe(true);
  });

  it('with all callers, through Promise.all', async () => {
    const stock = pending();
    async function reserveStock() {
      await stock;
    }
    async function checkout() {
      await reserveStock();
    }
    async function handler() {
      await Promise.all([checkout(), 1]);
    }
    const outcome = handler();
    expect(await whoWait(stock)).toEqual(['reserveStock', 'checkout', 'Promise.all', 'handler']);
    expect(await whoWait(outcome)).toEqual([]);
  });

  it('through what is chained on, generators and for await', async () => {
    const source = pending();
    async function* generate() {
      await source.then(() => 1).finally(() => {});
      yield 1;
    }
    async function consume() {
      for await (const value of generate()) void value;
    }
    const outcome = consume();
    expect(await whoWait(source)).toEqual(['generate', 'consume']);
    expect(outcome).toBeInstanceOf(Promise);
  });

  it('but not where several do', async () => {
    const shared = pending();
    const wait = async () => {
      await shared;
    };
    const waiting = [wait(), wait()];
    expect(await whoWait(shared)).toEqual([]);
    expect(waiting).toHaveLength(2);
  });

  it('on a promise of a subclass', async () => {
    class Query<T> extends Promise<T> {}
    const query = new Query<void>(() => {});
    async function load() {
      await query;
    }
    const outcome = load();
    expect(await whoWait(query)).toEqual(['load']);
    expect(outcome).toBeInstanceOf(Promise);
  });

  it('where the program formats stacks itself, which it is not asked for', async () => {
    const promise = pending();
    async function load() {
      await promise;
    }
    const outcome = load();
    const { prepareStackTrace, captureStackTrace, stackTraceLimit } = Error;
    let calls = 0;
    const count = () => {
      calls += 1;
    };
    cleanups.push(() => Object.assign(Error, { prepareStackTrace, captureStackTrace }));
    Object.assign(Error, { prepareStackTrace: count, captureStackTrace: count });
    expect(await whoWait(promise)).toEqual(['load']);
    expect(calls).toBe(0);
    expect(Error.stackTraceLimit).toBe(stackTraceLimit);
    expect(Error.prepareStackTrace).toBe(count);
    expect(outcome).toBeInstanceOf(Promise);
  });
});

describe('asking who waits changes nothing', () => {
  it('for values, which arrive', async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const waiting = (async () => (await promise) + 1)();
    await whoWait(promise);
    resolve(4);
    expect(await waiting).toBe(5);
  });

  it('for rejections, which are reported once', async () => {
    const reported: unknown[] = [];
    const own = process.listeners('unhandledRejection');
    process.removeAllListeners('unhandledRejection');
    process.on('unhandledRejection', (reason) => reported.push(reason));
    cleanups.push(() => {
      process.removeAllListeners('unhandledRejection');
      for (const listener of own) process.on('unhandledRejection', listener);
    });
    const { promise, reject } = Promise.withResolvers<void>();
    await whoWait(promise);
    reject('nobody handles it');
    await nextTurn();
    await nextTurn();
    expect(reported).toEqual(['nobody handles it']);
  });

  it('for hooks of the program, to which the promise does nothing', async () => {
    const promise = new Promise(() => {});
    const events: string[] = [];
    const ofPromise = new Set<number>();
    const hook = createHook({
      init: (asyncId, _type, _trigger, resource) => {
        if (resource === promise) ofPromise.add(asyncId);
      },
      before: (asyncId) => void (ofPromise.has(asyncId) && events.push('before')),
      promiseResolve: (asyncId) => void (ofPromise.has(asyncId) && events.push('resolve')),
    }).enable();
    cleanups.push(() => void hook.disable());
    await whoWait(promise);
    await nextTurn();
    expect(events).toEqual([]);
  });

  it('for the heap, however often it is asked', async () => {
    const promises = Array.from({ length: 5_000 }, () => new Promise<void>(() => {}));
    const waiting = promises.map(async (promise) => {
      await promise;
    });
    const askAll = () => awaitLines.whoWait(promises, startTimeSlices());
    const heapAfter = async (rounds: number) => {
      for (let round = 0; round < rounds; round++) await askAll();
      await nextTurn();
      collectGarbage();
      return process.memoryUsage().heapUsed;
    };
    const before = await heapAfter(2);
    expect((await heapAfter(10)) - before).toBeLessThan(1_000_000);
    expect(waiting).toHaveLength(promises.length);
  });
});
