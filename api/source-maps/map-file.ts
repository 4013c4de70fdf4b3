/** Reads the source map of a script from disk: never from a network, nor from outside its program. */
import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readFileSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { dirname, isAbsolute, relative, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';
import { mapUrlOf, textOfDataUrl } from './map-comment.ts';
import { type OriginalPlaces, parseSourceMap } from './original-places.ts';

export interface MapFileLimits {
  /** Largest script and largest map that is read. */
  maxFileBytes: number;
  /** Memory that one map may take. */
  maxMapBytes: number;
  /** The program's folder; maps may lie in it, or in the script's own. */
  programRoot: string;
}

/** Null for a script without a map. */
export type MapOutcome = OriginalPlaces | { reason: string } | null;

/** @param script an absolute path. Never rejects. */
export async function readMapOf(script: string, limits: MapFileLimits): Promise<MapOutcome> {
  const code = await readText(script, limits.maxFileBytes);
  if (typeof code !== 'string') return { reason: `the script could not be read: ${code.reason}` };
  const url = mapUrlOf(code);
  if (url === null) return null;
  const scriptUrl = pathToFileURL(script);
  try {
    const inline = textOfDataUrl(url);
    if (inline !== null) return parseSourceMap(inline, scriptUrl, limits.maxMapBytes);
    return await readExternal(new URL(url, scriptUrl), script, limits);
  } catch {
    return { reason: 'the URL of its map cannot be read' };
  }
}

async function readExternal(
  url: URL,
  script: string,
  { maxFileBytes, maxMapBytes, programRoot }: MapFileLimits,
): Promise<MapOutcome> {
  if (url.protocol !== 'file:') return { reason: 'its map is not a file' };
  const named = fileURLToPath(url);
  // Where links lead, too. One that leads nowhere fails when it is read.
  const file = await targetOf(named);
  if (!isBelow(dirname(script), file) && !isBelow(programRoot, file)) {
    return { reason: "its map lies outside of the program's folder" };
  }
  const text = await readText(file, maxFileBytes);
  if (typeof text !== 'string') return { reason: `its map could not be read: ${text.reason}` };
  return parseSourceMap(text, url, maxMapBytes);
}

function isBelow(folder: string, file: string): boolean {
  if (folder === '') return false;
  const way = relative(folder, file);
  return way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** Opened without waiting: a pipe would keep the reader until somebody writes to it. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/**
 * The pool of threads that reads files belongs to the whole process. Where the program has filled it up,
 * the sidecar would wait behind it and could not say so: it reads by itself. The program never does.
 */
const READS_BY_ITSELF = !isMainThread;

async function targetOf(path: string): Promise<string> {
  try {
    return READS_BY_ITSELF ? realpathSync(path) : await realpath(path);
  } catch {
    return path;
  }
}

async function readText(path: string, maxBytes: number): Promise<string | { reason: string }> {
  try {
    if (READS_BY_ITSELF) return readTextAtOnce(path, maxBytes);
    const file = await open(path, OPEN_FLAGS);
    try {
      return refusalOf(await file.stat(), maxBytes) ?? (await file.readFile('utf8'));
    } finally {
      await file.close();
    }
  } catch (error) {
    return { reason: (error as NodeJS.ErrnoException).code ?? 'it is no text' };
  }
}

function readTextAtOnce(path: string, maxBytes: number): string | { reason: string } {
  const file = openSync(path, OPEN_FLAGS);
  try {
    return refusalOf(fstatSync(file), maxBytes) ?? readFileSync(file, 'utf8');
  } finally {
    closeSync(file);
  }
}

function refusalOf(stats: Stats, maxBytes: number): { reason: string } | null {
  if (!stats.isFile()) return { reason: 'it is no file' };
  if (stats.size <= maxBytes) return null;
  return { reason: `it has ${stats.size} bytes, the most is ${maxBytes}` };
}
