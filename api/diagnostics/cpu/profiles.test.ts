import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import { cpuReading } from '../../formats/testing/cpu-reading.ts';
import type { CpuProfileRequest } from '../../probe/readings/cpu.ts';
import { createCpuProfiles } from './profiles.ts';
import type { CpuSampler } from './sampler.ts';

const NOW_MS = Date.UTC(2026, 0, 31);

/** A sampler that remembers what it was told. */
function fakeSampler(overrides: Partial<CpuSampler> = {}) {
  const started: CpuProfileRequest[] = [];
  const finished: number[] = [];
  const cancelled: number[] = [];
  const sampler: CpuSampler = {
    async start(request) {
      started.push(request);
      return { startedAtMs: Date.now(), startPauseMs: 1 };
    },
    async finish(id) {
      finished.push(id);
      return { reading: { ...cpuReading, id }, via: 'PORT' };
    },
    cancel: (id) => void cancelled.push(id),
    ...overrides,
  };
  return { sampler, started, finished, cancelled };
}

function profilesOf(sampler: CpuSampler) {
  return createCpuProfiles({ sampler, maxSeconds: 60, instanceId: '0123456789abcdef' });
}

describe('CPU profiles on demand', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: NOW_MS });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('are given when their time is over', async () => {
    const { sampler, finished } = fakeSampler();
    const profiles = profilesOf(sampler);
    const taken = profiles.take({ seconds: 5 });
    await vi.advanceTimersByTimeAsync(4_999);
    expect(finished).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(await taken).toMatchObject({ kind: 'TAKEN', profile: { id: '01234567-1' } });
    expect(profiles.running()).toBeNull();
  });

  it('run one at a time, and say until when', async () => {
    const { sampler, started } = fakeSampler();
    const profiles = profilesOf(sampler);
    const first = profiles.take({ seconds: 5 });
    await vi.advanceTimersByTimeAsync(1_000);
    const running = { id: '01234567-1', startedAtMs: NOW_MS, endsAtMs: NOW_MS + 5_000 };
    expect(await profiles.take({ seconds: 1 })).toEqual({ kind: 'ALREADY_RUNNING', running });
    expect(profiles.running()).toEqual(running);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(await first).toMatchObject({ kind: 'TAKEN' });
    expect(started).toHaveLength(1);
  });

  it('are thrown away when cancelled', async () => {
    const { sampler, finished, cancelled } = fakeSampler();
    const profiles = profilesOf(sampler);
    const taken = profiles.take({ seconds: 5 });
    await vi.advanceTimersByTimeAsync(100);
    expect(profiles.cancel()).toBe(true);
    expect(await taken).toEqual({ kind: 'CANCELLED', id: '01234567-1' });
    expect({ finished, cancelled, kept: profiles.list() }).toEqual({
      finished: [],
      cancelled: [1],
      kept: [],
    });
    expect(profiles.cancel()).toBe(false);
  });

  it('can be ended early and kept', async () => {
    const { sampler, finished } = fakeSampler();
    const profiles = profilesOf(sampler);
    const taken = profiles.take({ seconds: 5 });
    await vi.advanceTimersByTimeAsync(100);
    expect(profiles.cancel({ id: 'another' })).toBe(false);
    expect(profiles.cancel({ id: '01234567-1', keep: true })).toBe(true);
    expect(await taken).toMatchObject({ kind: 'TAKEN' });
    expect(finished).toEqual([1]);
  });

  it('end when nobody waits for them any more', async () => {
    const { sampler, cancelled } = fakeSampler();
    const profiles = profilesOf(sampler);
    const gone = new AbortController();
    const taken = profiles.take({ seconds: 5, signal: gone.signal });
    await vi.advanceTimersByTimeAsync(100);
    gone.abort();
    expect(await taken).toMatchObject({ kind: 'CANCELLED' });
    expect(cancelled).toEqual([1]);
    expect(profiles.running()).toBeNull();
  });

  it('end while the sampler is still being started', async () => {
    const starting = Promise.withResolvers<{ startedAtMs: number; startPauseMs: number }>();
    const { sampler, finished, cancelled } = fakeSampler({ start: () => starting.promise });
    const profiles = profilesOf(sampler);
    const taken = profiles.take({ seconds: 5 });
    profiles.cancel();
    starting.resolve({ startedAtMs: NOW_MS, startPauseMs: 1 });
    expect(await taken).toMatchObject({ kind: 'CANCELLED' });
    expect({ finished, cancelled }).toEqual({ finished: [], cancelled: [1] });
  });

  it('end with the diagnostics, and say so', async () => {
    const { sampler, cancelled } = fakeSampler();
    const profiles = profilesOf(sampler);
    const taken = profiles.take({ seconds: 5 });
    const told = expect(taken).rejects.toMatchObject({ code: 'STOPPED' });
    await vi.advanceTimersByTimeAsync(100);
    profiles.stop();
    await told;
    expect(cancelled).toEqual([1]);
    await expect(profiles.take({ seconds: 5 })).rejects.toMatchObject({ code: 'STOPPED' });
  });

  it.each([0, 0.09, 61, Number.NaN, -1, Number.POSITIVE_INFINITY])(
    'refuse to last %s seconds, and say what is allowed',
    async (seconds) => {
      const { sampler, started } = fakeSampler();
      await expect(profilesOf(sampler).take({ seconds })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        message: expect.stringContaining('from 0.1 to 60 (option maxCpuProfileSeconds)'),
      });
      expect(started).toEqual([]);
    },
  );

  it('leave the way free after one that failed', async () => {
    const unavailable = new DiagnosticsError('UNAVAILABLE', 'another tool has it');
    const fails = [true, false];
    const { sampler } = fakeSampler({
      start: async () => {
        if (fails.shift()) throw unavailable;
        return { startedAtMs: NOW_MS, startPauseMs: 1 };
      },
    });
    const profiles = profilesOf(sampler);
    await expect(profiles.take({ seconds: 1 })).rejects.toBe(unavailable);
    const taken = profiles.take({ seconds: 1 });
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await taken).toMatchObject({ kind: 'TAKEN', profile: { id: '01234567-2' } });
  });

  it('are kept, the last five of them, newest first', async () => {
    const { sampler } = fakeSampler();
    const profiles = profilesOf(sampler);
    for (let run = 0; run < 6; run++) {
      const taken = profiles.take({ seconds: 1 });
      await vi.advanceTimersByTimeAsync(1_000);
      await taken;
    }
    const numbers = profiles.list().map(({ id }) => id.at(-1));
    expect(numbers).toEqual(['6', '5', '4', '3', '2']);
    expect(profiles.get('01234567-2')?.id).toBe('01234567-2');
    expect(profiles.get('01234567-1')).toBeNull();
  });

  it('are sampled more coarsely the longer they last, so that samples stay few', async () => {
    const { sampler, started } = fakeSampler();
    const profiles = profilesOf(sampler);
    for (const seconds of [5, 20, 60]) {
      const taken = profiles.take({ seconds });
      await vi.advanceTimersByTimeAsync(seconds * 1_000);
      await taken;
    }
    expect(started.map(({ samplingIntervalUs }) => samplingIntervalUs)).toEqual([
      1_000, 1_000, 3_000,
    ]);
  });

  it('give way to one that somebody asks for, where pprofql takes one for itself', async () => {
    const { sampler, cancelled } = fakeSampler();
    const profiles = profilesOf(sampler);
    const glance = profiles.glance({ seconds: 2 });
    await vi.advanceTimersByTimeAsync(500);
    expect(profiles.running()).toBeNull();
    expect(profiles.cancel()).toBe(false);
    const taken = profiles.take({ seconds: 1 });
    expect(await glance).toBeNull();
    expect(await profiles.glance({ seconds: 2 })).toBeNull();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await taken).toMatchObject({ kind: 'TAKEN' });
    expect(cancelled).toEqual([1]);
  });

  it('are not listed where pprofql takes them for itself', async () => {
    const { sampler } = fakeSampler();
    const profiles = profilesOf(sampler);
    const glance = profiles.glance({ seconds: 2 });
    await vi.advanceTimersByTimeAsync(2_000);
    expect(await glance).toMatchObject({ durationMs: cpuReading.durationMs });
    expect(profiles.list()).toEqual([]);
  });

  it('tell in which time one ran', async () => {
    const { sampler } = fakeSampler();
    const profiles = profilesOf(sampler);
    expect(profiles.ranSince(0)).toBe(false);
    const taken = profiles.take({ seconds: 1 });
    expect(profiles.ranSince(NOW_MS + 500)).toBe(true);
    await vi.advanceTimersByTimeAsync(1_000);
    await taken;
    expect(profiles.ranSince(NOW_MS + 500)).toBe(true);
    expect(profiles.ranSince(NOW_MS + 1_001)).toBe(false);
  });
});
