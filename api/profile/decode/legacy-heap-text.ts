/** Go's heap profile in text form (`/debug/pprof/heap?debug=1`, `allocs?debug=1`), and the memory statistics at its end. */
import { DiagnosticsError } from '../../base/errors.ts';
import type { Profile, ValueType } from '../profile.ts';
import { type GoMemStats, memStatsOf } from './go-mem-stats.ts';
import { readTextStacks } from './text-stacks.ts';

/** `heap profile: 3: 4096 [7: 9216] @ heap/1048576`: live objects and bytes, those ever allocated, form and rate. */
const HEAD =
  /^heap profile: *(-?\d+): *(-?\d+) *\[ *(\d+): *(\d+) *\] *@ *(heap_v2|heapz_v2|heapprofile|heap)?(?:\/(\d+))?/;
/** `1: 2048 [3: 6144] @ 0x4f1a2b 0x43bda4`, in the same order. */
const RECORD = /^ *(-?\d+): *(-?\d+) *\[ *(\d+): *(\d+) *\] @/;
/** Go prints twice its sampling rate, as the first heap profilers did, and readers halve it. */
const PRINTED_PER_RATE = 2;
const SNIFFED_BYTES = 256;

const LIVE_TYPES: ValueType[] = [
  { type: 'inuse_objects', unit: 'count' },
  { type: 'inuse_space', unit: 'bytes' },
];
const CUMULATIVE_TYPES: ValueType[] = [
  { type: 'alloc_objects', unit: 'count' },
  { type: 'alloc_space', unit: 'bytes' },
];

const SECTION = /^# runtime\.MemStats\r?$/m;
const ENTRY = /^# (\w+) = (.+?)\r?$/gm;

/**
 * The stacks, with values as the binary form has them: scaled up from what was sampled where the text
 * tells the rate, else as they stand there. Null where it is no such text.
 */
export function readHeapText(bytes: Uint8Array): Profile | null {
  const head = HEAD.exec(Buffer.from(bytes.subarray(0, SNIFFED_BYTES)).toString('latin1'));
  if (head === null) return null;
  const rate = rateOf(head[5], head[6]);
  // What pprofql prints of a Node that tells live objects alone has 0 there.
  const hasCumulative = Number(head[4]) >= Number(head[2]);
  let counted = 0;
  const profile = readTextStacks(bytes, {
    sampleTypes: hasCumulative ? [...CUMULATIVE_TYPES, ...LIVE_TYPES] : LIVE_TYPES,
    valuesOf(line) {
      const record = RECORD.exec(line)?.slice(1).map(Number);
      if (record === undefined) return null;
      const [liveObjects, liveBytes, objects, bytesEver] = record as [
        number,
        number,
        number,
        number,
      ];
      counted += objects;
      const live = scaled(liveObjects, liveBytes, rate);
      return hasCumulative ? [...scaled(objects, bytesEver, rate), ...live] : live;
    },
  });
  // Its first line has the sums over all records.
  const told = { ...profile, isTruncated: counted < Number(head[3]) };
  return rate === null
    ? told
    : { ...told, periodType: { type: 'space', unit: 'bytes' }, period: rate };
}

/** Bytes between two samples; null where the values are no samples, or the text does not say how many they stand for. */
function rateOf(form: string | undefined, printed: string | undefined): number | null {
  if (printed === undefined || form === 'heapprofile') return null;
  return form === 'heap' ? Math.trunc(Number(printed) / PRINTED_PER_RATE) : Number(printed);
}

/** An object of this size was sampled with the probability `1 - exp(-size / rate)`. Whole numbers, as in Go's binary form. */
function scaled(objects: number, bytes: number, rate: number | null): number[] {
  if (objects === 0 || bytes === 0) return [0, 0];
  // From a rate of one byte on everything is sampled.
  if (rate === null || rate <= 1) return [objects, bytes];
  const scale = 1 / -Math.expm1(-(bytes / objects) / rate);
  return [Math.trunc(objects * scale), Math.trunc(bytes * scale)];
}

/** The statistics; null where the text has none, or is cut off in the middle of them. */
export function goMemStatsIn(text: string): GoMemStats | null {
  try {
    return readGoMemStats(text);
  } catch (error) {
    if (error instanceof DiagnosticsError) return null;
    throw error;
  }
}

/**
 * Reads the statistics.
 * @throws DiagnosticsError `INVALID_INPUT` when the text has none, or not all of them.
 */
export function readGoMemStats(text: string): GoMemStats {
  const entries = readEntries(text);
  // `[7 9 8 0 …]`
  const pausesNs = (entries.get('PauseNs')?.match(/\d+/g) ?? []).map(Number);
  return memStatsOf((name) => figureOf(entries.get(name)), pausesNs, 'this heap profile');
}

function figureOf(text: string | undefined): number | null {
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) ? null : value;
}

function readEntries(text: string): Map<string, string> {
  const section = SECTION.exec(text);
  if (section === null) {
    throw new DiagnosticsError(
      'INVALID_INPUT',
      'this text has no "# runtime.MemStats"; fetch /debug/pprof/heap?debug=1 of a Go program',
    );
  }
  const entries = new Map<string, string>();
  for (const [, name, value] of text.slice(section.index).matchAll(ENTRY)) {
    entries.set(name!, value!);
  }
  return entries;
}
