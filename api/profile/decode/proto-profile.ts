/** The messages of profile.proto as byte ranges: what is in a file, before anything is resolved. */

import { type ExactId, MalformedProto, ProtoCursor } from './proto-cursor.ts';
import { PROFILE, VALUE_TYPE } from './proto-fields.ts';

/** Start and end offsets in turn, one pair a message. */
export type Ranges = number[];

/** `ValueType` of profile.proto: indexes into the string table. */
export interface RawValueType {
  type: number;
  unit: number;
}

export interface RawProfile {
  bytes: Uint8Array;
  sampleTypes: RawValueType[];
  samples: Ranges;
  mappings: Ranges;
  locations: Ranges;
  functions: Ranges;
  strings: Ranges;
  timeNanos: number;
  durationNanos: number;
  periodType: RawValueType | null;
  period: number;
  comments: number[];
  defaultSampleType: number;
}

/** @throws MalformedProto */
export function readRawProfile(bytes: Uint8Array): RawProfile {
  const raw: RawProfile = {
    bytes,
    sampleTypes: [],
    samples: [],
    mappings: [],
    locations: [],
    functions: [],
    strings: [],
    timeNanos: 0,
    durationNanos: 0,
    periodType: null,
    period: 0,
    comments: [],
    defaultSampleType: 0,
  };
  const cursor = new ProtoCursor(bytes);
  while (cursor.nextField()) readField(raw, cursor);
  if (raw.strings.length > 0 && raw.strings[0] !== raw.strings[1]) {
    throw new MalformedProto('a first string that is not empty', raw.strings[0]!);
  }
  return raw;
}

function readField(raw: RawProfile, cursor: ProtoCursor): void {
  switch (cursor.field) {
    case PROFILE.SAMPLE:
      pushRange(raw.samples, cursor);
      break;
    case PROFILE.LOCATION:
      pushRange(raw.locations, cursor);
      break;
    case PROFILE.FUNCTION:
      pushRange(raw.functions, cursor);
      break;
    case PROFILE.STRING:
      pushRange(raw.strings, cursor);
      break;
    case PROFILE.MAPPING:
      pushRange(raw.mappings, cursor);
      break;
    case PROFILE.SAMPLE_TYPE:
      raw.sampleTypes.push(readValueType(raw.bytes, cursor));
      break;
    case PROFILE.PERIOD_TYPE:
      raw.periodType = readValueType(raw.bytes, cursor);
      break;
    case PROFILE.TIME_NANOS:
      raw.timeNanos = cursor.readSigned();
      break;
    case PROFILE.DURATION_NANOS:
      raw.durationNanos = cursor.readSigned();
      break;
    case PROFILE.PERIOD:
      raw.period = cursor.readSigned();
      break;
    case PROFILE.COMMENT:
      cursor.readSignedInto(raw.comments, raw.comments.length);
      break;
    case PROFILE.DEFAULT_SAMPLE_TYPE:
      raw.defaultSampleType = cursor.readSigned();
      break;
    default:
      cursor.skip();
  }
}

function pushRange(ranges: Ranges, cursor: ProtoCursor): void {
  const length = cursor.readBytesLength();
  ranges.push(cursor.position - length, cursor.position);
}

function readValueType(bytes: Uint8Array, cursor: ProtoCursor): RawValueType {
  const length = cursor.readBytesLength();
  const inner = new ProtoCursor(bytes, cursor.position - length, cursor.position);
  const valueType: RawValueType = { type: 0, unit: 0 };
  while (inner.nextField()) {
    if (inner.field === VALUE_TYPE.TYPE) valueType.type = inner.readSigned();
    else if (inner.field === VALUE_TYPE.UNIT) valueType.unit = inner.readSigned();
    else inner.skip();
  }
  return valueType;
}

/** Entries by id. Producers number them 1, 2, 3 …, some use 64-bit hashes: both are found fast. */
export class IdTable<Entry> {
  /** Entries whose ids count up without a gap; nothing has the id 0. */
  readonly #counted: (Entry | undefined)[] = [undefined];
  readonly #others = new Map<ExactId, Entry>();
  readonly #noun: string;

  /** `noun` names an entry in an error. */
  constructor(noun: string) {
    this.#noun = noun;
  }

  /** @throws MalformedProto for an id that is taken, or 0, which stands for none. */
  add(id: ExactId, entry: Entry, offset: number): void {
    if (id === 0) throw new MalformedProto(`a ${this.#noun} with the id 0`, offset);
    if (this.get(id) !== undefined) {
      throw new MalformedProto(`a second ${this.#noun} with the id ${id}`, offset);
    }
    if (id === this.#counted.length) this.#counted.push(entry);
    else this.#others.set(id, entry);
  }

  get(id: ExactId): Entry | undefined {
    if (typeof id === 'number' && id < this.#counted.length) return this.#counted[id];
    return this.#others.get(id);
  }
}
