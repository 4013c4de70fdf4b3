/** Where the observed program lives on disk. */
import { existsSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, sep } from 'node:path';

/**
 * The folder of the nearest `package.json` above the script that the program was started with. At once: the program
 * may keep all threads of libuv busy that files are read by otherwise.
 * @returns the working directory where there is none, and for a script that is an installed tool,
 * such as Vitest's: the program is what that tool works on
 */
export function findProgramRoot(entryFile: string | undefined, cwd: string): string {
  if (entryFile === undefined || !isAbsolute(entryFile)) return cwd;
  let folder = dirname(realPathOf(entryFile));
  if (folder.split(sep).includes('node_modules')) return cwd;
  for (;;) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    const parent = dirname(folder);
    if (parent === folder) return cwd;
    folder = parent;
  }
}

/** Node names scripts by where links lead. It also takes `app` for `app.js`, which is no link. */
function realPathOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}
