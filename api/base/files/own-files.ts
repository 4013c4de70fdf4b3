/** Which files are pprofql's own, by exact location and never by a name that an app may share. */
import { fileURLToPath } from 'node:url';

const packageRoot = fileURLToPath(new URL('../..', import.meta.url));
const packageUrl = new URL('../..', import.meta.url).href;

/**
 * True for a file below the folder pprofql itself runs from (`api/`), given as path or URL.
 * Our dependencies (the profiler, GraphQL) load from elsewhere and are not meant.
 */
export function isOwnFile(file: string): boolean {
  if (!file.startsWith(packageRoot) && !file.startsWith(packageUrl)) return false;
  // Tests stand beside the code, and are the program that is observed there; the package holds none.
  return !file.endsWith('.test.ts');
}

/** True for Node's own code: `node:…` modules, internals, and frames without a file. */
export function isRuntimeFile(file: string): boolean {
  return file === '' || file.startsWith('node:') || file.startsWith('internal/');
}
