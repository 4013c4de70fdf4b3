/** Where a heap snapshot is written: in a folder of its own, which is removed also where its process was killed meanwhile. */
import { mkdtemp, opendir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NOTE_NAME, SNAPSHOT_NAME } from '../../base/files/temporary-names.ts';
import { hasEnded } from '../../base/launch/ended.ts';
import { MS_PER_HOUR, MS_PER_MINUTE } from '../../base/numbers/units.ts';

export const SNAPSHOT_FILE = 'process.heapsnapshot';
const TEMPORARY = new RegExp(`^(?:${SNAPSHOT_NAME}|${NOTE_NAME})(\\d+)-`);
/** While one is written, it was written to a moment ago; then its name goes. */
const WRITTEN_WITHIN_MS = MS_PER_MINUTE;
/** Other containers may have the folder too, and count their processes anew. */
const LEFT_FOR_CERTAIN_MS = MS_PER_HOUR;

/** @returns the path of a new folder, for `SNAPSHOT_FILE`. Who asks for it removes it. */
export async function makeSnapshotFolder(): Promise<string> {
  await removeLeftFiles();
  // Readable by this user alone.
  return mkdtemp(join(tmpdir(), `${SNAPSHOT_NAME}${process.pid}-`));
}

/** Removes what nobody writes to any more, also of notes. Never rejects: what others own stays. */
export async function removeLeftFiles(): Promise<void> {
  try {
    for await (const { name } of await opendir(tmpdir())) {
      const [, pid] = TEMPORARY.exec(name) ?? [];
      if (pid === undefined) continue;
      const path = join(tmpdir(), name);
      if (await isLeft(path, Number(pid))) await rm(path, { recursive: true, force: true });
    }
  } catch {
    // The next search tries again.
  }
}

async function isLeft(path: string, pid: number): Promise<boolean> {
  const { mtimeMs } = await stat(join(path, SNAPSHOT_FILE)).catch(() => stat(path));
  const ageMs = Date.now() - mtimeMs;
  return ageMs > LEFT_FOR_CERTAIN_MS || (ageMs > WRITTEN_WITHIN_MS && hasEnded(pid));
}
