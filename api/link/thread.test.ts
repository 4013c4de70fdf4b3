import { MessageChannel } from 'node:worker_threads';
import { afterEach, describe, expect, it } from 'vitest';
import { DiagnosticsError } from '../base/errors.ts';
import type { Probe } from '../probe/probe.ts';
import type { ProbeLink } from './probe-link.ts';
import { linkThread, serveProbe } from './thread.ts';

describe('the link between two threads', () => {
  const cleanups: (() => void)[] = [];
  afterEach(() => {
    for (const cleanup of cleanups.splice(0)) cleanup();
  });

  function linked(probe: Partial<Probe>, onRequested?: () => void): ProbeLink {
    const { port1, port2 } = new MessageChannel();
    cleanups.push(serveProbe(probe as Probe, port1, onRequested));
    const link = linkThread(port2);
    cleanups.push(link.close);
    return link;
  }

  it('carries arguments there and answers back', async () => {
    const link = linked({
      readFigures: ({ closeInterval }) => ({ liveTasks: closeInterval ? 1 : 2 }) as never,
    });
    expect(await link.probe.readFigures({ closeInterval: true })).toEqual({ liveTasks: 1 });
    expect(await link.probe.readFigures({ closeInterval: false })).toEqual({ liveTasks: 2 });
  });

  it('carries typed arrays and late answers', async () => {
    const values = Float64Array.of(1, 2);
    const link = linked({ readHeap: async () => ({ values }) as never });
    expect((await link.probe.readHeap()).values).toEqual(values);
  });

  it('tells of each request before the thread is held by its answer', async () => {
    const happened: string[] = [];
    const readHeap = () => {
      happened.push('read');
      return {} as never;
    };
    const link = linked({ readHeap }, () => happened.push('requested'));
    await link.probe.readHeap();
    await link.probe.readHeap();
    expect(happened).toEqual(['requested', 'read', 'requested', 'read']);
  });

  it('keeps the code of an expected error', async () => {
    const link = linked({
      readHeap: () => {
        throw new DiagnosticsError('UNAVAILABLE', 'no sampler here');
      },
    });
    await expect(link.probe.readHeap()).rejects.toMatchObject({
      name: 'DiagnosticsError',
      code: 'UNAVAILABLE',
      message: 'no sampler here',
    });
  });

  it('turns an answer that cannot be cloned into an error of that call alone', async () => {
    const link = linked({
      describe: () => ({ pid: () => 1 }) as never,
      readFigures: () => ({ liveTasks: 1 }) as never,
    });
    await expect(link.probe.describe()).rejects.toThrow(/could not be cloned/);
    await expect(link.probe.readFigures({ closeInterval: false })).resolves.toEqual({
      liveTasks: 1,
    });
  });

  it('rejects pending and later calls once closed', async () => {
    const link = linked({ readTasks: () => new Promise(() => {}) });
    const pending = link.probe.readTasks();
    link.close();
    await expect(pending).rejects.toMatchObject({ code: 'STOPPED' });
    await expect(link.probe.describe()).rejects.toMatchObject({ code: 'STOPPED' });
  });

  it('rejects pending calls when the other side goes away', async () => {
    const { port1, port2 } = new MessageChannel();
    const stopServing = serveProbe({ readTasks: () => new Promise(() => {}) } as never, port1);
    const link = linkThread(port2);
    const pending = link.probe.readTasks();
    stopServing();
    await expect(pending).rejects.toMatchObject({ code: 'STOPPED' });
  });
});
