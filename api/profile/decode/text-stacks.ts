/** The stacks of Go's profiles in text form: a record of figures, and its frames a line each. */
import type { Frame, Profile, Sample, ValueType } from '../profile.ts';

/** `#	0x7a10c5	main.(*reader).Read+0x555			/app/reader.go:143` */
const FRAME = /^#\t(0x[0-9a-f]+)(?:\t+(\S.*?)(?:\+0x[0-9a-f]+)?\t+(.+):(\d+))?\s*$/;
/** The same where tabs were turned into blanks. */
const SPACED_FRAME = /^# +(0x[0-9a-f]+)(?: +(\S.*?)\+0x[0-9a-f]+ +(\S.*):(\d+))?\s*$/;
/** The same where a page has taken the `#` for one of its own. */
const BARE_FRAME = /^(0x[0-9a-f]+)[\t ]+(\S.*?)\+0x[0-9a-f]+[\t ]+(\S.*):(\d+)\s*$/;
const NO_ADDRESS = '0x0';

function matchFrame(line: string): RegExpExecArray | null {
  return line.startsWith('#')
    ? (FRAME.exec(line) ?? SPACED_FRAME.exec(line))
    : BARE_FRAME.exec(line);
}

/** How one kind of profile writes its records. */
export interface RecordForm {
  sampleTypes: ValueType[];
  /** Null where the line is no record. */
  valuesOf: (line: string) => number[] | null;
  /** What stands before each line. @default none */
  prefix?: string;
}

export function readTextStacks(
  bytes: Uint8Array,
  { sampleTypes, valuesOf, prefix = '' }: RecordForm,
): Profile {
  const frames: Frame[] = [];
  const numbers = new Map<string, number>();
  const samples: (Sample & { stack: number[] })[] = [];
  for (const raw of Buffer.from(bytes).toString('utf8').split('\n')) {
    const line = raw.startsWith(prefix) ? raw.slice(prefix.length) : raw;
    const values = valuesOf(line);
    if (values !== null) {
      samples.push({ stack: [], values });
      continue;
    }
    const match = matchFrame(line);
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
