/** Go's profiles in text form, as `debug=1` gives them: memory, goroutines, threads, and who waits for locks. */
import { MS_PER_SECOND, NS_PER_MS } from '../../base/numbers/units.ts';
import type { Profile } from '../profile.ts';
import { decodeProfile } from './decode.ts';
import { readHeapText } from './legacy-heap-text.ts';
import { type RecordForm, readTextStacks } from './text-stacks.ts';

/** `36222 @ 0x42cb1a 0x43bda4`, or of locks `302494591 4 @ …`. */
const RECORD = /^(\d+)(?: (\d+))? @/;
/** Where a profile was pasted below other words, quoted or indented: its first line, or its first record. */
const PASTED =
  /^([ \t>|*]*)(?:(goroutine|goroutineleak|threadcreate) profile: total \d+|\d+ @(?: 0x[0-9a-f]+)+\s*\n[ \t>|*]*(?:#\s+0x|0x[0-9a-f]+\s+\S+\+0x))/m;
const COUNTS = /^(goroutine|goroutineleak|threadcreate) profile: total (\d+)/;
const LOCKS = /^--- (mutex|contention):/;
const CYCLES = /^cycles\/second=(\d+)/m;
const SNIFFED_BYTES = 256;
/** A profile stands near the beginning of what it was pasted into. */
const SEARCHED_BYTES = 64 * 1024;
/** What the program says of a lock's profile: Go calls that of blocking by another name. */
const NAMES: Readonly<Record<string, string>> = { mutex: 'mutex', contention: 'block' };

const NS_PER_SECOND = MS_PER_SECOND * NS_PER_MS;

/**
 * A profile in either of Go's forms.
 * @throws DiagnosticsError as `decodeProfile` does
 */
export function decodeProfileOrText(bytes: Uint8Array): Profile {
  return readGoTextProfile(bytes) ?? decodeProfile(bytes);
}

/** Null where it is none of these. The name of a profile of locks is its comment. */
export function readGoTextProfile(bytes: Uint8Array): Profile | null {
  const head = Buffer.from(bytes.subarray(0, SNIFFED_BYTES)).toString('latin1');
  const [, counted, total] = COUNTS.exec(head) ?? [];
  if (counted !== undefined) {
    const profile = readTextStacks(bytes, countsOf(counted));
    return { ...profile, isTruncated: sumOf(profile) < Number(total) };
  }
  const name = NAMES[LOCKS.exec(head)?.[1] ?? ''];
  if (name === undefined) return readHeapText(bytes);
  const cyclesPerNs = Number(CYCLES.exec(head)?.[1] ?? NS_PER_SECOND) / NS_PER_SECOND;
  return { ...readTextStacks(bytes, delaysOf(cyclesPerNs)), comments: [name] };
}

/** The same out of a text that has it somewhere: an issue, a mail, an answer with the headers of HTTP. */
export function readPastedTextProfile(bytes: Uint8Array): Profile | null {
  const head = Buffer.from(bytes.subarray(0, SEARCHED_BYTES)).toString('latin1');
  const match = PASTED.exec(head);
  if (match === null) return null;
  const [, prefix = '', type = 'goroutine'] = match;
  const profile = readTextStacks(bytes.subarray(match.index), { ...countsOf(type), prefix });
  return profile.samples.length === 0 ? null : profile;
}

function sumOf({ samples }: Profile): number {
  return samples.reduce((sum, { values }) => sum + values[0]!, 0);
}

function countsOf(type: string): RecordForm {
  return {
    sampleTypes: [{ type, unit: 'count' }],
    valuesOf(line) {
      const record = RECORD.exec(line);
      return record && [Number(record[1])];
    },
  };
}

function delaysOf(cyclesPerNs: number): RecordForm {
  return {
    sampleTypes: [
      { type: 'contentions', unit: 'count' },
      { type: 'delay', unit: 'nanoseconds' },
    ],
    valuesOf(line) {
      const record = RECORD.exec(line);
      return record && [Number(record[2] ?? 0), Number(record[1]) / cyclesPerNs];
    },
  };
}
