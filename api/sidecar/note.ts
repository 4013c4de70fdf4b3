/**
 * Tells other processes of this user where this one is observed: a file that has lost its name, behind a descriptor that
 * is held open. It is found among `/proc/PID/fd`, by the same user only and from every container, and it goes with the
 * process however that ends (unless it is killed just then, the next start cleans up), and none of another process can be taken for it.
 */

import { closeSync, constants, fstatSync, openSync, unlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ownProcess } from '../base/builtins.ts';
import { NOTE_NAME } from '../base/files/temporary-names.ts';
import { harmless } from '../base/harmless.ts';
import { clearInterval, setInterval } from '../base/own-time.ts';
import { randomId } from '../base/random-id.ts';

export interface Note {
  /** Null where it is served by the process that observes its nearest ancestor. */
  url: string | null;
  /** Whether who writes something more to it ends what it tells of. */
  isDetachable: boolean;
  /** It tells of nothing but that the diagnostics are about to be gone, for whoever waits for that. */
  isEnding: boolean;
}

const FILE_MODE = 0o600;
/** Where containers whose files may only be read can write. */
const SHARED_MEMORY = '/dev/shm';
/** Between two looks at whether somebody has written to it. */
const LOOK_MS = 500;

/**
 * @param onAsked told once when another process asks for the end; null lets none ask
 * @returns what takes it back; idempotent. Never throws: where no file can be made, or the system is another, there is no note.
 */
export function leaveNote(url: Note['url'], onAsked: (() => void) | null): () => void {
  const text = textOf({ url, isDetachable: onAsked !== null, isEnding: false });
  const file = open(text);
  if (file === null) return () => {};
  const looks =
    onAsked === null
      ? undefined
      : setInterval(() => {
          if (fstatSync(file).size === Buffer.byteLength(text)) return;
          clearInterval(looks);
          onAsked();
        }, LOOK_MS).unref();
  let isTaken = false;
  return () => {
    if (isTaken) return;
    isTaken = true;
    clearInterval(looks);
    harmless(closeSync)(file);
  };
}

/**
 * As the diagnostics end: in the observed thread, which has more to take back once the thread beside it is gone.
 * @returns what is called when that is done. Never throws.
 */
export function leaveNoteOfEnd(): () => void {
  const file = open(textOf({ url: null, isDetachable: false, isEnding: true }));
  return () => {
    if (file !== null) harmless(closeSync)(file);
  };
}

const textOf = (note: Note): string => JSON.stringify(note);

function open(text: string): number | null {
  // Elsewhere nobody could find it.
  if (ownProcess.platform !== 'linux') return null;
  for (const folder of [tmpdir(), SHARED_MEMORY]) {
    const path = join(folder, `${NOTE_NAME}${ownProcess.pid}-${randomId()}`);
    const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR } = constants;
    try {
      const file = openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, FILE_MODE);
      unlinkSync(path);
      writeSync(file, text);
      return file;
    } catch {
      // It cannot be written to, or is full.
    }
  }
  return null;
}
