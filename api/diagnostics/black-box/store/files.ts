/**
 * Files that nobody else may read or has put there: in a folder of the user's own, written whole or not
 * at all, and never through a link.
 */
import {
  chmodSync,
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  type Stats,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const OTHERS = 0o077;
/** The system keeps what each user has in there for others from that user, as in `/tmp`. */
const STICKY = 0o1000;
/** Not on Windows, where neither exists. */
const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants;

/** Windows has none, and folders of temporary files that are the user's own. */
const userId = (): number | null => process.getuid?.() ?? null;

/** Where the system keeps temporary files, in a folder of the user's own. For example `/tmp/pprofql-1000`. */
export function defaultFolder(): string {
  return join(tmpdir(), `pprofql-${userId() ?? 'boxes'}`);
}

/**
 * Makes the folder where it is not there yet.
 * @throws Error with the reason where it is not the user's own, or others may look into it
 */
export function openOwnFolder(path: string, isOurs: (name: string) => boolean): void {
  makeFolder(path);
  const stats = lstatSync(path);
  if (stats.isSymbolicLink()) throw new Error(`${path} is a link`);
  if (!stats.isDirectory()) throw new Error(`${path} is no folder`);
  if (!isOwn(stats)) throw new Error(`${path} belongs to another user`);
  if (userId() === null || (stats.mode & OTHERS) === 0) return;
  if ((stats.mode & STICKY) !== 0) throw new Error(`${path} is there for all users`);
  // It is not for us to close a folder that holds something else.
  if (!readdirSync(path).every(isOurs)) {
    throw new Error(`${path} is open to other users, and holds files that are not pprofql’s`);
  }
  chmodSync(path, FOLDER_MODE);
}

/**
 * With its parents. Node's own `recursive` asks for ever, in native code that nobody can end, where a parent is there and the
 * system says all the same that there is none, as in `/proc`.
 */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  try {
    mkdirSync(path, { mode: FOLDER_MODE });
  } catch (error) {
    // Another process was faster.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** @throws Error where it cannot be written: the disk is full, or may only be read */
export function writeWhole(path: string, text: string, temporaryPath: string): void {
  removeIfThere(temporaryPath);
  const flags = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | O_NOFOLLOW;
  const file = openSync(temporaryPath, flags, FILE_MODE);
  try {
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length; ) {
      written += writeSync(file, bytes, written);
    }
  } catch (error) {
    closeSync(file);
    removeIfThere(temporaryPath);
    throw error;
  }
  closeSync(file);
  renameSync(temporaryPath, path);
}

/** Null where it is not there, is no file of the user's own, or is larger than that. */
export function readOwnFile(path: string, maxBytes: number): string | null {
  let file: number | null = null;
  try {
    file = openSync(path, constants.O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile() || !isOwn(stats) || stats.nlink !== 1 || stats.size > maxBytes) return null;
    const bytes = Buffer.alloc(stats.size);
    return bytes.subarray(0, readSync(file, bytes)).toString('utf8');
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}

function isOwn({ uid }: Stats): boolean {
  const user = userId();
  return user === null || uid === user;
}

export function removeIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else has done it, or it was never there.
  }
}
