import { describe, expect, it } from 'vitest';
import type { CpuReading } from '../readings/cpu.ts';
import { type CpuDriver, type CpuNode, loadCpuDriver, type StartCpuDriver } from './driver.ts';
import { createCpuProfiler } from './profiler.ts';

/** A sampler that counts how often it was started and stopped. */
function fakeSampler() {
  const calls = { started: 0, stopped: 0 };
  const root: CpuNode = { name: '(root)', scriptName: '', hitCount: 0, children: [] };
  const startDriver = (): CpuDriver => {
    calls.started += 1;
    return {
      setContext: () => {},
      stop(use) {
        calls.stopped += 1;
        return use({ root, sampleCount: 0, otherThreadsCpuUs: 0 });
      },
    };
  };
  return { calls, startDriver };
}

const request = (id: number) => ({ id, samplingIntervalUs: 1_000, durationMs: 1_000 });

describe('the CPU profiler', () => {
  it('starts once for each id, however often it is asked', () => {
    const { calls, startDriver } = fakeSampler();
    const profiler = createCpuProfiler({ requestContext: null, startDriver });
    expect(profiler.start(request(1))).toBe(profiler.start(request(1)));
    expect(calls).toEqual({ started: 1, stopped: 0 });
    profiler.stop();
  });

  it('gives a profile once', () => {
    const { calls, startDriver } = fakeSampler();
    const profiler = createCpuProfiler({ requestContext: null, startDriver });
    profiler.start(request(1));
    expect(profiler.finish(1)).toMatchObject({ id: 1, samplingIntervalUs: 1_000 });
    expect(() => profiler.finish(1)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
    expect(calls).toEqual({ started: 1, stopped: 1 });
  });

  it('starts nothing for a request that comes after the end of its profile', () => {
    const { calls, startDriver } = fakeSampler();
    const profiler = createCpuProfiler({ requestContext: null, startDriver });
    profiler.cancel(2);
    for (const id of [1, 2]) {
      expect(() => profiler.start(request(id))).toThrow(
        expect.objectContaining({ code: 'NOT_FOUND' }),
      );
    }
    profiler.start(request(3));
    expect(calls.started).toBe(1);
    profiler.stop();
  });

  it('refuses a second profile beside one that runs', () => {
    const { startDriver } = fakeSampler();
    const profiler = createCpuProfiler({ requestContext: null, startDriver });
    profiler.start(request(1));
    expect(() => profiler.start(request(2))).toThrow(
      expect.objectContaining({ code: 'PROFILE_ALREADY_RUNNING' }),
    );
    profiler.stop();
  });

  it('stops by itself where nobody fetches the profile', async () => {
    const { calls, startDriver } = fakeSampler();
    const profiler = createCpuProfiler({ requestContext: null, graceMs: 50, startDriver });
    const startedAtMs = performance.now();
    profiler.start({ ...request(1), durationMs: 100 });
    await expect.poll(() => calls.stopped, { interval: 5 }).toBe(1);
    expect(performance.now() - startedAtMs).toBeGreaterThan(145);
    expect(() => profiler.finish(1)).toThrow(expect.objectContaining({ code: 'NOT_FOUND' }));
  });

  it('leaves nothing behind in the process', () => {
    const { calls, startDriver } = fakeSampler();
    const listeners = process.listenerCount('exit');
    const profiler = createCpuProfiler({ requestContext: null, startDriver });
    profiler.start(request(1));
    profiler.stop();
    expect(calls.stopped).toBe(1);
    expect(process.listenerCount('exit')).toBe(listeners);
    expect(() => profiler.start(request(2))).toThrow(
      expect.objectContaining({ code: 'NOT_FOUND' }),
    );
  });

  it('does not let the sampler run on where the rest of the start or of the end fails', () => {
    const { calls, startDriver } = fakeSampler();
    const profiler = createCpuProfiler({ requestContext: null, startDriver });
    const { on, off } = process;
    const replaced = () => {
      throw new Error('the program has replaced it');
    };
    process.on = replaced;
    expect(() => profiler.start(request(1))).toThrow('has replaced');
    process.on = on;
    expect(calls).toEqual({ started: 1, stopped: 1 });
    profiler.start(request(2));
    process.off = replaced;
    expect(() => profiler.finish(2)).toThrow('has replaced');
    process.off = off;
    expect(calls).toEqual({ started: 2, stopped: 2 });
  });

  it('says why samples carry no route', () => {
    const { startDriver } = fakeSampler();
    const profiler = createCpuProfiler({ requestContext: null, startDriver });
    profiler.start(request(1));
    expect(profiler.finish(1).routesUnavailable).toMatch(/asyncTracking/);
  });
});

const WORK_MS = 400;

function spinHotly(): number {
  const end = performance.now() + WORK_MS;
  let sum = 0;
  while (performance.now() < end) for (let step = 0; step < 1_000; step++) sum += Math.sqrt(step);
  return sum;
}

function spinFor(ms: number): void {
  const end = performance.now() + ms;
  while (performance.now() < end);
}

/** Share of the samples whose top frame is this function, 0 to 1. */
function selfShare({ sampleNode, functionName, strings }: CpuReading, name: string): number {
  const ofName = sampleNode.filter((node) => strings[functionName[node]!] === name);
  return ofName.length / sampleNode.length;
}

describe('V8’s CPU sampler', () => {
  it('finds the hot function, where it begins, and what it took', () => {
    const profiler = createCpuProfiler({ requestContext: null });
    profiler.start(request(1));
    spinHotly();
    const reading = profiler.finish(1);
    expect(selfShare(reading, 'spinHotly')).toBeGreaterThan(0.2);
    const node = reading.functionName.findIndex((name) => reading.strings[name] === 'spinHotly');
    expect(reading.strings[reading.file[node]!]).toContain(import.meta.filename);
    expect(reading.durationMs).toBeGreaterThanOrEqual(WORK_MS * 0.9);
    expect(reading.startPauseMs).toBeGreaterThan(0);
  });

  it('counts neither its own start nor its own end', () => {
    const startCpuDriver = loadCpuDriver();
    const slowSampler: StartCpuDriver = (options) => {
      const driver = startCpuDriver(options);
      spinFor(WORK_MS);
      return {
        ...driver,
        stop(use) {
          spinFor(WORK_MS);
          return driver.stop(use);
        },
      };
    };
    const profiler = createCpuProfiler({ requestContext: null, startDriver: slowSampler });
    const { startPauseMs } = profiler.start(request(1));
    const beganMs = performance.now();
    spinHotly();
    const ranMs = performance.now() - beganMs;
    const reading = profiler.finish(1);
    expect(startPauseMs).toBeGreaterThanOrEqual(WORK_MS);
    expect(reading.stopPauseMs).toBeGreaterThanOrEqual(WORK_MS);
    expect(Math.abs(reading.durationMs - ranMs)).toBeLessThan(WORK_MS / 4);
    expect(selfShare(reading, 'spinFor')).toBeLessThan(0.1);
    expect(reading.sampleAtUs!.at(-1)).toBeLessThanOrEqual(reading.durationMs * 1_000);
  });

  it('leaves out what pprofql stopped the thread for meanwhile', () => {
    const profiler = createCpuProfiler({ requestContext: null });
    profiler.start(request(1));
    const beganMs = performance.now();
    spinHotly();
    spinFor(WORK_MS);
    profiler.leaveOut({ endedAtMs: Date.now(), pauseMs: WORK_MS });
    spinHotly();
    const ranMs = performance.now() - beganMs - WORK_MS;
    const { durationMs, sampleAtUs } = profiler.finish(1);
    expect(Math.abs(durationMs - ranMs)).toBeLessThan(WORK_MS / 4);
    const gapsMs = sampleAtUs!.map((atUs, at) => (atUs - (sampleAtUs![at - 1] ?? 0)) / 1_000);
    expect(Math.max(...gapsMs)).toBeLessThan(WORK_MS);
    expect(sampleAtUs!.at(-1)).toBeLessThanOrEqual(durationMs * 1_000);
    // One a millisecond at most, and none from the stop.
    expect(sampleAtUs!.length).toBeLessThan(ranMs * 1.2);
  });

  it('tells the idle loop from a busy one', async () => {
    const profiler = createCpuProfiler({ requestContext: null });
    profiler.start(request(1));
    await new Promise((resolve) => setTimeout(resolve, WORK_MS));
    expect(selfShare(profiler.finish(1), '(idle)')).toBeGreaterThan(0.5);
  });

  it('says so where another tool has it, and leaves that one alone', () => {
    const other = createCpuProfiler({ requestContext: null });
    const profiler = createCpuProfiler({ requestContext: null });
    other.start(request(1));
    expect(() => profiler.start(request(1))).toThrow(
      expect.objectContaining({
        code: 'UNAVAILABLE',
        message: expect.stringMatching(/another tool/),
      }),
    );
    spinHotly();
    expect(other.finish(1).sampleNode.length).toBeGreaterThan(10);
    profiler.start(request(2));
    expect(profiler.finish(2).id).toBe(2);
  });
});
