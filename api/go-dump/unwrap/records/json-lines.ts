/** Logs of one JSON object a line: with a whole stack in one of its texts, or one line of the dump in each. */
import { findAnchor, mayHaveAnchor } from '../headers/anchor.ts';
import { push, type Stream, Streams, type Unwrapped } from '../stream.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Keys of texts that say what went wrong. */
const SAYING = /^(?:msg|message|error|err|panic|exception|reason)$/i;
const LONGEST_SAYING_CHARACTERS = 500;
/** Keys that tell who wrote a line. */
const WRITER =
  /^(?:stream|pod|pod_?name|container|container_?(?:name|id)|host(?:name)?|instance|log_?stream(?:_?name)?|_pid|_hostname|_systemd_unit|pid)$/i;
const MOST_DEPTH = 6;
/** Docker cuts long lines: only the last part ends with a line break. */
const DOCKER_PART = /^\s*\{"log":"(?:[^"\\]|\\.)*(?<!\\n)",/;
const DOCKER_END = /^\s*\{"log":"(?:[^"\\]|\\.)*\\n",/;
const RUBY_KEY = /^\{\s*"[^"\\]*"=>/;
const RUBY_PARTS = /("(?:[^"\\]|\\.)*")|=>|\bnil\b/g;
const TIME = /^(?:timestamp|time|ts|date|@timestamp|_time|TimeGenerated)(?: \[\w+\])?$/i;

interface Text {
  path: string;
  text: string;
}

/** Null where no JSON of the stream has a goroutine in it. */
export function withoutJson(input: Stream): Unwrapped | null {
  return linesInRecords(linesOfDocument(input) ?? input, 'JSON');
}

/** Records, one JSON object a line, as the text in them; `layer` is what they were. */
export function linesInRecords(stream: Stream, layer: string): Unwrapped | null {
  const isCutByDocker = stream.lines.some((line) => DOCKER_END.test(line));
  const paths = pathsOfHeaders(stream.lines, isCutByDocker);
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
      // A record is no list: its keys may stand in any order.
      .sort((a, b) => (a.path < b.path ? -1 : 1))
      .map(({ text }) => text)
      .join('\0');
    const target = streams.of(last);
    const said = told.some(({ text }) => isWhole(text)) ? sayingOf(texts, told) : '';
    if (said !== '') push(target, said, number);
    for (const { path, text } of told) {
      const whole = (begun.get(last) ?? '') + text;
      begun.delete(last);
      // Docker cuts long lines: only the last part ends with a line break.
      if (isCutByDocker && isDockerPart(record, path, text)) begun.set(last, whole);
      else pushText(target, whole, number);
    }
  }
  for (const [writer, text] of begun) pushText(streams.of(writer), text, stream.numbers.at(-1)!);
  return { streams: streams.all(), layers: [layer] };
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
function pathsOfHeaders(lines: readonly string[], isCutByDocker: boolean): Set<string> {
  const paths = new Set<string>();
  let begun = '';
  for (const line of lines) {
    const isPart = isCutByDocker && DOCKER_PART.test(line);
    if (!isPart && begun === '' && !mayHaveAnchor(line)) continue;
    const record = recordOf(line);
    if (record === null) continue;
    for (const { path, text } of textsOf(record)) {
      const isOfDocker = path === 'log' && (isPart || begun !== '');
      if (hasHeader(isOfDocker ? begun + text : text)) paths.add(path);
      if (isOfDocker) begun = isPart ? begun + text : '';
    }
  }
  return paths;
}

/** Also where it is wrapped further. A sentence that speaks of a goroutine has none. */
function hasHeader(text: string): boolean {
  if (!mayHaveAnchor(text)) return false;
  return text.split('\n').some((line) => {
    const header = findAnchor(line);
    if (header === null) return false;
    return header.trailing.trim() === '' || /^[\\#{"]/.test(header.trailing);
  });
}

/** The object on a line, which may stand in a list: `[0] kube.api: [[1700000000.0, {}], {"log":"…"}]`. */
function recordOf(line: string): Json | null {
  const text = line.trim().replace(/[\],]+$/, '');
  const start = text.search(/\{\s*"/);
  if (start < 0 || !text.endsWith('}')) return null;
  const value = parsed(text.slice(start));
  return typeof value === 'object' && value !== null ? (value as Json) : null;
}

function parsed(text: string): unknown {
  const decoded = Buffer.from(text, 'latin1').toString('utf8');
  try {
    return JSON.parse(RUBY_KEY.test(text) ? ofRuby(decoded) : decoded);
  } catch {
    return null;
  }
}

/** Fluentd and Fluent Bit print `"log"=>"…"`. */
function ofRuby(text: string): string {
  return text.replace(RUBY_PARTS, (part, text?: string) =>
    text !== undefined ? part : part === '=>' ? ':' : 'null',
  );
}

/** All texts in a record, as bytes again. */
function textsOf(record: Json, { numbers = false } = {}): Text[] {
  const found: Text[] = [];
  collect(record, '', 0, found, numbers);
  return found;
}

function collect(
  value: unknown,
  path: string,
  depth: number,
  found: Text[],
  numbers: boolean,
): void {
  if (typeof value === 'string') {
    found.push({ path, text: Buffer.from(value).toString('latin1') });
  } else if (numbers && typeof value === 'number') {
    found.push({ path, text: String(value) });
  } else if (typeof value === 'object' && value !== null && depth < MOST_DEPTH) {
    for (const [key, inner] of Object.entries(value)) {
      collect(inner, path === '' ? key : `${path}\0${key}`, depth + 1, found, numbers);
    }
  }
}

function lastKey(path: string): string {
  return path.slice(path.lastIndexOf('\0') + 1);
}

/** A file that is one document, with the list of records that has the dump as a record a line, oldest first. */
function linesOfDocument({ lines, numbers }: Stream): Stream | null {
  const [first = '', second] = lines.filter((line) => line.trim() !== '');
  if (!/^\s*[[{]/.test(first)) return null;
  if (second !== undefined && recordOf(first) !== null) return null;
  const value = parsed(lines.join('\n'));
  if (typeof value !== 'object' || value === null) return null;
  const records = oldestFirst(recordsIn(value, {}, 0) ?? [value as Json]);
  return {
    lines: records.map((record) => Buffer.from(JSON.stringify(record)).toString('latin1')),
    numbers: records.map(() => numbers[0]!),
  };
}

/**
 * The items of all lists that hold what is said, each with what stands beside the list: in
 * `{"stream": {"pod": "a"}, "values": [["1700", "panic: x"]]}` who wrote them. Null where there is none.
 */
function recordsIn(value: object, beside: Json, depth: number): Json[] | null {
  if (Array.isArray(value)) {
    const deeper = value.filter(isList).flatMap((item) => recordsIn(item, beside, depth + 1) ?? []);
    return deeper.length > 0 ? deeper : value.map((item: unknown) => ({ item, beside }));
  }
  if (depth > MOST_DEPTH) return null;
  const entries = Object.entries(value);
  const own = Object.fromEntries(entries.filter(([, inner]) => !Array.isArray(inner)));
  const found = entries.flatMap(([, inner]: [string, unknown]) =>
    typeof inner === 'object' && inner !== null ? (recordsIn(inner, own, depth + 1) ?? []) : [],
  );
  return found.some(({ item }) => textsOf({ item }).some(({ text }) => mayHaveAnchor(text)))
    ? found
    : null;
}

/** An object that has a list of its own in it. */
function isList(item: unknown): item is object {
  return (
    typeof item === 'object' &&
    item !== null &&
    !Array.isArray(item) &&
    Object.values(item).some((inner) => Array.isArray(inner) && inner.length > 0)
  );
}

/** Logs are often shown the newest line first. */
export function oldestFirst(records: readonly Json[]): readonly Json[] {
  const [first, last] = [timeOf(records[0]), timeOf(records.at(-1))];
  return first > last ? records.toReversed() : records;
}

/** As a text by which times of one form can be compared; empty for none. */
function timeOf(record: Json | undefined): string {
  if (record === undefined) return '';
  const found = textsOf(record, { numbers: true }).find(
    ({ path, text }) => TIME.test(lastKey(path)) || /^1[0-9]{9,18}(?:\.\d+)?$/.test(text),
  );
  return found?.text ?? '';
}
