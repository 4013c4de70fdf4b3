/** Files as people read them. */
import { isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Relative to the folder where the file lies in it; a path instead of a `file:` URL; everything else
 * as it is.
 *
 * @example `displayPath('file:///srv/shop/src/cart.ts', '/srv/shop')` is `'src/cart.ts'`
 */
export function displayPath(file: string, folder: string): string {
  const path = toPath(file);
  if (folder === '' || !isAbsolute(path)) return path;
  const way = relative(folder, path);
  const isOutside = way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way);
  return isOutside ? path : way;
}

/** A path instead of a `file:` URL. Programs may name their scripts anything: what is no path stays as it is. */
export function toPath(file: string): string {
  if (!file.startsWith('file:')) return file;
  try {
    return fileURLToPath(file);
  } catch {
    return file;
  }
}
