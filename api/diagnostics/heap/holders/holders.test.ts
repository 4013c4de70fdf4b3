import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HeapSnapshotReading } from '../../../probe/readings/memory/heap-snapshot.ts';
import { createHolderSearches, type HolderSearchesOptions } from './holders.ts';

const isMeant = (id: string) => id === 'leak';
const AGREED = { isMeant, maxPauseMs: 600_000 };

/** Snapshots that are written when the test says so. */
function searches(overrides: Partial<HolderSearchesOptions> = {}) {
  const written = Promise.withResolvers<HeapSnapshotReading>();
  const files: string[] = [];
  const found = createHolderSearches({
    unavailable: null,
    memoryLimitBytes: 1024 ** 3,
    programRoot: '/app',
    write: async ({ file }) => {
      files.push(file);
      return written.promise;
    },
    heapSize: async () => ({
      usedBytes: 20_000_000,
      oldSpaceUsedBytes: 20_000_000,
      sampled: null,
    }),
    knownStacks: async () => ['leak'],
    locateTree: async (tree) => tree,
    locatePlaces: async (steps) => [...steps],
    locateStacks: async (reading) => reading,
    ...overrides,
  });
  return { ...found, files, written };
}

describe('a search for holders', () => {
  it.each([
    ['nothing was agreed to', null],
    ['less was agreed to', 100],
  ])('is refused with the estimate where %s', async (_what, maxPauseMs) => {
    const { find, estimate, files } = searches();
    const { pauseMs, memoryBytes } = await estimate();
    await expect(find({ isMeant, maxPauseMs })).rejects.toMatchObject({
      code: 'PAUSE_BUDGET_SPENT',
      estimatedPauseMs: pauseMs,
      estimatedMemoryBytes: memoryBytes,
    });
    expect(files).toEqual([]);
  });

  it('is refused where it is off, with the option that switches it on', async () => {
    const off = searches({ unavailable: 'off: see heapSnapshots' });
    const refusal = { code: 'UNAVAILABLE', message: 'off: see heapSnapshots' };
    await expect(off.find(AGREED)).rejects.toMatchObject(refusal);
    await expect(off.estimate()).rejects.toMatchObject(refusal);
  });

  it('is refused for a stack that holds nothing, and for a heap that is too large', async () => {
    const { find } = searches();
    await expect(find({ ...AGREED, isMeant: () => false })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    const small = searches({ memoryLimitBytes: 1_000_000 });
    await expect(small.find(AGREED)).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
  });

  it('is one at a time, tells how far it is, and can be cancelled', async () => {
    const { find, running, cancel, files, written } = searches();
    const first = find(AGREED);
    await expect.poll(() => files.length).toBe(1);
    expect(statSync(dirname(files[0]!)).mode & 0o077).toBe(0);
    expect(running()).toMatchObject({ phase: 'WRITING' });
    expect(running()!.progress).toBeLessThan(0.5);
    await expect(find(AGREED)).rejects.toMatchObject({ code: 'PROFILE_ALREADY_RUNNING' });
    expect(cancel()).toBe(true);
    written.resolve({ collectedAtMs: 0, pauseMs: 0, bookedMs: 0, sizes: noSizes() });
    await expect(first).rejects.toMatchObject({ code: 'STOPPED' });
    expect(running()).toBeNull();
    expect(cancel()).toBe(false);
    expect(existsSync(dirname(files[0]!))).toBe(false);
  });
});

describe('what a killed process has left among the temporary files', () => {
  const MINUTES_AGO = new Date(Date.now() - 5 * 60_000);
  let temporary: string;
  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), 'pprofql-test-'));
    vi.stubEnv('TMPDIR', temporary);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    rmSync(temporary, { recursive: true });
  });

  function leave(name: string, writtenAt: Date): string {
    const folder = join(temporary, name);
    mkdirSync(folder);
    const file = join(folder, 'process.heapsnapshot');
    writeFileSync(file, '{');
    utimesSync(file, writtenAt, writtenAt);
    return folder;
  }

  function leaveNote(pid: number): string {
    const file = join(temporary, `pprofql-note-${pid}-e`);
    writeFileSync(file, '');
    utimesSync(file, MINUTES_AGO, MINUTES_AGO);
    return file;
  }

  it('is removed at the next start, and what is being written is not', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    const left = [leave(`pprofql-snapshot-${pid}-a`, MINUTES_AGO), leaveNote(pid!)];
    const others = [
      leave(`pprofql-snapshot-${process.pid}-b`, MINUTES_AGO),
      leave(`pprofql-snapshot-${pid}-c`, new Date()),
      leave('somebody-holders-1-d', MINUTES_AGO),
      leaveNote(process.pid),
    ];
    searches();
    await expect.poll(() => left.filter((path) => existsSync(path))).toEqual([]);
    expect(others.filter((path) => !existsSync(path))).toEqual([]);
  });
});

function noSizes(): HeapSnapshotReading['sizes'] {
  const [ints, floats] = [new Int32Array(), new Float64Array()];
  const tree = { strings: [], parent: ints, functionName: ints, file: ints, line: ints };
  return { tree, node: ints, sizeBytes: floats, samples: floats };
}
