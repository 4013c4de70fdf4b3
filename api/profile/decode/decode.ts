/**
 * Decodes profile.proto, the format of Go's and many others' profilers, to our Profile model.
 * Numbers are doubles: values are exact up to ±2^53 and rounded to the nearest double beyond.
 */

import { gunzipSync } from 'node:zlib';
import { DiagnosticsError } from '../../base/errors.ts';
import { NS_PER_MS } from '../../base/numbers/units.ts';
import type { Profile, Sample, ValueType } from '../profile.ts';
import { describeForeignInput, isGzip } from './input-kind.ts';
import { type LocationTable, readLocationTable } from './location-table.ts';
import { type ExactId, MalformedProto, ProtoCursor } from './proto-cursor.ts';
import { type RawProfile, type RawValueType, readRawProfile } from './proto-profile.ts';
import { StringTable } from './string-table.ts';

export interface DecodeOptions {
  /** Bytes a gzipped profile may have when unpacked. @default 268_435_456 */
  maxInflatedBytes?: number;
}

export const DEFAULT_MAX_INFLATED_BYTES = 256 * 1024 ** 2;

const MIN_INFLATE_CHUNK_BYTES = 1024;
const DEFAULT_INFLATE_CHUNK_BYTES = 64 * 1024;
const MAX_INFLATE_CHUNK_BYTES = 8 * 1024 ** 2;
/** The last bytes of a gzip file: the length of what is in it. */
const LENGTH_BYTES = 4;
const SAMPLE = { LOCATION_ID: 1, VALUE: 2 } as const;

/**
 * Decodes a profile, gzipped or not, of any sample types. Inlined calls become frames of their own,
 * and a place without a symbol becomes a frame named by its address (`0x47a3bc`) in its mapping's file.
 *
 * @throws DiagnosticsError `INVALID_INPUT` when it is no such profile, saying what it is instead;
 *   `LIMIT_EXCEEDED` when it unpacks to more than `maxInflatedBytes`.
 */
export function decodeProfile(input: Uint8Array, options: DecodeOptions = {}): Profile {
  const bytes = isGzip(input) ? inflate(input, options) : input;
  if (bytes.length === 0) throw foreignInput(bytes);
  try {
    return toProfile(readRawProfile(bytes));
  } catch (error) {
    if (error instanceof MalformedProto) throw foreignInput(bytes, error);
    throw error;
  }
}

function inflate(
  input: Uint8Array,
  { maxInflatedBytes = DEFAULT_MAX_INFLATED_BYTES }: DecodeOptions,
): Uint8Array {
  try {
    return gunzipSync(input, { maxOutputLength: maxInflatedBytes, chunkSize: chunkBytes(input) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      const message = `the profile unpacks to more than ${maxInflatedBytes} bytes; raise the limit or fetch a smaller one`;
      throw new DiagnosticsError('LIMIT_EXCEEDED', message, { cause: error });
    }
    const reason = error instanceof Error ? error.message : String(error);
    throw new DiagnosticsError(
      'INVALID_INPUT',
      `the gzip data of the profile is damaged: ${reason}`,
      {
        cause: error,
      },
    );
  }
}

/** So that most profiles are unpacked to one piece, none larger than needed; a wrong length does little harm. */
function chunkBytes(input: Uint8Array): number {
  if (input.length < LENGTH_BYTES) return DEFAULT_INFLATE_CHUNK_BYTES;
  const view = new DataView(input.buffer, input.byteOffset, input.byteLength);
  const told = view.getUint32(input.length - LENGTH_BYTES, true) + 1;
  if (told < input.length) return DEFAULT_INFLATE_CHUNK_BYTES;
  return Math.min(Math.max(told, MIN_INFLATE_CHUNK_BYTES), MAX_INFLATE_CHUNK_BYTES);
}

function foreignInput(bytes: Uint8Array, cause?: MalformedProto): DiagnosticsError {
  const description = describeForeignInput(bytes);
  const message =
    description === null
      ? `this is no profile in profile.proto form, or a damaged one: ${cause?.message}`
      : `this is ${description}`;
  return new DiagnosticsError('INVALID_INPUT', message, { cause });
}

function toProfile(raw: RawProfile): Profile {
  const strings = new StringTable(raw.bytes, raw.strings);
  const valueType = ({ type, unit }: RawValueType): ValueType => ({
    type: strings.get(type),
    unit: strings.get(unit),
  });
  if (raw.sampleTypes.length === 0) throw new MalformedProto('no sample types', 0);
  const sampleTypes = raw.sampleTypes.map(valueType);
  const locations = readLocationTable(raw, strings);
  return {
    sampleTypes,
    frames: locations.frames,
    samples: readSamples(raw, locations),
    ...(raw.periodType && { periodType: valueType(raw.periodType), period: raw.period }),
    ...(raw.timeNanos !== 0 && { startedAtMs: raw.timeNanos / NS_PER_MS }),
    ...(raw.durationNanos !== 0 && { durationMs: raw.durationNanos / NS_PER_MS }),
    ...(raw.comments.length > 0 && { comments: raw.comments.map((index) => strings.get(index)) }),
    ...(raw.defaultSampleType !== 0 && { defaultSampleType: strings.get(raw.defaultSampleType) }),
  };
}

function readSamples(raw: RawProfile, locations: LocationTable): Sample[] {
  const reader = new SampleReader(raw, locations);
  const samples: Sample[] = [];
  for (let at = 0; at < raw.samples.length; at += 2) {
    samples.push(reader.read(raw.samples[at]!, raw.samples[at + 1]!));
  }
  return samples;
}

/** Reuses its lists from sample to sample (they only grow), and copies the used part out. */
class SampleReader {
  readonly #cursor: ProtoCursor;
  readonly #sampleTypes: number;
  readonly #locations: LocationTable;
  readonly #ids: ExactId[] = [];
  readonly #stack: number[] = [];
  readonly #values: number[] = [];

  constructor(raw: RawProfile, locations: LocationTable) {
    this.#cursor = new ProtoCursor(raw.bytes);
    this.#sampleTypes = raw.sampleTypes.length;
    this.#locations = locations;
  }

  read(start: number, end: number): Sample {
    const cursor = this.#cursor;
    const ids = this.#ids;
    const values = this.#values;
    let idCount = 0;
    let valueCount = 0;
    cursor.moveTo(start, end);
    while (cursor.nextField()) {
      if (cursor.field === SAMPLE.LOCATION_ID) idCount = cursor.readIdsInto(ids, idCount);
      else if (cursor.field === SAMPLE.VALUE)
        valueCount = cursor.readSignedInto(values, valueCount);
      else cursor.skip();
    }
    if (valueCount !== this.#sampleTypes) {
      const problem = `a sample with ${valueCount} values for ${this.#sampleTypes} sample types`;
      throw new MalformedProto(problem, start);
    }
    return { stack: this.#resolve(idCount, start), values: values.slice(0, valueCount) };
  }

  #resolve(idCount: number, offset: number): number[] {
    const ids = this.#ids;
    const stack = this.#stack;
    let depth = 0;
    for (let at = 0; at < idCount; at++) {
      const frames = this.#locations.framesOf(ids[at]!);
      if (frames === undefined) {
        throw new MalformedProto(`a sample at the unknown location ${ids[at]}`, offset);
      }
      for (let inlined = 0; inlined < frames.length; inlined++) stack[depth++] = frames[inlined]!;
    }
    return stack.slice(0, depth);
  }
}
