import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createStackStore } from '../tasks/stack-store.ts';
import { createPromiseWatch } from './promises.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** Later than anything that was made so far is old. */
const LATER = Number.MAX_SAFE_INTEGER;

describe('promises that are kept', () => {
  const watch = createPromiseWatch(createStackStore(16));
  const cache: unknown[] = [];
  const never = new Promise<never>(() => {});

  beforeEach(() => watch.open());
  afterEach(() => {
    cache.length = 0;
    watch.close();
    watch.forget();
  });

  /** Where promises are made of which some are still there, and how many of those that were sampled. */
  async function kept(): Promise<{ place: string; share: number }[]> {
    watch.close();
    await new Promise((resolve) => setImmediate(resolve));
    collect();
    // The first of a loop has another stack than those that follow.
    const places = new Map<string, { sampled: number; kept: number }>();
    for (const { stack, sampled, kept } of watch.read(LATER)) {
      const names = stack.frames.map((frame) => frame.function);
      const place = names.slice(0, 3).join(' < ');
      const before = places.get(place) ?? { sampled: 0, kept: 0 };
      places.set(place, { sampled: before.sampled + sampled, kept: before.kept + kept });
    }
    return [...places].map(([place, sums]) => ({ place, share: sums.kept / sums.sampled }));
  }

  async function load(): Promise<string> {
    await null;
    return 'loaded';
  }

  it('are those that hang on one that is never settled, with the line that made them', async () => {
    const handle = async () => Promise.race([never, load()]);
    for (let count = 0; count < 30; count += 1) await handle();
    const found = await kept();
    const ofRace = found.find(({ place }) => place === 'Promise.then < Promise.race < handle');
    // Another one of each call hangs on what was loaded, and is gone.
    expect(ofRace?.share).toBeGreaterThan(0.1);
    expect(ofRace?.share).toBeLessThan(0.9);
  });

  it('are those in a collection that nothing takes them out of', async () => {
    const get = () => cache.push(load());
    for (let count = 0; count < 20; count += 1) get();
    expect(await kept()).toContainEqual({ place: expect.stringMatching(/^load < get/), share: 1 });
    const [first] = watch.read(LATER).filter(({ stack }) => stack.frames[1]?.function === 'get');
    expect(first?.settled).toBe(first?.kept);
    expect(first?.keptPerSecond).toBeGreaterThan(0);
  });

  it('are none of those that were used and let go', async () => {
    const handle = async () => await Promise.all([load(), load()]);
    for (let count = 0; count < 30; count += 1) await handle();
    expect((await kept()).filter(({ place }) => place.includes('handle'))).toEqual([]);
  });

  it('are not told of before a collection that came long after they were made', () => {
    for (let count = 0; count < 20; count += 1) cache.push(load());
    watch.close();
    expect(watch.read(Number.NEGATIVE_INFINITY)).toEqual([]);
    expect(watch.read(performance.now())).toEqual([]);
  });

  it('are told of a request that is in flight only once they are older than that', async () => {
    for (let count = 0; count < 20; count += 1) cache.push(load());
    watch.close();
    const inSeconds = (seconds: number, oldestRequestMs: number) =>
      watch.read(performance.now() + seconds * 1_000, oldestRequestMs).length > 0;
    expect(inSeconds(20, 0)).toBe(true);
    expect(inSeconds(20, 18_000)).toBe(false);
    expect(inSeconds(30, 18_000)).toBe(true);
    expect(inSeconds(61, 3_600_000)).toBe(true);
  });

  it('are no longer looked at once the window is over', async () => {
    watch.close();
    for (let count = 0; count < 20; count += 1) cache.push(load());
    expect((await kept()).filter(({ place }) => place.startsWith('load'))).toEqual([]);
  });
});
