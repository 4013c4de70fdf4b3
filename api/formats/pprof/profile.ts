/** Encodes a profile as profile.proto, the format of `go tool pprof`, Speedscope and profile stores. */

import { basename } from 'node:path';
import { NS_PER_MS } from '../../base/numbers/units.ts';
import { BUILTIN_FILE, PROFILE, VALUE_TYPE } from '../../profile/decode/proto-fields.ts';
import type { Frame, Profile, Sample, ValueType } from '../../profile/profile.ts';
import { ADDRESS_LIMIT, createPlaceAddresses, LOWEST_ADDRESS } from '../place-address.ts';
import { ProtoWriter } from './proto-writer.ts';

export interface PprofOptions {
  /** The program, which readers name above the table. */
  program: string;
  /**
   * Where the lines of the frames point: to a call, or to where the function begins, as V8's heap
   * sampler gives them.
   * @default 'calls'
   */
  lines?: 'calls' | 'functionStarts';
}

const SAMPLE = { LOCATION_ID: 1, VALUE: 2, LABEL: 3 } as const;
const LABEL = { KEY: 1, TEXT: 2 } as const;
const MAPPING = {
  ID: 1,
  MEMORY_START: 2,
  MEMORY_LIMIT: 3,
  FILENAME: 5,
  HAS_FUNCTIONS: 7,
  HAS_FILENAMES: 8,
  HAS_LINE_NUMBERS: 9,
} as const;
const LOCATION = { ID: 1, MAPPING_ID: 2, ADDRESS: 3, LINE: 4 } as const;
const LINE = { FUNCTION_ID: 1, LINE: 2, COLUMN: 3 } as const;
const FUNCTION = { ID: 1, NAME: 2, SYSTEM_NAME: 3, FILENAME: 4, START_LINE: 5 } as const;

const ONLY_MAPPING_ID = 1;
const CHUNK_BYTES = 64 * 1024;

/**
 * The file in chunks of about 64 KiB, uncompressed, so that whoever encodes in a busy thread can
 * let others run between two of them. Values are rounded to whole numbers.
 *
 * Every frame of a sample becomes one location, with an address made from its place. Anonymous functions are
 * named by their place, because readers add up what has one name: `(anonymous server.js:12:5)`.
 */
export function* encodeProfile(profile: Profile, options: PprofOptions): Generator<Uint8Array> {
  const writer = new ProtoWriter();
  const strings = createInterner(['']);
  const functions = createFunctionTable(options);
  const locations = createLocationTable(profile.frames);

  for (const type of profile.sampleTypes) {
    writeValueType(writer, PROFILE.SAMPLE_TYPE, type, strings.intern);
  }
  for (const sample of profile.samples) {
    writeSample(writer, sample, { intern: strings.intern, locationOf: locations.idOf });
    if (writer.length >= CHUNK_BYTES) yield writer.take();
  }
  writeMapping(writer, strings.intern(options.program));
  for (const [index, frame] of profile.frames.entries()) {
    const address = locations.addresses[index]!;
    if (address === 0) continue;
    writeLocation(writer, { id: index + 1, address, functionId: functions.idOf(frame), frame });
    if (writer.length >= CHUNK_BYTES) yield writer.take();
  }
  for (const [index, entry] of functions.entries.entries()) {
    writeFunction(writer, index, entry, strings.intern);
    if (writer.length >= CHUNK_BYTES) yield writer.take();
  }
  writeHeader(writer, profile, strings.intern);
  for (const text of strings.entries) {
    writer.text(PROFILE.STRING, text);
    if (writer.length >= CHUNK_BYTES) yield writer.take();
  }
  yield writer.take();
}

type Intern = (text: string) => number;

function createInterner(entries: string[]): { intern: Intern; entries: readonly string[] } {
  const indexes = new Map(entries.map((text, index) => [text, index]));
  return {
    entries,
    intern(text) {
      const known = indexes.get(text);
      if (known !== undefined) return known;
      indexes.set(text, entries.length);
      return entries.push(text) - 1;
    },
  };
}

interface FunctionEntry {
  name: string;
  systemName: string;
  file: string;
  /** 0 where unknown. */
  startLine: number;
}

/** Frames of one function share its entry; ids count from 1. */
function createFunctionTable({ lines = 'calls' }: PprofOptions) {
  const entries: FunctionEntry[] = [];
  const ids = new Map<string, number>();
  return {
    entries: entries as readonly FunctionEntry[],
    idOf(frame: Frame): number {
      const name = readableName(frame);
      const file = frame.file === '' ? BUILTIN_FILE : frame.file;
      const startLine = lines === 'functionStarts' ? frame.line : 0;
      const key = `${startLine}\n${file}\n${name}`;
      const known = ids.get(key);
      if (known !== undefined) return known;
      const id = entries.push({ name, systemName: systemName(name, file), file, startLine });
      ids.set(key, id);
      return id;
    },
  };
}

/**
 * Frames at one address share the location of the first that a sample has; ids count frames from 1. What no sample has,
 * as pprofql's own allocations that were left out, is nobody's business.
 */
function createLocationTable(frames: readonly Frame[]) {
  const addressOf = createPlaceAddresses();
  /** Of each frame that a location is made of; 0 for any other. */
  const addresses = new Float64Array(frames.length);
  const idAt = new Map<number, number>();
  const ids = new Uint32Array(frames.length);
  function add(index: number): number {
    const address = addressOf(frames[index]!);
    const known = idAt.get(address);
    if (known !== undefined) return known;
    addresses[index] = address;
    idAt.set(address, index + 1);
    return index + 1;
  }
  return {
    addresses,
    idOf: (index: number): number => (ids[index] ||= add(index)),
  };
}

/** As profiles show it: anonymous functions by their place, since readers add up what has one name. */
export function readableName({ function: name, file, line, column }: Frame): string {
  if (name !== '(anonymous)' || file === '') return name;
  const place = [basename(file), line, ...(column === undefined ? [] : [column])].join(':');
  return `(anonymous ${place})`;
}

/** `go tool pprof` makes C++ or Rust of these: of `<static_initializer>`, nothing. */
const LOOKS_COMPILED = /[<>[\]]|::|^_(?:_*Z|R|GLOBAL_)/;

/** As in Go the name itself, but where that would be rewritten: readers keep a name that differs from it. */
function systemName(name: string, file: string): string {
  return LOOKS_COMPILED.test(name) ? `${name} ${file}` : name;
}

function writeValueType(
  writer: ProtoWriter,
  field: number,
  { type, unit }: ValueType,
  intern: Intern,
): void {
  writer.message(field, (message) => {
    message.integer(VALUE_TYPE.TYPE, intern(type));
    message.integer(VALUE_TYPE.UNIT, intern(unit));
  });
}

function writeSample(
  writer: ProtoWriter,
  { stack, values, labels = {} }: Sample,
  { intern, locationOf }: { intern: Intern; locationOf: (frame: number) => number },
): void {
  writer.message(PROFILE.SAMPLE, (message) => {
    message.packed(SAMPLE.LOCATION_ID, stack.length, (index) => locationOf(stack[index]!));
    message.packed(SAMPLE.VALUE, values.length, (index) => values[index]!);
    for (const [key, text] of Object.entries(labels)) {
      message.message(SAMPLE.LABEL, (label) => {
        label.integer(LABEL.KEY, intern(key));
        label.integer(LABEL.TEXT, intern(text));
      });
    }
  });
}

/** Without the three marks, readers would look for a binary of this name to find symbols in. */
function writeMapping(writer: ProtoWriter, program: number): void {
  writer.message(PROFILE.MAPPING, (message) => {
    message.integer(MAPPING.ID, ONLY_MAPPING_ID);
    message.integer(MAPPING.MEMORY_START, LOWEST_ADDRESS);
    message.integer(MAPPING.MEMORY_LIMIT, ADDRESS_LIMIT);
    message.integer(MAPPING.FILENAME, program);
    message.integer(MAPPING.HAS_FUNCTIONS, 1);
    message.integer(MAPPING.HAS_FILENAMES, 1);
    message.integer(MAPPING.HAS_LINE_NUMBERS, 1);
  });
}

interface Location {
  id: number;
  address: number;
  functionId: number;
  frame: Frame;
}

function writeLocation(writer: ProtoWriter, { id, address, functionId, frame }: Location): void {
  writer.message(PROFILE.LOCATION, (message) => {
    message.integer(LOCATION.ID, id);
    message.integer(LOCATION.MAPPING_ID, ONLY_MAPPING_ID);
    message.integer(LOCATION.ADDRESS, address);
    message.message(LOCATION.LINE, (line) => {
      line.integer(LINE.FUNCTION_ID, functionId);
      line.integer(LINE.LINE, frame.line);
      line.integer(LINE.COLUMN, frame.column ?? 0);
    });
  });
}

function writeFunction(
  writer: ProtoWriter,
  index: number,
  { name, systemName, file, startLine }: FunctionEntry,
  intern: Intern,
): void {
  writer.message(PROFILE.FUNCTION, (message) => {
    message.integer(FUNCTION.ID, index + 1);
    message.integer(FUNCTION.NAME, intern(name));
    message.integer(FUNCTION.SYSTEM_NAME, intern(systemName));
    message.integer(FUNCTION.FILENAME, intern(file));
    message.integer(FUNCTION.START_LINE, startLine);
  });
}

function writeHeader(writer: ProtoWriter, profile: Profile, intern: Intern): void {
  const { startedAtMs = 0, durationMs = 0, periodType, period = 0, comments = [] } = profile;
  writer.integer(PROFILE.TIME_NANOS, startedAtMs * NS_PER_MS);
  writer.integer(PROFILE.DURATION_NANOS, durationMs * NS_PER_MS);
  if (periodType !== undefined) {
    writeValueType(writer, PROFILE.PERIOD_TYPE, periodType, intern);
    writer.integer(PROFILE.PERIOD, period);
  }
  writer.packed(PROFILE.COMMENT, comments.length, (index) => intern(comments[index]!));
  writer.integer(PROFILE.DEFAULT_SAMPLE_TYPE, intern(profile.defaultSampleType ?? ''));
}
