/** Which files are pprofql's own, by exact location and never by a name that an app may share. */
import { fileURLToPath } from 'node:url';

/** Null in a bundle of CommonJS, which has no address and is refused (`refusalOfBundle`): loading must not throw there. */
const packageRoot = import.meta.url ? new URL('../..', import.meta.url) : null;
const ownStarts = packageRoot === null ? [] : [fileURLToPath(packageRoot), packageRoot.href];

/**
 * True for a file below the folder pprofql itself runs from (`api/`), given as path or URL.
 * Our dependencies (the profiler, GraphQL) load from elsewhere and are not meant.
 */
export function isOwnFile(file: string): boolean {
  if (!ownStarts.some((start) => file.startsWith(start))) return false;
  // Tests stand beside the code, and are the program that is observed there; the package holds none.
  return !file.endsWith('.test.ts');
}

/** True for Node's own code: `node:…` modules, internals, and frames without a file. */
export function isRuntimeFile(file: string): boolean {
  return file === '' || file.startsWith('node:') || file.startsWith('internal/');
}
