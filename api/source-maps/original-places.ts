/** One source map, ready to be asked. */
import { SourceMap } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A position in the text of a script or of a source. */
export interface Place {
  file: string;
  /** 1-based. */
  line: number;
  /** 1-based; 0 where unknown. */
  column: number;
}

export interface OriginalPlaces {
  /** Null where the map says nothing of this position. */
  find(line: number, column: number): Place | null;
  /** About what the map takes in memory. */
  bytes: number;
}

interface MapPart {
  mappings: string;
  sources: (string | null)[];
}

interface Section {
  offset: { line: number; column: number };
  map: MapPart;
}

/** Measured with Node 26 on maps of 0.1 to 0.6 million characters: 18 to 21 for each. */
const BYTES_PER_MAPPING_CHARACTER = 24;

const MAX_SOURCE_CHARACTERS = 4_096;
/** What a GraphQL `Int` can hold. */
const MAX_POSITION = 2 ** 31 - 1;

/**
 * @param text the map as JSON
 * @param baseUrl what its sources are relative to
 * @param maxBytes of memory that it may take
 * @returns a reason where it cannot be used. Never throws, whatever the text is.
 */
export function parseSourceMap(
  text: string,
  baseUrl: URL,
  maxBytes: number,
): OriginalPlaces | { reason: string } {
  try {
    const sections = sectionsOf(JSON.parse(text));
    const characters = sections.reduce((sum, { map }) => sum + map.mappings.length, 0);
    const bytes = characters * BYTES_PER_MAPPING_CHARACTER;
    if (bytes > maxBytes) {
      return { reason: `it would take ${bytes} bytes of memory, the most is ${maxBytes}` };
    }
    return { find: finder(sections, baseUrl), bytes };
  } catch {
    // What the parser says may quote a file that is no source map at all.
    return { reason: 'it is not a source map of version 3' };
  }
}

function finder(sections: readonly Section[], baseUrl: URL): OriginalPlaces['find'] {
  const payload = { version: 3, file: '', names: [], sources: [], mappings: '', sections };
  const map = new SourceMap(payload as never);
  const paths = new Map<string, string | null>();
  const pathOf = (source: string): string | null => {
    const known = paths.get(source);
    if (known !== undefined) return known;
    const path = resolveSource(source, baseUrl);
    paths.set(source, path);
    return path;
  };
  const [firstSource, ...otherSources] = new Set(
    sections.flatMap(({ map: { sources } }) => sources),
  );
  const onlySource = otherSources.length === 0 ? firstSource : null;

  return (line, column) => {
    const entry = map.findEntry(line - 1, Math.max(0, column - 1));
    // The search goes back over line ends, but what stands in other lines says nothing of this one.
    if ('originalSource' in entry && entry.originalSource && entry.generatedLine === line - 1) {
      return toPlace(pathOf(entry.originalSource), entry.originalLine, entry.originalColumn);
    }
    // The function that is a whole module begins before the first mapped text.
    if (line === 1 && onlySource != null) return toPlace(pathOf(onlySource), 0, 0);
    return null;
  };
}

function toPlace(file: string | null, line0: number, column0: number): Place | null {
  const isPosition = (position: number) =>
    Number.isInteger(position) && position >= 0 && position < MAX_POSITION;
  if (file === null || !isPosition(line0) || !isPosition(column0)) return null;
  return { file, line: line0 + 1, column: column0 + 1 };
}

type Json = Readonly<Record<string, unknown>>;

/** @throws where the map is none. Names and the sources' texts are left behind: they are large. */
function sectionsOf(map: Json): Section[] {
  if (!Array.isArray(map.sections)) return [{ offset: { line: 0, column: 0 }, map: partOf(map) }];
  return map.sections.map(({ offset, map: part }) => ({
    offset: { line: Number(offset.line), column: Number(offset.column) },
    map: partOf(part),
  }));
}

function partOf({ version, mappings, sources, sourceRoot }: Json): MapPart & { names: string[] } {
  if (version !== 3 || !isMappings(mappings) || !Array.isArray(sources)) {
    throw new TypeError('not a source map');
  }
  const root = typeof sourceRoot === 'string' ? sourceRoot : '';
  return { mappings, sources: sources.map((source) => withRoot(source, root)), names: [] };
}

/** Node's decoder takes any other character for some number. */
function isMappings(value: unknown): value is string {
  return typeof value === 'string' && /^[A-Za-z\d+/,;]*$/.test(value);
}

const IS_ABSOLUTE = /^(?:[a-z][a-z\d+.-]*:|\/)/i;

function withRoot(source: unknown, root: string): string | null {
  if (typeof source !== 'string' || source.length > MAX_SOURCE_CHARACTERS) return null;
  if (root === '' || IS_ABSOLUTE.test(source)) return source;
  return root.endsWith('/') ? root + source : `${root}/${source}`;
}

/** A path where the source is a file, else its URL, as `webpack://shop/src/cart.ts`. */
function resolveSource(source: string, baseUrl: URL): string | null {
  try {
    const url = new URL(source, baseUrl);
    const path = url.protocol === 'file:' ? fileURLToPath(url) : url.href;
    return /\p{Cc}/u.test(path) ? null : path;
  } catch {
    return null;
  }
}
