import { existsSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, vi } from 'vitest';
import type { HeapSnapshotRequest } from '../../probe/readings/memory/heap-snapshot.ts';
import { createHeapSnapshots } from './snapshots.ts';

/** Writes `text` and remembers where. */
function writer(content = '{}') {
  const files: string[] = [];
  const write = async ({ file }: HeapSnapshotRequest) => {
    writeFileSync(file, content);
    files.push(file);
  };
  const isGone = () => files.every((file) => !existsSync(dirname(file)));
  return { write, files, isGone };
}

describe('a heap snapshot', () => {
  it('is read once, and leaves no file', async () => {
    const { write, isGone } = writer('{"snapshot":{}}');
    const { bytes, stream } = await createHeapSnapshots({ isEnabled: true, write })();
    expect(bytes).toBe(15);
    expect(await text(stream)).toBe('{"snapshot":{}}');
    await vi.waitFor(() => expect(isGone()).toBe(true));
  });

  it('that nobody reads to its end leaves no file either', async () => {
    const { write, isGone } = writer();
    const { stream } = await createHeapSnapshots({ isEnabled: true, write })();
    stream.destroy();
    await vi.waitFor(() => expect(isGone()).toBe(true));
  });

  it('is not begun by a thread that is busy for long', async () => {
    const requests: HeapSnapshotRequest[] = [];
    const write = async (request: HeapSnapshotRequest) => {
      requests.push(request);
      writeFileSync(request.file, '{}');
    };
    const { stream } = await createHeapSnapshots({ isEnabled: true, write })();
    stream.destroy();
    expect(requests[0]!.latestStartMs).toBeLessThan(Date.now() + 60_000);
  });

  it('is off unless it is switched on', async () => {
    const { write, files } = writer();
    const take = createHeapSnapshots({ isEnabled: false, write });
    await expect(take()).rejects.toMatchObject({
      code: 'UNAVAILABLE',
      message: expect.stringContaining('PPROFQL_HEAP_SNAPSHOTS'),
    });
    expect(files).toEqual([]);
  });
});

describe('a second heap snapshot', () => {
  it('is refused until the first was read', async () => {
    const { write } = writer();
    const take = createHeapSnapshots({ isEnabled: true, write });
    const first = take();
    await expect(take()).rejects.toMatchObject({ code: 'PROFILE_ALREADY_RUNNING' });
    const { stream } = await first;
    await expect(take()).rejects.toMatchObject({ code: 'PROFILE_ALREADY_RUNNING' });
    await text(stream);
    await vi.waitFor(async () => (await take()).stream.destroy());
  });

  it('is taken after the first has failed', async () => {
    const { write, isGone } = writer();
    let calls = 0;
    const take = createHeapSnapshots({
      isEnabled: true,
      write: async (request) => {
        await write(request);
        calls += 1;
        if (calls === 1) throw new Error('disk full');
      },
    });
    await expect(take()).rejects.toThrow('disk full');
    expect(isGone()).toBe(true);
    (await take()).stream.destroy();
  });
});
