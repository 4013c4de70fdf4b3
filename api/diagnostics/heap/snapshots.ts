/** Heap snapshots, one at a time: the observed thread writes a file, which is gone once it was read. */
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { DiagnosticsError } from '../../base/errors.ts';
import type { HeapSnapshotRequest } from '../../probe/readings/memory/heap-snapshot.ts';
import { makeSnapshotFolder, SNAPSHOT_FILE } from './snapshot-folder.ts';

export interface HeapSnapshotFile {
  bytes: number;
  /** To be read or destroyed: the next snapshot waits for its end. */
  stream: Readable;
}

export interface HeapSnapshotsOptions {
  isEnabled: boolean;
  write: (request: HeapSnapshotRequest) => Promise<unknown>;
}

/** A thread that is busy for longer does not begin any more. */
const START_PATIENCE_MS = 10_000;

const SWITCHED_OFF =
  'heap snapshots are off, because they stop the program for seconds and hold all of its strings, secrets too; switch them on with the option heapSnapshots or PPROFQL_HEAP_SNAPSHOTS=on';

/**
 * @returns what takes a snapshot; it rejects with `UNAVAILABLE` where snapshots are switched off,
 * `PROFILE_ALREADY_RUNNING` while one is being written or read, `PROCESS_NOT_RESPONDING` where the
 * thread is busy
 */
export function createHeapSnapshots({
  isEnabled,
  write,
}: HeapSnapshotsOptions): () => Promise<HeapSnapshotFile> {
  let isUnderWay = false;

  async function take(): Promise<HeapSnapshotFile> {
    const folder = await makeSnapshotFolder();
    const remove = () => rm(folder, { recursive: true, force: true });
    try {
      const file = join(folder, SNAPSHOT_FILE);
      await write({ file, latestStartMs: Date.now() + START_PATIENCE_MS });
      const handle = await open(file);
      const { size: bytes } = await handle.stat();
      const stream = handle.createReadStream();
      stream.once('close', () => {
        isUnderWay = false;
        remove().catch(() => {});
      });
      // Open files outlive their names where the system allows it: then no crash leaves one behind.
      await remove().catch(() => {});
      return { bytes, stream };
    } catch (error) {
      await remove().catch(() => {});
      throw error;
    }
  }

  return async () => {
    if (!isEnabled) throw new DiagnosticsError('UNAVAILABLE', SWITCHED_OFF);
    if (isUnderWay) {
      throw new DiagnosticsError(
        'PROFILE_ALREADY_RUNNING',
        'a heap snapshot is being written or sent; ask again when it is done',
      );
    }
    isUnderWay = true;
    try {
      return await take();
    } catch (error) {
      isUnderWay = false;
      throw error;
    }
  };
}
