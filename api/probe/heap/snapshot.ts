/** Writes the whole heap to a file, for Chrome DevTools. */
import v8 from 'node:v8';
import { DiagnosticsError } from '../../base/errors.ts';
import { wallClockMs } from '../../base/own-time.ts';
import { readThisThread, starvedMsOf } from '../../base/thread-time.ts';
import type {
  HeapSnapshotReading,
  HeapSnapshotRequest,
  SampledSizes,
} from '../readings/memory/heap-snapshot.ts';

/**
 * Stops the thread until it is written: seconds for a heap of some hundred megabytes, and V8 may
 * need as much memory again.
 * @param readSizes asked right after it, so that both tell of the same objects. @default nobody is
 * @throws DiagnosticsError `PROCESS_NOT_RESPONDING` when it is later than the request allows, and
 * the system's error where the file cannot be written
 */
export function writeHeapSnapshot(
  { file, latestStartMs, withSizes = false }: HeapSnapshotRequest,
  readSizes: () => SampledSizes | null = () => null,
): HeapSnapshotReading {
  const startedAtMs = wallClockMs();
  const before = readThisThread();
  // Whoever asked has given up by now: the program must not stop for nobody.
  if (startedAtMs > latestStartMs) {
    throw new DiagnosticsError(
      'PROCESS_NOT_RESPONDING',
      'the observed thread was busy for too long to write a heap snapshot; ask again later',
    );
  }
  v8.writeHeapSnapshot(file);
  const sizes = withSizes ? readSizes() : null;
  const collectedAtMs = wallClockMs();
  const pauseMs = collectedAtMs - startedAtMs;
  const bookedMs = pauseMs - starvedMsOf(pauseMs, before, readThisThread());
  return { collectedAtMs, pauseMs, bookedMs, sizes };
}
