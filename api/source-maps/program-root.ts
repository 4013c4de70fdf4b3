/** Where the observed program lives on disk. */
import { access, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, join, sep } from 'node:path';

/**
 * The folder of the nearest `package.json` above the script that the program was started with.
 * @returns the working directory where there is none, and for a script that is an installed tool,
 * such as Vitest's: the program is what that tool works on
 */
export async function findProgramRoot(entryFile: string | undefined, cwd: string): Promise<string> {
  if (entryFile === undefined || !isAbsolute(entryFile)) return cwd;
  // Node names scripts by where links lead. It also takes `app` for `app.js`, which is no link.
  let folder = dirname(await realpath(entryFile).catch(() => entryFile));
  if (folder.split(sep).includes('node_modules')) return cwd;
  for (;;) {
    if (await exists(join(folder, 'package.json'))) return folder;
    const parent = dirname(folder);
    if (parent === folder) return cwd;
    folder = parent;
  }
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}
