/** Resolves the locations of a profile.proto file to frames, inlined calls expanded. */
import type { Frame } from './profile.ts';
import { type ExactId, ProtoCursor } from './proto-cursor.ts';
import { IdTable, type RawProfile } from './proto-profile.ts';
import type { StringTable } from './string-table.ts';

const MAPPING = { ID: 1, FILENAME: 5 } as const;
const FUNCTION = { ID: 1, NAME: 2, FILENAME: 4 } as const;
const LOCATION = { ID: 1, MAPPING_ID: 2, ADDRESS: 3, LINE: 4 } as const;
const LINE = { FUNCTION_ID: 1, LINE: 2 } as const;

interface FunctionEntry {
  name: string;
  file: string;
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
  const functions = readFunctions(raw, strings);
  const interner = new FrameInterner();
  const locations = new IdTable<number[]>('location');
  const cursor = new ProtoCursor(raw.bytes);
  for (let at = 0; at < raw.locations.length; at += 2) {
    cursor.moveTo(raw.locations[at]!, raw.locations[at + 1]!);
    const location = readLocation(raw.bytes, cursor);
    const frames = resolveFrames(location, mappings, functions).map((frame) =>
      interner.intern(frame),
    );
    locations.add(location.id, frames, raw.locations[at]!);
  }
  return { frames: interner.frames, framesOf: (id) => locations.get(id) };
}

/** A location without a function name is kept by its address, in the file it was mapped from. */
function resolveFrames(
  location: RawLocation,
  mappings: IdTable<string>,
  functions: IdTable<FunctionEntry>,
): Frame[] {
  const address = (): Frame => ({
    function: `0x${location.address.toString(16)}`,
    file: mappings.get(location.mappingId) ?? '',
    line: 0,
  });
  if (location.lines.length === 0) return [address()];
  return location.lines.map(({ functionId, line }) => {
    const called = functions.get(functionId);
    return called === undefined ? address() : { function: called.name, file: called.file, line };
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

function readFunctions(raw: RawProfile, strings: StringTable): IdTable<FunctionEntry> {
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
    functions.add(id, { name: strings.get(name), file: strings.get(filename) }, raw.functions[at]!);
  }
  return functions;
}

function readLocation(bytes: Uint8Array, cursor: ProtoCursor): RawLocation {
  const location: RawLocation = { id: 0, mappingId: 0, address: 0, lines: [] };
  while (cursor.nextField()) {
    if (cursor.field === LOCATION.ID) location.id = cursor.readExactId();
    else if (cursor.field === LOCATION.MAPPING_ID) location.mappingId = cursor.readExactId();
    else if (cursor.field === LOCATION.ADDRESS) location.address = cursor.readExactId();
    else if (cursor.field === LOCATION.LINE) location.lines.push(readLine(bytes, cursor));
    else cursor.skip();
  }
  return location;
}

function readLine(bytes: Uint8Array, cursor: ProtoCursor): LineEntry {
  const length = cursor.readBytesLength();
  const inner = new ProtoCursor(bytes, cursor.position - length, cursor.position);
  const entry: LineEntry = { functionId: 0, line: 0 };
  while (inner.nextField()) {
    if (inner.field === LINE.FUNCTION_ID) entry.functionId = inner.readExactId();
    else if (inner.field === LINE.LINE) entry.line = inner.readSigned();
    else inner.skip();
  }
  return entry;
}

class FrameInterner {
  readonly frames: Frame[] = [];
  private readonly indexes = new Map<string, number>();

  intern(frame: Frame): number {
    const key = `${frame.line}\n${frame.file.length}\n${frame.file}${frame.function}`;
    let index = this.indexes.get(key);
    if (index === undefined) {
      index = this.frames.push(frame) - 1;
      this.indexes.set(key, index);
    }
    return index;
  }
}
