/**
 * Which Node an executable is, read in the file: it is not run, since it may be no Node, or a program that was made one
 * file with its Node.
 */
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { procPath, procText } from '../../base/processes/proc.ts';

/** What the inspector of every Node calls itself. */
const MARK = Buffer.from('node.js/v');
const VERSION = /^node\.js\/v(\d+\.\d+\.\d+)/;
const LONGEST_MARK = 32;
const CHUNK_BYTES = 4 * 1024 ** 2;
/** Debian keeps most of Node in a library. */
const LIBRARY = /\s(\/\S*\/libnode\.so\S*)$/m;

export type VersionOf = (pid: number) => string | null;

/** Reads every executable once, however many processes run it. */
export function createVersionReader(): VersionOf {
  const known = new Map<string, string | null>();
  return (pid) => {
    const { dev, ino } = statSync(procPath(pid, 'exe'), { throwIfNoEntry: false }) ?? {};
    const key = `${dev} ${ino}`;
    if (!known.has(key)) known.set(key, nodeVersionOf(pid));
    return known.get(key)!;
  };
}

/** For example `26.10.0`; null where it is no Node, or may not be read. */
export function nodeVersionOf(pid: number): string | null {
  const found = versionIn(procPath(pid, 'exe'));
  if (found !== null) return found;
  const library = LIBRARY.exec(procText(pid, 'maps') ?? '')?.[1];
  return library === undefined ? null : versionIn(procPath(pid, `root${library}`));
}

function versionIn(path: string): string | null {
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    const chunk = Buffer.alloc(CHUNK_BYTES + LONGEST_MARK);
    for (let from = 0; ; from += CHUNK_BYTES) {
      const length = readSync(file, chunk, 0, chunk.length, from);
      const version = versionAmong(chunk.subarray(0, length));
      if (version !== null || length < chunk.length) return version;
    }
  } catch {
    return null;
  } finally {
    if (file !== null) closeSync(file);
  }
}

function versionAmong(bytes: Buffer): string | null {
  for (let at = bytes.indexOf(MARK); at >= 0; at = bytes.indexOf(MARK, at + 1)) {
    const version = VERSION.exec(bytes.toString('latin1', at, at + LONGEST_MARK))?.[1];
    if (version !== undefined) return version;
  }
  return null;
}
