import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { fakeDiagnostics } from '../../server/testing/fake-diagnostics.ts';
import type { CapturedMoment } from './capture.ts';
import { createKeptCaptures } from './kept.ts';
import { CaptureRoom, captureBytes, captureRoomBytes } from './room.ts';

const MIB = 1024 ** 2;
const KEEPS_CAPTURES = new URL('./testing/keeps-captures.ts', import.meta.url);

/** With so many handles by line. */
async function aMoment(rowCount: number): Promise<CapturedMoment> {
  const fake = fakeDiagnostics();
  const row = { key: 'k', kind: 'TCPWRAP', frames: [], kept: 1, keptBytes: 0 };
  return {
    askedAtMs: rowCount,
    heap: null,
    heapUnavailable: 'switched off',
    external: null,
    made: Array.from({ length: rowCount }, () => row),
    tasks: await fake.goroutines({ raw: false }),
    pprof: await fake.pprof(),
  };
}

describe('captures that are kept', () => {
  it('give way to one that takes much memory, oldest first, which tells the oldest', async () => {
    const small = await aMoment(1);
    const large = await aMoment(2);
    const kept = createKeptCaptures(10, new CaptureRoom(3 * captureBytes(small)));
    for (const name of ['a', 'b', 'c']) await kept.keep(name, small);
    expect(await kept.keep('d', large)).toMatchObject({ displaced: 'a' });
    expect((await kept.list()).map(({ name }) => name)).toEqual(['c', 'd']);
  });

  it('stay as they are where one alone takes too much', async () => {
    const small = await aMoment(1);
    const kept = createKeptCaptures(10, new CaptureRoom(captureBytes(small)));
    await kept.keep('a', small);
    await expect(kept.keep('a', await aMoment(2))).rejects.toMatchObject({
      code: 'LIMIT_EXCEEDED',
      message: expect.stringContaining('--max-old-space-size'),
    });
    expect(await kept.list()).toMatchObject([{ name: 'a', askedAtMs: 1 }]);
  });

  it('give way to those of another target, which takes less', async () => {
    const small = await aMoment(1);
    const room = new CaptureRoom(4 * captureBytes(small));
    const [much, little] = [createKeptCaptures(10, room), createKeptCaptures(10, room)];
    for (const name of ['a', 'b', 'c', 'd']) await much.keep(name, small);
    const displaced = [];
    for (const name of ['e', 'f', 'g', 'h']) {
      displaced.push((await little.keep(name, small)).displaced);
    }
    expect(displaced).toEqual([null, null, null, 'e']);
    expect((await much.list()).map(({ name }) => name)).toEqual(['d']);
    expect((await little.list()).map(({ name }) => name)).toEqual(['f', 'g', 'h']);
  });

  it.each([1, 20])(
    'are not more than a thread with a small heap can hold, of %s',
    async (targets) => {
      const resourceLimits = { maxOldGenerationSizeMb: 64 };
      const workerData = { targets, most: 100 };
      const thread = new Worker(KEEPS_CAPTURES, { workerData, resourceLimits });
      const [left] = await once(thread, 'message');
      expect(left).toBeGreaterThan(2);
      expect(left).toBeLessThan(20);
    },
  );
});

it.each([
  { heapMib: 110, roomMib: 27.5 },
  { heapMib: 512, roomMib: 128 },
  { heapMib: 1_592, roomMib: 1_200 },
])('of a heap of $heapMib MiB, captures may take $roomMib', ({ heapMib, roomMib }) => {
  expect(captureRoomBytes(heapMib * MIB)).toBe(roomMib * MIB);
});
