import { Session } from 'node:inspector/promises';
import { createRequire } from 'node:module';
import { afterEach, describe, expect, it } from 'vitest';
import { openHeapDriver } from './driver.ts';

const INTERVAL_BYTES = 64 * 1024;
const STACK_DEPTH = 32;

describe("the isolate's heap sampler", () => {
  const cleanups: (() => unknown)[] = [];
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  });

  async function inspector(): Promise<Session> {
    const session = new Session();
    session.connect();
    cleanups.push(() => session.disconnect());
    return session;
  }

  function started() {
    const driver = openHeapDriver();
    driver.start(INTERVAL_BYTES, STACK_DEPTH);
    cleanups.push(() => driver.stop());
    return driver;
  }

  it('can be started, stopped and started again', () => {
    const driver = started();
    expect(driver.readTree((root) => root.name)).toBe('(root)');
    driver.stop();
    expect(() => driver.readTree((root) => root.name)).toThrow();
    driver.start(INTERVAL_BYTES, STACK_DEPTH);
    expect(driver.readTree((root) => root.name)).toBe('(root)');
  });

  it('is refused while a second owner of the same package copy has it', () => {
    const require = createRequire(import.meta.url);
    const heap = require('@datadog/pprof/out/src/heap-profiler.js');
    heap.start(INTERVAL_BYTES, STACK_DEPTH);
    cleanups.push(() => heap.stop());
    expect(started).toThrow(/another tool is already using the heap sampler/);
  });

  it('is refused while the inspector samples, whose session goes on undisturbed', async () => {
    const session = await inspector();
    await session.post('HeapProfiler.startSampling', {});
    expect(started).toThrow(/another tool is already using the heap sampler/);
    const { profile } = await session.post('HeapProfiler.stopSampling');
    expect(profile.head.callFrame.functionName).toBe('(root)');
  });

  it('fails to be read once another tool has stopped it', async () => {
    const driver = started();
    const session = await inspector();
    await session.post('HeapProfiler.stopSampling');
    expect(() => driver.readTree((root) => root.name)).toThrow();
  });
});
