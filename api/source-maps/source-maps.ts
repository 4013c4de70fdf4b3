/** Finds where compiled code comes from, by the source maps of its scripts. */
import { isAbsolute, relative } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isOwnFile, isRuntimeFile } from '../base/files/own-files.ts';
import { withDeadline } from '../base/waiting/deadline.ts';
import { readMapOf } from './map-file.ts';
import { type OriginalPlaces, type Place, parseSourceMap } from './original-places.ts';

export interface SourceMaps {
  /**
   * The original of each place; null where it has none, or its map was not there in time. Maps are
   * read when a place of their script is first asked for, and kept.
   */
  originalsOf(
    places: readonly Place[],
    options?: { deadlineMs?: number; readLoaded?: ReadLoaded | undefined },
  ): Promise<(Place | null)[]>;
  status(): SourceMapStatus;
}

/**
 * The map that a thread of the program itself holds for a script, by the name that stacks give it, as JSON; null where
 * it holds none.
 */
export type ReadLoaded = (file: string) => Promise<string | null>;

export interface SourceMapStatus {
  enabled: boolean;
  /** Scripts with a map that is in use. */
  mappedFiles: number;
  /** About what the maps take, and the most that they may. */
  memoryBytes: number;
  memoryLimitBytes: number;
  /** Maps that gave way to others, to be read again when needed. */
  evictions: number;
  /** Places shown as compiled because their map was not there in time. */
  latePlaces: number;
  /** Scripts whose map cannot be used. */
  failureCount: number;
  /** The latest of them. */
  failures: SourceMapFailure[];
}

export interface SourceMapFailure {
  file: string;
  reason: string;
}

export interface SourceMapsOptions {
  /** The folder of the program. */
  programRoot: string;
  memoryLimitBytes: number;
  /** Largest script and largest map that is read. */
  maxFileBytes: number;
  /**
   * Asked where the disk has no map, unless a call names another thread's; asked again where it rejects.
   * @default none has one
   */
  readLoaded?: ReadLoaded;
}

/** How long an answer may wait for maps to be read. */
const DEADLINE_MS = 5_000;
/** A few milliseconds of looking up, after which others have their turn. */
const PLACES_PER_SLICE = 4_000;
const MAX_KNOWN_SCRIPTS = 10_000;
const MAX_SHOWN_FAILURES = 100;

/** What is known of a script: its map, why that cannot be used, or (both null) that there is none. */
interface Script {
  map: OriginalPlaces | null;
  reason: string | null;
}

export function createSourceMaps(options: SourceMapsOptions): SourceMaps {
  const { memoryLimitBytes, maxFileBytes, programRoot } = options;
  const readOwn = options.readLoaded ?? (async () => null);
  const limits = { maxFileBytes, maxMapBytes: memoryLimitBytes, programRoot };
  /** Least recently used first. */
  const scripts = new Map<string, Script>();
  const loading = new Map<string, Promise<Script>>();
  let lastLoad: Promise<unknown> = Promise.resolve();
  let memoryBytes = 0;
  let evictions = 0;
  let latePlaces = 0;

  /** One after the other: reads occupy threads that the program's own file access needs as well. */
  function load(file: string, name: string, readLoaded: ReadLoaded): Promise<Script> {
    const known = scripts.get(file);
    if (known !== undefined) {
      scripts.delete(file);
      scripts.set(file, known);
      return Promise.resolve(known);
    }
    const running = loading.get(file);
    if (running !== undefined) return running;
    const loaded = lastLoad.then(async () => {
      const found = await findMap(file, name, readLoaded);
      loading.delete(file);
      if (found.isFinal) keep(file, found.script);
      return found.script;
    });
    lastLoad = loaded;
    loading.set(file, loaded);
    return loaded;
  }

  /** On disk, and where there is none, in the thread that runs it. */
  async function findMap(
    file: string,
    name: string,
    readLoaded: ReadLoaded,
  ): Promise<{ script: Script; isFinal: boolean }> {
    const onDisk = isAbsolute(file) ? toScript(await readMapOf(file, limits)) : NO_MAP;
    if (onDisk.map !== null) return { script: onDisk, isFinal: true };
    try {
      const text = await readLoaded(name);
      if (text === null) return { script: onDisk, isFinal: true };
      const base = isAbsolute(file) ? pathToFileURL(file) : new URL(file, 'file:///');
      return { script: toScript(parseSourceMap(text, base, memoryLimitBytes)), isFinal: true };
    } catch {
      return { script: onDisk, isFinal: false };
    }
  }

  function keep(file: string, script: Script): void {
    scripts.set(file, script);
    memoryBytes += script.map?.bytes ?? 0;
    for (const [oldest, { map }] of scripts) {
      if (memoryBytes <= memoryLimitBytes && scripts.size <= MAX_KNOWN_SCRIPTS) return;
      if (map === null && scripts.size <= MAX_KNOWN_SCRIPTS) continue;
      scripts.delete(oldest);
      memoryBytes -= map?.bytes ?? 0;
      if (map !== null) evictions += 1;
    }
  }

  return {
    async originalsOf(places, { deadlineMs = DEADLINE_MS, readLoaded = readOwn } = {}) {
      const originals = places.map((): Place | null => null);
      const waiting = placesByScript(places, programRoot);
      const located = [...waiting].map(async ([file, indexes]) => {
        const { map } = await load(file, places[indexes[0]!]!.file, readLoaded);
        if (map === null) {
          waiting.delete(file);
          return;
        }
        for (const [done, index] of indexes.entries()) {
          if (done % PLACES_PER_SLICE === PLACES_PER_SLICE - 1) await nextTurn();
          if (!waiting.has(file)) return;
          const { line, column } = places[index]!;
          originals[index] = map.find(line, column);
        }
        waiting.delete(file);
      });
      await withDeadline(Promise.all(located), deadlineMs, () => {
        for (const indexes of waiting.values()) latePlaces += indexes.length;
        waiting.clear();
        return [];
      });
      return originals;
    },
    status() {
      const failures = [...scripts].flatMap(([file, { reason }]) =>
        reason === null ? [] : [{ file, reason }],
      );
      return {
        enabled: true,
        mappedFiles: [...scripts.values()].filter(({ map }) => map !== null).length,
        memoryBytes,
        memoryLimitBytes,
        evictions,
        latePlaces,
        failureCount: failures.length,
        failures: failures.slice(-MAX_SHOWN_FAILURES).reverse(),
      };
    },
  };
}

/** Where they are switched off: everything stays as compiled. */
export const NO_SOURCE_MAPS: SourceMaps = {
  originalsOf: async (places) => places.map(() => null),
  status: () => ({
    enabled: false,
    mappedFiles: 0,
    memoryBytes: 0,
    memoryLimitBytes: 0,
    evictions: 0,
    latePlaces: 0,
    failureCount: 0,
    failures: [],
  }),
};

const NO_MAP: Script = { map: null, reason: null };

function toScript(outcome: Awaited<ReturnType<typeof readMapOf>>): Script {
  if (outcome === null) return { map: null, reason: null };
  if ('reason' in outcome) return { map: null, reason: outcome.reason };
  return { map: outcome, reason: null };
}

/** Indexes of the places in each script that may have a map. */
function placesByScript(places: readonly Place[], programRoot: string): Map<string, number[]> {
  const scriptOf = new Map<string, string | null>();
  const indexes = new Map<string, number[]>();
  for (const [index, { file, line }] of places.entries()) {
    let script = scriptOf.get(file);
    if (script === undefined) {
      script = mappableScript(file, programRoot);
      scriptOf.set(file, script);
    }
    if (script === null || line < 1) continue;
    const known = indexes.get(script);
    if (known === undefined) indexes.set(script, [index]);
    else known.push(index);
  }
  return indexes;
}

/**
 * Its path, or its URL where it is no file, as evaluated code is named by a `sourceURL` comment. Null
 * for the runtime's own, for ours, and for packages the program has installed: their sources are
 * seldom shipped, and the compiled file is what a reader can open.
 */
function mappableScript(file: string, programRoot: string): string | null {
  const path = pathOf(file);
  if (path === null) return file === '' || isRuntimeFile(file) ? null : file;
  if (isOwnFile(path)) return null;
  const isInstalled = relative(programRoot, path).split(/[\\/]/).includes('node_modules');
  return isInstalled ? null : path;
}

function pathOf(file: string): string | null {
  if (isAbsolute(file)) return file;
  if (!file.startsWith('file:')) return null;
  try {
    return fileURLToPath(file);
  } catch {
    return null;
  }
}
