import { EventEmitter } from 'node:events';
import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import { createGzip } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { DiagnosticsClient, Diff } from '../index.ts';
import { observeThisProcess } from '../testing/observed-test.ts';

/** Below it a heap read collects no garbage. */
const COLLECTS_GARBAGE = Number.parseInt(process.versions.node, 10) >= 26;

let client: DiagnosticsClient;
let stop: () => Promise<void>;

beforeAll(async () => {
  ({ client, stop } = await observeThisProcess());
});

afterAll(() => stop());

interface Order {
  id: number;
  placedAt: Date;
}

function makeOrders(count: number): Order[] {
  return Array.from({ length: count }, (_, id) => ({ id, placedAt: new Date(id) }));
}

async function messageOf(check: Promise<unknown>): Promise<string> {
  return check.then(
    () => expect.unreachable('nothing was found'),
    (error: Error) => error.message,
  );
}

describe('captures and diffs of a real process', () => {
  it('tell what a function holds more, and what it no longer holds', async () => {
    let held: Order[] | null = null;
    function holdOrders() {
      held = makeOrders(50_000);
    }
    const isOfOrders = ({ frames }: { frames: { function: string }[] }) =>
      frames.some((frame) => frame.function === 'holdOrders');

    const before = await client.capture('before');
    holdOrders();
    await client.capture('holding');
    const growth = await client.diff({ base: 'before' });
    const rows = growth.allocations?.grown.filter(isOfOrders) ?? [];
    expect(rows.reduce((bytes, row) => bytes + row.bytesDelta, 0)).toBeGreaterThan(2_000_000);
    expect(rows.every(({ change }) => change === 'NEW')).toBe(true);
    expect(growth.base).toEqual(before);
    expect(growth.to.name).toBeNull();
    expect(held).toHaveLength(50_000);

    held = null;
    const lostOf = ({ allocations }: Diff) => allocations?.shrunk.filter(isOfOrders) ?? [];
    /** V8's own code for the function, which the sampler counts as made in it: one time in twelve it has drawn that. */
    const CODE_BYTES = 100_000;
    const remainingBytes = (diff: Diff) =>
      lostOf(diff).reduce((bytes, row) => bytes + row.baseBytes + row.bytesDelta, 0);
    if (COLLECTS_GARBAGE) {
      // A collection that was under way when they died may still find some alive.
      await vi.waitFor(async () => {
        const diff = await client.diff({ base: 'holding' });
        expect(lostOf(diff)).not.toEqual([]);
        expect(remainingBytes(diff)).toBeLessThan(CODE_BYTES);
      });
    }
    await client.capture('after');
    const captures = await client.captures();
    expect(captures.map(({ name }) => name)).toEqual(['before', 'holding', 'after']);
    if (COLLECTS_GARBAGE) {
      const diff = await client.diff({ base: 'holding', to: 'after' });
      const lost = lostOf(diff);
      expect(lost.reduce((bytes, row) => bytes + row.bytesDelta, 0)).toBeLessThan(-2_000_000);
      expect(remainingBytes(diff)).toBeLessThan(CODE_BYTES);
    }
    for (const { name } of captures) expect(await client.deleteCapture(name!)).toBe(true);
    expect(await client.deleteCapture('before')).toBe(false);
    await expect(client.diff({ base: 'before' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  it('tell which line makes buffers that are kept, with a margin, with nothing watched before', async () => {
    const held: Buffer[] = [];
    function holdPages() {
      for (let count = 0; count < 240; count++) held.push(Buffer.alloc(64 * 1024, 1));
    }
    function dropPages() {
      for (let count = 0; count < 240; count++) Buffer.alloc(64 * 1024, 1);
    }
    holdPages();
    await client.capture('pages');
    holdPages();
    dropPages();
    const madeBy = async (name: string) => {
      const { outside } = await client.diff({ base: 'pages' });
      return outside?.filter(({ frames }) => frames[0]?.function === name) ?? [];
    };
    // Where V8 had already begun to mark what is alive, its collection keeps what is made meanwhile; the next does not.
    await expect
      .poll(async () => (await madeBy('dropPages')).every(({ bytesDelta }) => bytesDelta! < 2e6))
      .toBe(true);
    const [row] = await madeBy('holdPages');
    const off = Math.abs(row!.bytesDelta! - 240 * 64 * 1024);
    // One time in twenty it is more than the margin.
    expect(off).toBeLessThan(3 * row!.marginBytes!);
    expect(row!.marginBytes).toBeLessThan(row!.bytesDelta!);
    expect(held).toHaveLength(480);
    await client.deleteCapture('pages');
  });

  it('read the heap anew each time, one after the other', async () => {
    await client.capture('base');
    const times = [];
    for (let read = 0; read < 3; read++) {
      times.push((await client.diff({ base: 'base' })).to.heapReadAt!);
    }
    expect(times.toSorted()).toEqual(times);
    expect(new Set(times).size).toBe(3);
    await client.deleteCapture('base');
  });
});

describe('expectNoLeaks on a real process', () => {
  it('finds a memory leak by name', async () => {
    const remembered: Order[][] = [];
    function rememberOrders() {
      remembered.push(makeOrders(20_000));
    }
    const message = await messageOf(client.expectNoLeaks(rememberOrders, { retries: 2 }));
    expect(message).toMatch(/leaks? found/);
    expect(message).toMatch(/makeOrders|rememberOrders/);
    expect(message).toContain(basename(import.meta.filename));
    // Once to warm up.
    expect(remembered).toHaveLength(1 + 3);
  });

  it('finds a task leak by name', async () => {
    const waiting: (() => void)[] = [];
    async function waitForApproval() {
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
    const work = () => {
      for (let count = 0; count < 5; count++) void waitForApproval();
    };
    const message = await messageOf(client.expectNoLeaks(work, { retries: 2 }));
    expect(message).toMatch(/^\+\d+ tasks \(await\) of waitForApproval$/m);
    for (const resolve of waiting) resolve();
  });

  describe('outside the heap', () => {
    const held: unknown[] = [];
    const bus = new EventEmitter().setMaxListeners(0);
    const leaks: [what: string, leak: () => void, headline: RegExp][] = [
      [
        'buffers',
        function keepUploads() {
          held.push(Buffer.alloc(4_000_000, 1), Buffer.alloc(4_000_000, 1));
        },
        /^\+\d+\.\d MB in buffers of keepUploads$/m,
      ],
      [
        'native objects',
        function openGzips() {
          for (let count = 0; count < 4; count++) held.push(createGzip());
        },
        /^\+8 handles \(ZLIB\) of openGzips$/m,
      ],
      [
        'listeners',
        function subscribe() {
          for (let count = 0; count < 20; count++) bus.on('order', () => {});
        },
        /^\+\d+ listeners of subscribe$/m,
      ],
      [
        'worker threads',
        function startWorkers() {
          for (let count = 0; count < 3; count++) {
            const worker = new Worker('setInterval(() => {}, 1000)', { eval: true });
            worker.unref();
            held.push(worker);
          }
        },
        /^\+6 worker threads of startWorkers$/m,
      ],
    ];
    afterAll(async () => {
      for (const each of held) if (each instanceof Worker) await each.terminate();
    });

    it.each(leaks)('finds %s by the line that makes them', async (_what, leak, headline) => {
      const found = client.expectNoLeaks(leak, { warmup: 0, retries: 1 });
      expect(await messageOf(found)).toMatch(headline);
    });

    it('stays quiet on what is let go of', async () => {
      const once: unknown[] = [];
      async function use() {
        if (once.length === 0) once.push(createGzip(), Buffer.alloc(8_000_000));
        Buffer.alloc(4_000_000);
        createGzip().destroy();
        const listener = () => {};
        for (let count = 0; count < 20; count++) bus.on('done', listener);
        bus.removeAllListeners('done');
      }
      await client.expectNoLeaks(use);
    });
  });

  it.runIf(COLLECTS_GARBAGE)(
    'stays quiet on noisy work that leaks nothing, time after time',
    async () => {
      const cache = new Map<number, Order[]>();
      let next = 0;
      async function noisyWork() {
        // A cache of a fixed size turns over, garbage is made, and promises and timers come and go.
        for (let count = 0; count < 20; count++) {
          cache.set(next++ % 20, makeOrders(1_000 + (next % 7) * 100));
          makeOrders(5_000);
          await new Promise((resolve) => setTimeout(resolve));
        }
      }
      for (let repetition = 0; repetition < 3; repetition++) {
        await client.expectNoLeaks(noisyWork, { warmup: 2 });
      }
    },
  );

  it('leaves no captures behind', async () => {
    await client.expectNoLeaks(() => {});
    expect(await client.captures()).toEqual([]);
  });
});
