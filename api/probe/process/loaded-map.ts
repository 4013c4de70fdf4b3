/**
 * Source maps of code that was compiled while it was loaded, as tsx, Vitest and Node's own
 * `--experimental-transform-types` do: on disk are neither what runs nor its map, only in this thread.
 */

import { getBuiltinModule } from '../../base/builtins.ts';
import type { LoadedMapRequest } from '../readings/loaded-map.ts';

/** The part of a map that tells places; the sources' texts stay behind. */
interface MapPart {
  version: unknown;
  mappings: unknown;
  sources: unknown;
  sourceRoot?: unknown;
}

/** Vite's module runner, as Vitest keeps it. */
interface ModuleRunnerGlobal {
  __vitest_worker__?: {
    evaluatedModules?: {
      getModuleSourceMapById?: (id: string) => { map?: Partial<MapPart> } | null;
    };
  };
}

/** Larger maps are left out: they would stop the thread for more than some milliseconds. */
export const MAX_MAPPING_CHARACTERS = 2_000_000;

/**
 * The map of a script as JSON; null where nobody has one. Asks only what is there already: Node has
 * the maps of scripts where the program, its loader or a flag has switched that on.
 */
export function readLoadedMap({ file, url }: LoadedMapRequest): string | null {
  try {
    const map = mapOfNode(url) ?? mapOfModuleRunner(file);
    if (map === null || typeof map.mappings !== 'string') return null;
    if (map.mappings.length > MAX_MAPPING_CHARACTERS) return null;
    const { version, mappings, sources, sourceRoot } = map;
    return JSON.stringify({ version, mappings, sources, sourceRoot });
  } catch {
    // Whatever a loader has left there is no map.
    return null;
  }
}

function mapOfNode(url: string): MapPart | null {
  const payload = getBuiltinModule('node:module').findSourceMap(url)?.payload;
  return (payload as MapPart | undefined) ?? null;
}

function mapOfModuleRunner(file: string): Partial<MapPart> | null {
  const modules = (globalThis as ModuleRunnerGlobal).__vitest_worker__?.evaluatedModules;
  return modules?.getModuleSourceMapById?.(file)?.map ?? null;
}
