/** Go's profiles in text form, as `debug=1` gives them: goroutines, threads, and who waits for locks. */
import { MS_PER_SECOND, NS_PER_MS } from '../../../base/numbers/units.ts';
import type { Frame, Profile, Sample, ValueType } from '../../../profile/profile.ts';

/** `36222 @ 0x42cb1a 0x43bda4`, or of locks `302494591 4 @ …`. */
const RECORD = /^(\d+)(?: (\d+))? @/;
/** `#	0x7a10c5	main.(*reader).Read+0x555			/app/reader.go:143` */
const FRAME = /^#\t(0x[0-9a-f]+)(?:\t+(\S.*?)(?:\+0x[0-9a-f]+)?\t+(.+):(\d+))?\s*$/;
/** The same where tabs were turned into blanks. */
const SPACED_FRAME = /^# +(0x[0-9a-f]+)(?: +(\S.*?)\+0x[0-9a-f]+ +(\S.*):(\d+))?\s*$/;
/** Where a profile was pasted below other words, quoted or indented: its first line, or its first record. */
const PASTED =
  /^([ \t>|*]*)(?:(goroutine|goroutineleak|threadcreate) profile: total \d+|\d+ @(?: 0x[0-9a-f]+)+\s*\n[ \t>|*]*#\s+0x)/m;
const COUNTS = /^(goroutine|goroutineleak|threadcreate) profile: total \d+/;
const LOCKS = /^--- (mutex|contention):/;
const CYCLES = /^cycles\/second=(\d+)/m;
const NO_ADDRESS = '0x0';
const SNIFFED_BYTES = 256;
/** A profile stands near the beginning of what it was pasted into. */
const SEARCHED_BYTES = 64 * 1024;
/** What the program says of a lock's profile: Go calls that of blocking by another name. */
const NAMES: Readonly<Record<string, string>> = { mutex: 'mutex', contention: 'block' };

const NS_PER_SECOND = MS_PER_SECOND * NS_PER_MS;

/** Null where it is none of these. The name of a profile of locks is its comment. */
export function readGoTextProfile(bytes: Uint8Array): Profile | null {
  const head = Buffer.from(bytes.subarray(0, SNIFFED_BYTES)).toString('latin1');
  const counted = COUNTS.exec(head)?.[1];
  if (counted !== undefined)
    return profileOf(bytes, [{ type: counted, unit: 'count' }], (n) => [n]);
  const name = NAMES[LOCKS.exec(head)?.[1] ?? ''];
  if (name === undefined) return null;
  const cyclesPerNs = Number(CYCLES.exec(head)?.[1] ?? NS_PER_SECOND) / NS_PER_SECOND;
  const types = [
    { type: 'contentions', unit: 'count' },
    { type: 'delay', unit: 'nanoseconds' },
  ];
  const profile = profileOf(bytes, types, (cycles, count) => [count, cycles / cyclesPerNs]);
  return { ...profile, comments: [name] };
}

/** The same out of a text that has it somewhere: an issue, a mail, an answer with the headers of HTTP. */
export function readPastedTextProfile(bytes: Uint8Array): Profile | null {
  const head = Buffer.from(bytes.subarray(0, SEARCHED_BYTES)).toString('latin1');
  const match = PASTED.exec(head);
  if (match === null) return null;
  const [, prefix = '', type = 'goroutine'] = match;
  const pasted = bytes.subarray(match.index);
  const profile = profileOf(pasted, [{ type, unit: 'count' }], (n) => [n], prefix);
  return profile.samples.length === 0 ? null : profile;
}

function profileOf(
  bytes: Uint8Array,
  sampleTypes: ValueType[],
  valuesOf: (first: number, second: number) => number[],
  prefix = '',
): Profile {
  const frames: Frame[] = [];
  const numbers = new Map<string, number>();
  const samples: (Sample & { stack: number[] })[] = [];
  for (const raw of Buffer.from(bytes).toString('utf8').split('\n')) {
    const line = raw.startsWith(prefix) ? raw.slice(prefix.length) : raw;
    const record = RECORD.exec(line);
    if (record !== null) {
      samples.push({ stack: [], values: valuesOf(Number(record[1]), Number(record[2] ?? 0)) });
      continue;
    }
    const match = line.startsWith('#') ? (FRAME.exec(line) ?? SPACED_FRAME.exec(line)) : null;
    if (match === null) continue;
    const [, address = '', name = address, file = '', digits = '0'] = match;
    // No place: Go knows of no stack, which the binary profile says by having none.
    if (name === NO_ADDRESS) continue;
    const key = `${name}\n${file}:${digits}`;
    let number = numbers.get(key);
    if (number === undefined) {
      number = frames.push({ function: name, file, line: Number(digits) }) - 1;
      numbers.set(key, number);
    }
    samples.at(-1)?.stack.push(number);
  }
  return { sampleTypes, frames, samples };
}
