/** The source maps of the observed program, those that it holds itself included. */
import { pathToFileURL } from 'node:url';
import type { ResolvedOptions } from '../base/options/options.ts';
import { withDeadline } from '../base/waiting/deadline.ts';
import type { RemoteProbe } from '../link/probe-link.ts';
import type { LoadedMapRequest } from '../probe/readings/loaded-map.ts';
import { createSourceMaps, NO_SOURCE_MAPS, type SourceMaps } from '../source-maps/source-maps.ts';
import type { StuckLoop } from './answers/stuck-loop.ts';

/** Looked up in less than a millisecond. */
const LOADED_MAP_DEADLINE_MS = 1_000;

const HAS_SCHEME = /^\w+:\/\//;

/** Largest script and source map that is read. */
const MAX_FILE_BYTES = 32 * 1024 ** 2;
/** Decoded in some 30 ms, for which the program waits. */
const MAX_FILE_BYTES_MOUNTED = 512 * 1024;

export interface OpenedSourceMapsOptions
  extends Pick<ResolvedOptions, 'sourceMaps' | 'sourceMapMemoryBytes'> {
  programRoot: string;
  /** Then large maps are left alone: they take long to decode. */
  isObservedThread: boolean;
  probe: Pick<RemoteProbe, 'readLoadedMap'>;
  /** Asked for when it is needed: what watches the loop tells places by these maps. */
  stuckLoop: () => StuckLoop;
}

export function openSourceMaps(options: OpenedSourceMapsOptions): SourceMaps {
  if (!options.sourceMaps) return NO_SOURCE_MAPS;
  return createSourceMaps({
    programRoot: options.programRoot,
    memoryLimitBytes: options.sourceMapMemoryBytes,
    maxFileBytes: options.isObservedThread ? MAX_FILE_BYTES_MOUNTED : MAX_FILE_BYTES,
    readLoaded: (file) => readLoaded(file, options),
  });
}

/** @param file as stacks name it */
export function loadedMapRequest(file: string): LoadedMapRequest {
  return { file, url: HAS_SCHEME.test(file) ? file : pathToFileURL(file).href };
}

/** While the loop is stuck, of what runs there at least. */
function readLoaded(
  file: string,
  { probe, stuckLoop }: OpenedSourceMapsOptions,
): Promise<string | null> {
  const loop = stuckLoop();
  const request = loadedMapRequest(file);
  const asked =
    (loop.isBlocked() ? loop.call('readLoadedMap', request) : null) ?? probe.readLoadedMap(request);
  return withDeadline(asked, LOADED_MAP_DEADLINE_MS, () =>
    Promise.reject(new Error('the thread is busy')),
  );
}
