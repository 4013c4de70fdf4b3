/** Resolves the locations of a profile.proto file to frames, inlined calls expanded. */

import type { Frame } from '../profile.ts';
import { type ExactId, ProtoCursor } from './proto-cursor.ts';
import { BUILTIN_FILE } from './proto-fields.ts';
import { IdTable, type RawProfile } from './proto-profile.ts';
import type { StringTable } from './string-table.ts';

const MAPPING = { ID: 1, FILENAME: 5 } as const;
const FUNCTION = { ID: 1, NAME: 2, FILENAME: 4 } as const;
const LOCATION = { ID: 1, MAPPING_ID: 2, ADDRESS: 3, LINE: 4 } as const;
const NO_FRAME = -1;
const LINE = { FUNCTION_ID: 1, LINE: 2 } as const;

interface FunctionEntry {
  name: string;
  file: string;
  /** Of the frame that was made last; most functions have one. */
  line: number;
  frame: number;
  /** Index of the frame at each line, where there are several; functions of one name and file share it. */
  frameAtLine: Map<number, number> | null;
}

interface LineEntry {
  functionId: ExactId;
  line: number;
}

interface RawLocation {
  id: ExactId;
  mappingId: ExactId;
  address: ExactId;
  lines: LineEntry[];
}

export interface LocationTable {
  /** Frames of all locations, each place once. */
  frames: Frame[];
  /** Indexes into `frames`, innermost call first; never empty. */
  framesOf(locationId: ExactId): readonly number[] | undefined;
}

/** @throws MalformedProto */
export function readLocationTable(raw: RawProfile, strings: StringTable): LocationTable {
  const mappings = readMappings(raw, strings);
  const interner = new FrameInterner();
  const functions = readFunctions(raw, strings, interner);
  const locations = new IdTable<number[]>('location');
  const cursor = new ProtoCursor(raw.bytes);
  const inner = new ProtoCursor(raw.bytes);
  for (let at = 0; at < raw.locations.length; at += 2) {
    cursor.moveTo(raw.locations[at]!, raw.locations[at + 1]!);
    const location = readLocation(cursor, inner);
    locations.add(
      location.id,
      resolveFrames(location, mappings, functions, interner),
      raw.locations[at]!,
    );
  }
  return { frames: interner.frames, framesOf: (id) => locations.get(id) };
}

/** A location without a function name is kept by its address, in the file it was mapped from. */
function resolveFrames(
  location: RawLocation,
  mappings: IdTable<string>,
  functions: IdTable<FunctionEntry>,
  interner: FrameInterner,
): number[] {
  const address = (): number =>
    interner.frameAt(
      interner.function(
        `0x${location.address.toString(16)}`,
        mappings.get(location.mappingId) ?? '',
      ),
      0,
    );
  if (location.lines.length === 0) return [address()];
  return location.lines.map(({ functionId, line }) => {
    const called = functions.get(functionId);
    return called === undefined ? address() : interner.frameAt(called, line);
  });
}

function readMappings(raw: RawProfile, strings: StringTable): IdTable<string> {
  const mappings = new IdTable<string>('mapping');
  const cursor = new ProtoCursor(raw.bytes);
  for (let at = 0; at < raw.mappings.length; at += 2) {
    let id: ExactId = 0;
    let filename = 0;
    cursor.moveTo(raw.mappings[at]!, raw.mappings[at + 1]!);
    while (cursor.nextField()) {
      if (cursor.field === MAPPING.ID) id = cursor.readExactId();
      else if (cursor.field === MAPPING.FILENAME) filename = cursor.readSigned();
      else cursor.skip();
    }
    mappings.add(id, strings.get(filename), raw.mappings[at]!);
  }
  return mappings;
}

function readFunctions(
  raw: RawProfile,
  strings: StringTable,
  interner: FrameInterner,
): IdTable<FunctionEntry> {
  const functions = new IdTable<FunctionEntry>('function');
  const cursor = new ProtoCursor(raw.bytes);
  for (let at = 0; at < raw.functions.length; at += 2) {
    let id: ExactId = 0;
    let name = 0;
    let filename = 0;
    cursor.moveTo(raw.functions[at]!, raw.functions[at + 1]!);
    while (cursor.nextField()) {
      if (cursor.field === FUNCTION.ID) id = cursor.readExactId();
      else if (cursor.field === FUNCTION.NAME) name = cursor.readSigned();
      else if (cursor.field === FUNCTION.FILENAME) filename = cursor.readSigned();
      else cursor.skip();
    }
    const file = strings.get(filename);
    const entry = interner.function(strings.get(name), file === BUILTIN_FILE ? '' : file);
    functions.add(id, entry, raw.functions[at]!);
  }
  return functions;
}

function readLocation(cursor: ProtoCursor, inner: ProtoCursor): RawLocation {
  const location: RawLocation = { id: 0, mappingId: 0, address: 0, lines: [] };
  while (cursor.nextField()) {
    if (cursor.field === LOCATION.ID) location.id = cursor.readExactId();
    else if (cursor.field === LOCATION.MAPPING_ID) location.mappingId = cursor.readExactId();
    else if (cursor.field === LOCATION.ADDRESS) location.address = cursor.readExactId();
    else if (cursor.field === LOCATION.LINE) location.lines.push(readLine(cursor, inner));
    else cursor.skip();
  }
  return location;
}

function readLine(cursor: ProtoCursor, inner: ProtoCursor): LineEntry {
  const length = cursor.readBytesLength();
  inner.moveTo(cursor.position - length, cursor.position);
  const entry: LineEntry = { functionId: 0, line: 0 };
  while (inner.nextField()) {
    if (inner.field === LINE.FUNCTION_ID) entry.functionId = inner.readExactId();
    else if (inner.field === LINE.LINE) entry.line = inner.readSigned();
    else inner.skip();
  }
  return entry;
}

/** Compares functions once, and not the frames of each, which differ by line alone. */
class FrameInterner {
  readonly frames: Frame[] = [];
  readonly #files = new Map<string, Map<string, FunctionEntry>>();

  function(name: string, file: string): FunctionEntry {
    let functions = this.#files.get(file);
    if (functions === undefined) {
      functions = new Map();
      this.#files.set(file, functions);
    }
    let entry = functions.get(name);
    if (entry === undefined) {
      entry = { name, file, line: 0, frame: NO_FRAME, frameAtLine: null };
      functions.set(name, entry);
    }
    return entry;
  }

  frameAt(entry: FunctionEntry, line: number): number {
    if (entry.line === line && entry.frame !== NO_FRAME) return entry.frame;
    const known = entry.frameAtLine?.get(line);
    if (known !== undefined) return known;
    const index = this.frames.push({ function: entry.name, file: entry.file, line }) - 1;
    if (entry.frame !== NO_FRAME) {
      entry.frameAtLine ??= new Map([[entry.line, entry.frame]]);
      entry.frameAtLine.set(line, index);
    }
    entry.line = line;
    entry.frame = index;
    return index;
  }
}
