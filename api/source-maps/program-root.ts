/** Where the observed program lives on disk. */
import { access } from 'node:fs/promises';
import { dirname, isAbsolute, join } from 'node:path';

/**
 * The folder of the nearest `package.json` above the script that the program was started with.
 * @returns the working directory where there is none
 */
export async function findProgramRoot(entryFile: string | undefined, cwd: string): Promise<string> {
  if (entryFile === undefined || !isAbsolute(entryFile)) return cwd;
  let folder = dirname(entryFile);
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
