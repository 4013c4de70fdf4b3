import { describe, expect, onTestFinished, test } from 'vitest';
import type { BufferReading } from '../readings/memory/external.ts';
import { createStackStore } from '../tasks/stack-store.ts';
import { collected, madeBy, observe, readNow, watched } from '../testing/outside-observed.ts';
import { createBufferSampler } from './buffers/buffers.ts';

describe('buffers', () => {
  const kept: unknown[] = [];
  const MAKERS = {
    keepAllocated: () => kept.push(Buffer.alloc(100_000)),
    keepParts: () => kept.push(Buffer.concat([Buffer.alloc(50_000), Buffer.alloc(50_000)])),
    keepPart: () => kept.push(Buffer.allocUnsafeSlow(100_000).subarray(0, 10)),
    keepText: () => kept.push(Buffer.from('x'.repeat(100_000))),
    keepBody: () => kept.push(Buffer.from(new ArrayBuffer(100_000))),
    keepSmall: () => {
      for (let left = 100; left > 0; left -= 1) kept.push(Buffer.from('x'.repeat(1_000)));
    },
  };

  test.each(Object.entries(MAKERS))(
    'that %s keeps are told by the line, in bytes',
    async (name, make) => {
      const observer = watched();
      for (let left = 150; left > 0; left -= 1) make();
      await collected(observer);
      const { kinds, keptBytes } = madeBy(name, readNow(observer));
      kept.length = 0;
      expect(kinds).toEqual(['BUFFER']);
      // Sampled: 15 MB true.
      expect(keptBytes / 15e6).toBeGreaterThan(0.5);
      expect(keptBytes / 15e6).toBeLessThan(1.5);
    },
  );

  test('that were let go of are made, and not kept', async () => {
    const observer = watched();
    for (let left = 150; left > 0; left -= 1) letGo();
    await collected(observer);
    const found = madeBy('letGo', readNow(observer));
    expect(found.settled).toBeGreaterThan(30);
    expect(found.kept).toBeLessThan(5);
  });

  function letGo(): number {
    return Buffer.alloc(100_000).length;
  }

  test('are made by functions that look and act as they did', () => {
    const names = ['alloc', 'allocUnsafe', 'allocUnsafeSlow', 'concat', 'from'] as const;
    const keys = Reflect.ownKeys(Buffer);
    const before = names.map(makerOf);
    const observer = watched();
    expect(Reflect.ownKeys(Buffer)).toEqual(keys);
    for (const [index, { value: standIn, ...flags }] of names.map(makerOf).entries()) {
      const { value: original, ...flagsBefore } = before[index]!;
      expect(standIn).not.toBe(original);
      expect(flags).toEqual(flagsBefore);
      expect([standIn.name, standIn.length]).toEqual([original.name, original.length]);
      expect(Reflect.ownKeys(standIn)).toEqual(Reflect.ownKeys(original));
      const wrong = Symbol.iterator;
      expect(messageOf(() => standIn(wrong))).toBe(messageOf(() => original(wrong)));
    }
    expect(Buffer.concat([Buffer.from('a'), Buffer.alloc(1, 'b')]).toString()).toBe('ab');
    observer.stop();
    for (const [index, { value }] of names.map(makerOf).entries()) {
      expect(value).toBe(before[index]!.value);
    }
  });

  function makerOf(name: string): PropertyDescriptor {
    return Object.getOwnPropertyDescriptor(Buffer, name)!;
  }

  test('are made by what the program has put in the place of ours, also afterwards', () => {
    const { alloc } = Buffer;
    const observer = watched();
    const ours = Buffer.alloc;
    const theirs: typeof alloc = (...args) => ours(...args);
    Buffer.alloc = theirs;
    onTestFinished(() => {
      Buffer.alloc = alloc;
    });
    observer.stop();
    expect(Buffer.alloc).toBe(theirs);
    expect(Buffer.alloc(2, 'x').toString()).toBe('xx');
  });
});

describe('buffers that are seen from the start on', () => {
  const kept: unknown[] = [];

  function keepLarge(): void {
    kept.push(Buffer.alloc(64 * 1024));
  }
  function keepSmall(): void {
    kept.push(Buffer.from('x'.repeat(1_000)));
  }
  function keepJoined(): void {
    kept.push(Buffer.concat([PART, PART]));
  }
  function drop(): number {
    return Buffer.allocUnsafe(16 * 1024).length;
  }
  const PART = Buffer.alloc(5_000);

  function bytesOf(name: string, { rows, stacks }: BufferReading) {
    const own = rows.filter(({ stack }) => stacks[stack]!.some((each) => each.function === name));
    return {
      live: own.reduce((sum, { liveBytes }) => sum + liveBytes, 0),
      total: own.reduce((sum, { totalBytes }) => sum + totalBytes, 0),
    };
  }

  test('are told by the line that made them, live and ever made, about as many as there are', async () => {
    const observer = observe({ seesBuffers: true, lastMajorMs: () => Number.NEGATIVE_INFINITY });
    for (let left = 320; left > 0; left -= 1) keepLarge();
    for (let left = 12_000; left > 0; left -= 1) keepSmall();
    for (let left = 1_200; left > 0; left -= 1) keepJoined();
    for (let left = 1_000; left > 0; left -= 1) drop();
    await new Promise(setImmediate);
    const read = observer.readExternal({ collect: true });
    expect(read).toMatchObject({ unavailable: null, sinceMs: expect.any(Number) });
    expect(read.pauseMs).toBeGreaterThan(0);
    // By chance: four standard deviations, which a fifth is at this size.
    for (const [name, bytes] of Object.entries({
      keepLarge: 320 * 64 * 1024,
      keepSmall: 12_000 * 1_000,
      keepJoined: 1_200 * 10_000,
    })) {
      const { live, total } = bytesOf(name, read);
      expect(Math.abs(live / bytes - 1)).toBeLessThan(0.4);
      expect(total).toBe(live);
    }
    const dropped = bytesOf('drop', read);
    expect(dropped.live).toBeLessThan(1e6);
    expect(dropped.total).toBeGreaterThan(8e6);

    kept.length = 0;
    await new Promise(setImmediate);
    observer.collect({ isAskedFor: true });
    const after = observer.readExternal({ collect: false });
    expect(bytesOf('keepLarge', after).live).toBeLessThan(1e6);
    expect(bytesOf('keepLarge', after).total).toBe(bytesOf('keepLarge', read).total);
  });

  test('are gone from here once they were handed to another thread', () => {
    const observer = observe({ seesBuffers: true });
    const made = handOver();
    expect(bytesOf('handOver', observer.readExternal({ collect: false })).live).toBeCloseTo(
      1e6,
      -5,
    );
    structuredClone(made.buffer, { transfer: [made.buffer] });
    expect(bytesOf('handOver', observer.readExternal({ collect: false })).live).toBe(0);
  });

  function handOver(): Buffer<ArrayBuffer> {
    return Buffer.alloc(1_000_000);
  }

  test('are not seen where that is switched off, and the reason is told', () => {
    const { alloc } = Buffer;
    const observer = observe();
    expect(Buffer.alloc).toBe(alloc);
    expect(observer.readExternal({ collect: true })).toMatchObject({
      unavailable: expect.stringContaining('PPROFQL_BUFFERS'),
      sinceMs: null,
      rows: [],
    });
  });

  test('are told to a watch, of those that were made meanwhile', async () => {
    const observer = observe({ seesBuffers: true });
    for (let left = 10; left > 0; left -= 1) keepLarge();
    await new Promise((resolve) => setTimeout(resolve, 5));
    observer.watch({ buffers: true, resources: false, forMs: 60_000 });
    for (let left = 10; left > 0; left -= 1) keepLargest();
    await collected(observer);
    const reading = readNow(observer);
    expect(madeBy('keepLargest', reading)).toMatchObject({ kinds: ['BUFFER'] });
    expect(madeBy('keepLargest', reading).keptBytes).toBeCloseTo(10e6, -5);
    expect(madeBy('keepLarge', reading).kept).toBe(0);
    kept.length = 0;
  });

  function keepLargest(): void {
    kept.push(Buffer.alloc(1_000_000));
  }

  test('stay seen when a watch ends', () => {
    const { alloc } = Buffer;
    const observer = observe({ seesBuffers: true });
    observer.watch({ buffers: true, resources: false, forMs: 60_000 });
    observer.watch({ buffers: false, resources: false, forMs: 60_000 });
    expect(Buffer.alloc).not.toBe(alloc);
    observer.stop();
    expect(Buffer.alloc).toBe(alloc);
  });
});

function messageOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    return String(error);
  }
  return 'nothing is thrown';
}

test('bodies of answers that are read as bytes are told by the line, with their size', async () => {
  await fetch('data:text/plain,loads-what-fetch-needs');
  const observer = watched();
  for (let left = 3; left > 0; left -= 1) await readBody();
  expect(madeBy('readBody', readNow(observer), 'BODY')).toMatchObject({
    settled: 3,
    keptBytes: 30_000,
  });
  const { name, length } = Response.prototype.arrayBuffer;
  expect([name, length]).toEqual(['arrayBuffer', 0]);
});

async function readBody(): Promise<ArrayBuffer> {
  const headers = { 'content-length': '10000' };
  return await new Response('x'.repeat(10_000), { headers }).arrayBuffer();
}

test('frozen functions stay as they are, and the reason is told', () => {
  const stacks = createStackStore(4);
  const owner = Object.freeze({ alloc: () => Buffer.alloc(1) });
  const { alloc } = owner;
  const watch = createBufferSampler({ stacks, onSample: () => {} }, owner);
  expect(watch.start()).toBe('what makes them is frozen in this process');
  expect(owner.alloc).toBe(alloc);
  watch.stop();
});

test.each<[string, (deep: number) => unknown]>([
  ['on a short stack', () => Buffer.alloc(-1)],
  ['on a stack that is cut', beneath],
  ['by one that calls another', () => Buffer.concat([1 as never])],
  ['by the program itself', () => Buffer.from({ valueOf: beneath } as never)],
])('errors of what makes buffers are those of Node, %s', (_name, fail) => {
  const watch = createBufferSampler({ stacks: createStackStore(4), onSample: () => {} });
  const seen = [false, true].map((isWatched) => {
    if (isWatched) expect(watch.start()).toBeNull();
    try {
      fail(20);
    } catch (error) {
      return { error, stack: (error as Error).stack };
    } finally {
      watch.stop();
    }
    return null;
  });
  expect(seen[0]).not.toBeNull();
  expect(seen[1]).toEqual(seen[0]);
});

function beneath(deep: number): unknown {
  return deep > 0 ? beneath(deep - 1) : Buffer.alloc(-1);
}
