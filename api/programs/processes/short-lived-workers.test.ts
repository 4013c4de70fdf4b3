/** A program that makes one worker thread after the other, each for a moment. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, it, vi } from 'vitest';
import { launchObserved } from '../../../scripts/testing/program.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/short-lived/program.mjs', import.meta.url),
);
const BATCHES = 5;
const WORKERS = 200;
const A_SECOND = 50;
const AT_ONCE = 16;
/** A worker that stayed would hold some 4 MB. What the C library and V8 keep of ended threads levels off. */
const GROWN_BYTES = 150e6;

interface Batch {
  rss: number;
}

it('a thousand workers that live for a moment come and go as targets, and leave nothing behind', async () => {
  const args = [BATCHES, WORKERS, A_SECOND, AT_ONCE].map(String);
  await using program = launchObserved([PROGRAM, ...args]);
  const titles = async () => {
    const { targets } = await program.ask<{ targets: { title: string | null }[] }>(
      '{ targets { title } }',
    );
    return targets.map(({ title }) => title);
  };
  const isStaying = expect.stringMatching(/^worker-\d+ of stays$/);
  await vi.waitFor(async () => expect((await titles()).slice(0, 2)).toEqual([null, isStaying]));
  const batches: Batch[] = [];
  let mostSeen = 0;
  while (batches.length < BATCHES) {
    const told = program.printed(new RegExp(`^batch ${batches.length}: (.*)$`, 'm'));
    let isOver = false;
    void told.then(() => (isOver = true));
    while (!isOver) {
      const [self, stays, ...short] = await titles();
      expect([self, stays]).toEqual([null, isStaying]);
      expect(short.filter((title) => !/^worker-\d+ of short$/.test(title ?? ''))).toEqual([]);
      // Of some that have ended the main thread has not told yet.
      expect(short.length).toBeLessThanOrEqual(2 * AT_ONCE);
      mostSeen = Math.max(mostSeen, short.length);
      await sleep(100);
    }
    batches.push(JSON.parse((await told)[1]!));
    await vi.waitFor(async () => expect(await titles()).toEqual([null, isStaying]));
    program.write('next');
  }
  expect(mostSeen).toBeGreaterThan(1);
  expect(batches.at(-1)!.rss - batches[0]!.rss).toBeLessThan(GROWN_BYTES);
  const { code, stderr } = await program.end();
  expect({ code, stderr }).toEqual({ code: 0, stderr: `pprofql: ${await program.url()}\n` });
});
