import { describe, expect, it, vi } from 'vitest';
import { DiagnosticsError } from '../../base/errors.ts';
import type { ProbeLink, RemoteProbe } from '../../link/probe-link.ts';
import { createCpuSampler } from './sampler.ts';

const REQUEST = { id: 1, samplingIntervalUs: 1_000, durationMs: 1_000 };
const STARTED = { startedAtMs: 5, startPauseMs: 1 };
const forever = () => new Promise<never>(() => {});

function samplerWith(given: {
  probe: Partial<RemoteProbe>;
  call?: (method: string, argument: unknown) => Promise<unknown>;
  isBlocked?: boolean;
}) {
  const link: ProbeLink = { via: 'PORT', probe: given.probe as RemoteProbe, close: () => {} };
  return createCpuSampler({
    link,
    inspector: given.call === undefined ? null : { call: given.call },
    watch: { duringOwnRead: (read) => read },
    isBlocked: () => given.isBlocked ?? false,
    locate: async (reading) => reading,
  });
}

describe('the way to the CPU sampler', () => {
  it('is the port while the loop turns', async () => {
    const call = vi.fn();
    const sampler = samplerWith({
      probe: { startCpuProfile: async () => STARTED, stopCpuProfile: async () => 'read' as never },
      call,
    });
    expect(await sampler.start(REQUEST)).toBe(STARTED);
    expect(await sampler.finish(1)).toEqual({ reading: 'read', via: 'PORT' });
    expect(call).not.toHaveBeenCalled();
  });

  it('is the inspector while the loop is stuck', async () => {
    const asked: unknown[] = [];
    const sampler = samplerWith({
      probe: { startCpuProfile: forever, stopCpuProfile: forever },
      call: async (method, argument) => {
        asked.push([method, argument]);
        return method === 'startCpuProfile' ? STARTED : 'read';
      },
      isBlocked: true,
    });
    expect(await sampler.start(REQUEST)).toBe(STARTED);
    expect(await sampler.finish(1)).toEqual({ reading: 'read', via: 'INSPECTOR' });
    expect(asked).toEqual([
      ['startCpuProfile', REQUEST],
      ['stopCpuProfile', 1],
    ]);
  });

  it('is whichever gets through, where the other finds it done', async () => {
    const fromPort = Promise.withResolvers<never>();
    const sampler = samplerWith({
      probe: { stopCpuProfile: () => fromPort.promise },
      call: async () => {
        fromPort.resolve('read' as never);
        throw new DiagnosticsError('NOT_FOUND', 'it is over');
      },
      isBlocked: true,
    });
    expect(await sampler.finish(1)).toEqual({ reading: 'read', via: 'PORT' });
  });

  it('says why neither got through, and sees to it that nothing starts later', async () => {
    const cancelled: number[] = [];
    const taken = new DiagnosticsError('UNAVAILABLE', 'another tool has it');
    const sampler = samplerWith({
      probe: {
        startCpuProfile: async () => {
          throw taken;
        },
        cancelCpuProfile: async (id) => void cancelled.push(id),
      },
      call: async () => {
        throw taken;
      },
      isBlocked: true,
    });
    await expect(sampler.start(REQUEST)).rejects.toBe(taken);
    expect(cancelled).toEqual([1]);
  });

  it('gives up on a thread that stays in native code', async () => {
    vi.useFakeTimers();
    try {
      const cancelled: number[] = [];
      const sampler = samplerWith({
        probe: {
          startCpuProfile: forever,
          cancelCpuProfile: async (id) => void cancelled.push(id),
        },
        call: forever,
        isBlocked: true,
      });
      const refused = expect(sampler.start(REQUEST)).rejects.toMatchObject({
        code: 'PROCESS_NOT_RESPONDING',
      });
      await vi.advanceTimersByTimeAsync(60_000);
      await refused;
      expect(cancelled).toEqual([1]);
    } finally {
      vi.useRealTimers();
    }
  });
});
