/** Logs of one JSON object a line: with a whole stack in one of its texts, or one line of the dump in each. */
import { findHeader } from '../header/header.ts';
import { push, type Stream, Streams, type Unwrapped } from './stream.ts';

type Json = Readonly<Record<string, unknown>>;

const HEADER_WORD = 'goroutine ';
/** Keys of texts that say what went wrong. */
const SAYING = /^(?:msg|message|error|err|panic|exception|reason)$/i;
const LONGEST_SAYING_CHARACTERS = 500;
/** Keys that tell who wrote a line. */
const WRITER =
  /^(?:stream|pod|pod_?name|container|container_?(?:name|id)|host(?:name)?|instance|log_?stream(?:_?name)?|_pid|_hostname|_systemd_unit|pid)$/i;
const MOST_DEPTH = 6;
const TIME = /^(?:timestamp|time|ts|@timestamp)$/i;

interface Text {
  path: string;
  text: string;
}

/** Null where no JSON of the stream has a goroutine in it. */
export function withoutJson(input: Stream): Unwrapped | null {
  const stream = linesOfArray(input) ?? input;
  const paths = pathsOfHeaders(stream.lines);
  if (paths.size === 0) return null;
  const streams = new Streams();
  const begun = new Map<string, string>();
  let last = '';
  for (const [at, line] of stream.lines.entries()) {
    const number = stream.numbers[at]!;
    const record = recordOf(line);
    const texts = record === null ? [] : textsOf(record);
    const told = texts.filter(({ path }) => paths.has(path));
    if (record === null || told.length === 0) {
      push(streams.of(last), line, number);
      continue;
    }
    last = texts
      .filter(({ path }) => WRITER.test(lastKey(path)))
      .map(({ text }) => text)
      .join('\0');
    const target = streams.of(last);
    const said = told.some(({ text }) => isWhole(text)) ? sayingOf(texts, told) : '';
    if (said !== '') push(target, said, number);
    for (const { path, text } of told) {
      const whole = (begun.get(last) ?? '') + text;
      begun.delete(last);
      // Docker cuts long lines: only the last part ends with a line break.
      if (isDockerPart(record, path, text)) begun.set(last, whole);
      else pushText(target, whole, number);
    }
  }
  for (const [writer, text] of begun) pushText(streams.of(writer), text, stream.numbers.at(-1)!);
  return { streams: streams.all(), layers: ['JSON'] };
}

function pushText(stream: Stream, text: string, number: number): void {
  const lines = text.replace(/\r?\n$/, '').split(/\r?\n/);
  for (const line of lines) push(stream, line, number);
  if (isWhole(text)) push(stream, '', number);
}

/** A stack and not one line of it. */
function isWhole(text: string): boolean {
  return text.trimEnd().includes('\n');
}

function isDockerPart(record: Json, path: string, text: string): boolean {
  return path === 'log' && 'stream' in record && !text.endsWith('\n');
}

/** For example `panic recovered: runtime error: invalid memory address`. */
function sayingOf(texts: readonly Text[], told: readonly Text[]): string {
  return texts
    .filter((text) => SAYING.test(lastKey(text.path)) && !told.includes(text))
    .map(({ text }) => text.replace(/\s+/g, ' ').slice(0, LONGEST_SAYING_CHARACTERS))
    .join(': ');
}

/** Where in their records the texts stand that have a header in them. */
function pathsOfHeaders(lines: readonly string[]): Set<string> {
  const paths = new Set<string>();
  for (const line of lines) {
    if (!line.includes(HEADER_WORD)) continue;
    const record = recordOf(line);
    if (record === null) continue;
    for (const { path, text } of textsOf(record)) if (hasHeader(text)) paths.add(path);
  }
  return paths;
}

/** Also where it is wrapped further. A sentence that speaks of a goroutine has none. */
function hasHeader(text: string): boolean {
  if (!text.includes(HEADER_WORD)) return false;
  return text.split('\n').some((line) => {
    const header = findHeader(line);
    if (header === null) return false;
    return header.trailing.trim() === '' || /^[\\#{"]/.test(header.trailing);
  });
}

/** The object on a line, which in a list may have a comma behind it. */
function recordOf(line: string): Json | null {
  const text = line.trim().replace(/,$/, '');
  if (!text.startsWith('{') || !text.endsWith('}')) return null;
  const value = parsed(text);
  return typeof value === 'object' && value !== null ? (value as Json) : null;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'latin1').toString('utf8'));
  } catch {
    return null;
  }
}

/** All texts in a record, as bytes again. */
function textsOf(record: Json): Text[] {
  const found: Text[] = [];
  collect(record, '', 0, found);
  return found;
}

function collect(value: unknown, path: string, depth: number, found: Text[]): void {
  if (typeof value === 'string') {
    found.push({ path, text: Buffer.from(value).toString('latin1') });
  } else if (typeof value === 'object' && value !== null && depth < MOST_DEPTH) {
    for (const [key, inner] of Object.entries(value)) {
      collect(inner, path === '' ? key : `${path}\0${key}`, depth + 1, found);
    }
  }
}

function lastKey(path: string): string {
  return path.slice(path.lastIndexOf('\0') + 1);
}

/** A file that is one list of records, or one record over many lines, as a record a line, oldest first. */
function linesOfArray({ lines, numbers }: Stream): Stream | null {
  const [first = ''] = lines.filter((line) => line.trim() !== '');
  if (!/^\s*[[{]/.test(first) || recordOf(first) !== null) return null;
  const value = parsed(lines.join('\n'));
  if (typeof value !== 'object' || value === null) return null;
  const records: unknown[] = Array.isArray(value) ? value : [value];
  if (timeOf(records[0]) > timeOf(records.at(-1))) records.reverse();
  return {
    lines: records.map((record) => Buffer.from(JSON.stringify(record)).toString('latin1')),
    numbers: records.map(() => numbers[0]!),
  };
}

function timeOf(record: unknown): string {
  if (typeof record !== 'object' || record === null) return '';
  const found = Object.entries(record).find(
    ([key, value]) => TIME.test(key) && typeof value === 'string',
  );
  return found === undefined ? '' : String(found[1]);
}
