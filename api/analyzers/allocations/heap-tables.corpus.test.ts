import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  beyond,
  type CorpusInput,
  largeCorpus,
  OWN_CORPUS,
  profilesOf,
} from '../../../scripts/testing/corpus.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { decodeProfile } from '../../profile/decode/decode.ts';
import { type LocationTable, readLocationTable } from '../../profile/decode/location-table.ts';
import { type ExactId, ProtoCursor } from '../../profile/decode/proto-cursor.ts';
import { type RawProfile, readRawProfile } from '../../profile/decode/proto-profile.ts';
import { StringTable } from '../../profile/decode/string-table.ts';
import type { Frame, Profile } from '../../profile/profile.ts';
import { type AllocationRow, allocationTables } from './allocations.ts';

interface GoldenRow {
  bytes: number;
  count: number;
  stack: string[];
}

interface Golden {
  top_allocations: GoldenRow[] | null;
  inuse_allocations: GoldenRow[] | null;
  _meta: { parse_error?: string; samples: number; sample_types: string[] };
}

/** The original reads these, and we say what they are instead: the text forms and binary forms before profile.proto. */
const LEGACY =
  /legacy-go-debug1|cppbench(?!\.cpu_no_samples_type)|gobench|java\.|go\.crc32|go\.godoc|fuzz__/;
/** The original refuses zeros behind gzip data; gzip itself allows them. */
const PADDED = /gzip-trailing-zeros/;
/** The original leaves out what is allocated in functions that are named so, the program's own included. */
const HIDDEN_BY_ORIGINAL =
  /devpprof|pprof\.WriteHeapProfile|pprof\.Lookup|profile\.Parse|MetricsCollector|collectLoop|getAllocations|flattenAndTopN|parseGoroutineProfile|getGoroutines|getCPUSample/;

function proveCorpus(inputs: readonly CorpusInput[]): void {
  for (const input of inputs) {
    const golden = input.golden<Golden>();
    if (golden === null) continue;
    if (LEGACY.test(input.name)) proveRefused(input);
    else if (PADDED.test(input.name)) proveRead(input);
    else if (golden._meta.parse_error !== undefined) proveRefused(input);
    else proveTables(input, golden);
  }
}

function proveRefused(input: CorpusInput): void {
  it(`${input.name} is refused with a typed error`, () => {
    expect(() => decodeProfile(input.read())).toThrow(DiagnosticsError);
  });
}

function proveRead(input: CorpusInput): void {
  it(`${input.name} is read`, () => {
    expect(decodeProfile(input.read()).samples.length).toBeGreaterThan(0);
  });
}

function proveTables(input: CorpusInput, golden: Golden): void {
  it(`${input.name} has the samples and rows of the golden answer, and tables that add up to them`, () => {
    const bytes = input.read();
    const profile = decodeProfile(bytes);
    const types = profile.sampleTypes.map(({ type, unit }) => `${type}/${unit}`);
    expect([profile.samples.length, types]).toEqual([
      golden._meta.samples,
      golden._meta.sample_types,
    ]);
    const { top_allocations: top, inuse_allocations: inuse } = golden;
    const collapsed = new CollapsedProfile(bytes, [...(top ?? []), ...(inuse ?? [])]);
    expect(collapsed.missing(top ?? [], 'alloc')).toEqual([]);
    expect(collapsed.missing(inuse ?? [], 'inuse')).toEqual([]);

    const { live, cumulative } = allocationTables(profile, { limit: Number.POSITIVE_INFINITY });
    expect(sumOfRows(live)).toBe(sumOfSamples(profile, 'inuse_space'));
    expect(sumOfRows(cumulative ?? [])).toBe(sumOfSamples(profile, 'alloc_space'));
  });
}

function sumOfRows(rows: readonly AllocationRow[]): number {
  return rows.reduce((sum, { bytes }) => sum + bytes, 0);
}

function sumOfSamples({ sampleTypes, samples }: Profile, type: string): number {
  const index = sampleTypes.findLastIndex((sampleType) => sampleType.type === type);
  return samples.reduce(
    (sum, { stack, values }) => sum + (stack.length === 0 || index < 0 ? 0 : values[index]!),
    0,
  );
}

/**
 * A profile as the original sees it: only the innermost inlined call of every place, and no place
 * without a symbol. Ours keep both, which the tests of `decodeProfile` pin.
 */
class CollapsedProfile {
  readonly #raw: RawProfile;
  readonly #locations: LocationTable;
  readonly #sums = new Map<string, number[]>();
  /** Stacks that begin otherwise are in no row, and are not looked at further. */
  readonly #tops: ReadonlySet<string>;

  constructor(bytes: Uint8Array, rows: readonly GoldenRow[]) {
    this.#tops = new Set(rows.map(({ stack }) => stack.slice(0, 2).join('\n')));
    this.#raw = readRawProfile(bytes[0] === 0x1f ? gunzipSync(bytes) : bytes);
    this.#locations = readLocationTable(
      this.#raw,
      new StringTable(this.#raw.bytes, this.#raw.strings),
    );
    const cursor = new ProtoCursor(this.#raw.bytes);
    for (let at = 0; at < this.#raw.samples.length; at += 2) {
      cursor.moveTo(this.#raw.samples[at]!, this.#raw.samples[at + 1]!);
      this.#addSample(cursor);
    }
  }

  /** Golden rows that are not here with the same bytes and count. */
  missing(rows: readonly GoldenRow[], prefix: 'alloc' | 'inuse'): string[] {
    const bytes = this.#indexOf(`${prefix}_space`);
    const objects = this.#indexOf(`${prefix}_objects`);
    return rows
      .filter((row) => {
        const sums = this.#sums.get(row.stack.join('\n'));
        return sums?.[bytes] !== row.bytes || sums?.[objects] !== row.count;
      })
      .map((row) => `${row.count}: ${row.bytes} at ${row.stack.join(' ')}`);
  }

  #addSample(cursor: ProtoCursor): void {
    const ids: ExactId[] = [];
    const values: number[] = [];
    while (cursor.nextField()) {
      if (cursor.field === 1) cursor.readIdsInto(ids, ids.length);
      else if (cursor.field === 2) cursor.readSignedInto(values, values.length);
      else cursor.skip();
    }
    const frames = ids.map((id) => this.#locations.frames[this.#locations.framesOf(id)![0]!]!);
    if (frames.length === 0 || HIDDEN_BY_ORIGINAL.test(`${frames[0]!.function} ${frames[0]!.file}`))
      return;
    const isSymbol = (name: string) => !/^0x[0-9a-f]+$/.test(name);
    if (!isSymbol(frames[0]!.function) || !this.#tops.has(keyOf(frames.slice(0, 1)))) return;
    const key = keyOf(frames.filter((frame) => isSymbol(frame.function)));
    const sums = this.#sums.get(key) ?? values.map(() => 0);
    this.#sums.set(
      key,
      sums.map((sum, index) => sum + values[index]!),
    );
  }

  #indexOf(type: string): number {
    const strings = new StringTable(this.#raw.bytes, this.#raw.strings);
    return this.#raw.sampleTypes.findLastIndex(
      (sampleType) => strings.get(sampleType.type) === type,
    );
  }
}

function keyOf(frames: readonly Frame[]): string {
  return frames.map((frame) => `${frame.function}\n\t${frame.file}:${frame.line}`).join('\n');
}

const own = profilesOf(OWN_CORPUS);
describe('profiles of the corpus', () => proveCorpus(own));

const large = largeCorpus();
describe.runIf(large !== null)('profiles of the large corpus', () => {
  if (large !== null) proveCorpus(beyond(own, profilesOf(large)));
});
