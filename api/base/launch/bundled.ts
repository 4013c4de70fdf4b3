/** Whether pprofql stands in somebody's bundle, away from the files that it starts and serves. */
import { existsSync } from 'node:fs';

/** What only the package itself has where it is looked for from this module. */
const OF_THE_PACKAGE = '../../sidecar/entry.cjs';

/**
 * One line where it does; null where its files are around it, as in the package. A bundle of CommonJS leaves no address.
 * All of a bundle would pass for our own code as well.
 */
export function refusalOfBundle(place: string | undefined = import.meta.url): string | null {
  if (place && existsSync(new URL(OF_THE_PACKAGE, place))) return null;
  return (
    'pprofql is part of a bundle, where it does not find its own files; leave it out, ' +
    'as by --external:pprofql of esbuild or serverExternalPackages of Next.js'
  );
}
