/** A heap snapshot that nobody keeps: written, read, and gone. */
import { type FileHandle, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type {
  HeapSnapshotReading,
  HeapSnapshotRequest,
} from '../../../probe/readings/memory/heap-snapshot.ts';
import { makeSnapshotFolder, SNAPSHOT_FILE } from '../snapshot-folder.ts';

/** A thread that is busy for longer does not begin any more. */
const START_PATIENCE_MS = 10_000;

export interface TemporarySnapshotOptions<Found> {
  withSizes: boolean;
  write: (request: HeapSnapshotRequest) => Promise<HeapSnapshotReading>;
  /** As soon as it is there; what this throws ends it all. */
  onWritten: (reading: HeapSnapshotReading) => void;
  /** Tells what was found in it. */
  look: (reading: HeapSnapshotReading, file: { fd: number; bytes: number }) => Promise<Found>;
}

export async function inTemporarySnapshot<Found>({
  withSizes,
  write,
  onWritten,
  look,
}: TemporarySnapshotOptions<Found>): Promise<Found> {
  const folder = await makeSnapshotFolder();
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const file = join(folder, SNAPSHOT_FILE);
    const latestStartMs = Date.now() + START_PATIENCE_MS;
    const reading = await write({ file, latestStartMs, withSizes });
    onWritten(reading);
    const handle = await open(file);
    // Open files outlive their names where the system allows it: then no crash leaves one behind.
    await remove().catch(() => {});
    return await lookInto(handle, (opened) => look(reading, opened));
  } finally {
    await remove().catch(() => {});
  }
}

async function lookInto<Found>(
  handle: FileHandle,
  look: (file: { fd: number; bytes: number }) => Promise<Found>,
): Promise<Found> {
  try {
    const { size: bytes } = await handle.stat();
    return await look({ fd: handle.fd, bytes });
  } finally {
    await handle.close();
  }
}
