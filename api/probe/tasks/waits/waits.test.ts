/** Programs of known truth: what waits, and where, at one and at a thousand. */

import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once, setMaxListeners } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createRequestContext } from '../../requests/context/context.ts';
import type { RequestContext } from '../../requests/context/types.ts';
import type { AsyncTracker } from '../async-tracker.ts';
import { createAsyncTracker } from '../tracker.ts';

const FILE = import.meta.filename;

let requestContext: RequestContext;
let tracker: AsyncTracker;
const held: unknown[] = [];
const settle: (() => void)[] = [];
let silent: http.Server;
const stop = new AbortController();

beforeAll(async () => {
  silent = http.createServer(() => {}).listen(0, '127.0.0.1');
  await once(silent, 'listening');
});
afterAll(() => {
  silent.closeAllConnections();
  silent.close();
});
beforeEach(() => {
  requestContext = createRequestContext();
  tracker = createAsyncTracker({
    requestContext,
    overheadBudgetPercent: 100,
    maxRecords: 100_000,
  });
});
afterEach(() => {
  tracker.stop();
  requestContext.stop();
  held.length = 0;
  for (const done of settle.splice(0)) done();
});

const acquire = () => new Promise<void>((resolve) => void settle.push(resolve));
const emitter = new EventEmitter().setMaxListeners(0);
const storage = new AsyncLocalStorage<number>();
const { signal } = stop;

async function* items() {
  await acquire();
  yield 1;
}

const url = () => `http://127.0.0.1:${(silent.address() as AddressInfo).port}/`;
const channel = new MessageChannel();
channel.port1.unref();
setMaxListeners(0, channel.port1, signal);

/** Each waits for ever; the function's name tells what for. */
const SHAPES = {
  async lock() {
    await acquire();
  },
  async callers() {
    await SHAPES.lock();
  },
  async deferred() {
    const { promise, resolve } = Promise.withResolvers<void>();
    settle.push(resolve);
    await promise;
  },
  async all() {
    await Promise.all([acquire(), 1]);
  },
  async race() {
    await Promise.race([acquire(), acquire()]);
  },
  async any() {
    await Promise.any([acquire()]);
  },
  async chained() {
    await acquire()
      .then(() => 1)
      .finally(() => {});
  },
  async thenable() {
    // biome-ignore lint/suspicious/noThenProperty: a thenable is what is tested
    await { then: (resolve: () => void) => void settle.push(resolve) };
  },
  async generator() {
    for await (const item of items()) void item;
  },
  async store() {
    await storage.run(1, () => acquire());
  },
  async event() {
    await once(emitter, 'never', { signal });
  },
  async message() {
    await once(channel.port1, 'message', { signal });
  },
  async aborted() {
    await new Promise((_, reject) => signal.addEventListener('abort', reject));
  },
  async returned() {
    await SHAPES.passedOn();
  },
  async passedOn() {
    return acquire();
  },
  async timer() {
    await new Promise((resolve) => {
      const timer = setTimeout(resolve, 1e8);
      settle.push(() => clearTimeout(timer));
    });
  },
  async timers() {
    await sleep(1e8, null, { signal, ref: false });
  },
  async stream() {
    const source = new Readable({ read() {} });
    held.push(source);
    for await (const chunk of source) void chunk;
  },
  async fetched() {
    await fetch(url(), { signal });
  },
  async requested() {
    await new Promise((_, reject) => {
      const request = http.get(url(), { agent: false }).on('error', reject);
      settle.push(() => request.destroy());
    });
  },
};

type Shape = keyof typeof SHAPES;

/** Where the innermost of the test's own functions stands, and what it waits for. */
const TRUTH: [shape: Shape, line: string, type: string][] = [
  ['lock', 'lock', 'PROMISE'],
  ['callers', 'lock < callers', 'PROMISE'],
  ['deferred', 'deferred', 'PROMISE'],
  ['all', 'Promise.all < all', 'PROMISE'],
  ['race', 'race', 'PROMISE'],
  ['any', 'Promise.any < any', 'PROMISE'],
  ['chained', 'chained', 'PROMISE'],
  ['thenable', 'thenable', 'PROMISE'],
  ['generator', 'items < generator', 'PROMISE'],
  ['store', 'store', 'PROMISE'],
  ['event', 'event', 'PROMISE'],
  ['message', 'message', 'PROMISE'],
  ['aborted', 'aborted', 'PROMISE'],
  ['returned', 'returned', 'PROMISE'],
  ['timer', 'timer', 'Timeout'],
  ['timers', 'timers', 'Timeout'],
  ['stream', 'stream', 'PROMISE'],
  ['fetched', 'fetched', 'PROMISE'],
  ['requested', 'requested', 'HTTPCLIENTREQUEST'],
];

/** Tasks that pass a function of this file by their stack: how many of each, with kind and type. */
async function tasksHere(isMine: (name: string) => boolean): Promise<Record<string, number>> {
  const { tasks, stacks } = await tracker.read();
  const found: Record<string, number> = {};
  for (const { stack, stackKind, type, weight } of tasks) {
    const frames = stacks[stack] ?? [];
    const names = frames
      .filter(({ file }) => file === '' || file.endsWith(FILE))
      .map((frame) => frame.function.split('.').at(-1)!);
    if (!names.some(isMine)) continue;
    const text = `${type} ${stackKind} ${names.join(' < ')}`;
    found[text] = (found[text] ?? 0) + weight;
  }
  return found;
}

const plain = (line: string) => line.replaceAll('Promise.', '');

describe.each([1, 10, 1_000])('what %i wait for', (count) => {
  const isReal = ([shape]: (typeof TRUTH)[number]) =>
    count < 1_000 || !['fetched', 'requested'].includes(shape);

  it.each(TRUTH.filter(isReal))('%s stands at one line', async (shape, line, type) => {
    const outcomes = Array.from({ length: count }, () => SHAPES[shape]().catch(() => {}));
    held.push(outcomes);
    const truth = { [`${type} WAITS ${plain(line)}`]: count };
    const seen = () => tasksHere((name) => name === shape);
    // A request of `fetch` takes some turns to begin.
    await expect.poll(seen).toEqual(truth);
  });
});

describe('where nobody or several wait, a task shows where it was created', () => {
  it('each of several that await one promise', async () => {
    const shared = acquire();
    async function waitsShared() {
      await shared;
    }
    held.push(Array.from({ length: 50 }, waitsShared));
    const found = await tasksHere((name) => name === 'waitsShared');
    expect(Object.values(found).reduce((sum, each) => sum + each, 0)).toBe(50);
    expect(Object.keys(found).every((text) => text.startsWith('PROMISE CREATED waitsShared'))).toBe(
      true,
    );
  });

  it('each of several that await what one function returns, beside that function', async () => {
    async function works() {
      await acquire();
    }
    const outcome = works();
    async function waitsForWork() {
      await outcome;
    }
    held.push(Array.from({ length: 20 }, waitsForWork));
    const found = await tasksHere((name) => name === 'waitsForWork' || name === 'works');
    expect(Object.entries(found)).toEqual(
      expect.arrayContaining([
        ['PROMISE WAITS works', 1],
        [expect.stringMatching(/^PROMISE CREATED waitsForWork/), 20],
      ]),
    );
  });

  it('a promise that nobody awaits', async () => {
    function forgets() {
      held.push(acquire());
    }
    forgets();
    const found = await tasksHere((name) => name === 'forgets');
    expect(Object.keys(found)).toEqual([
      expect.stringMatching(/^PROMISE CREATED new Promise < acquire < forgets/),
    ]);
  });

  it('functions that wait for what nobody can settle, as many as are held', async () => {
    async function waitsForNothing() {
      await new Promise(() => {});
    }
    held.push(Array.from({ length: 500 }, waitsForNothing));
    // Nothing holds what they await: where it is collected nothing waits on it any more, and a read that was under way misses it.
    await vi.waitFor(async () => {
      const found = await tasksHere((name) => name === 'waitsForNothing');
      expect(Object.values(found).reduce((sum, count) => sum + count)).toBe(500);
    });
  });

  it('an awaited one and a forgotten one are two', async () => {
    async function awaits() {
      held.push(acquire());
      await acquire();
    }
    held.push(awaits());
    const found = await tasksHere((name) => name === 'awaits');
    expect(Object.values(found)).toEqual([1, 1]);
  });
});

describe('many who ask', () => {
  it('cause one sweep', async () => {
    const readings = await Promise.all(Array.from({ length: 20 }, () => tracker.read()));
    expect(new Set(readings.map(({ takenAtMs }) => takenAtMs)).size).toBe(1);
    expect(new Set(readings.map(({ tasks }) => tasks)).size).toBe(1);
  });
});
