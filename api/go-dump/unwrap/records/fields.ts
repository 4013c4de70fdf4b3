/** Logs of named fields, with one line of the dump in a field of each: `time=… level=ERROR msg="goroutine 1 [running]:"`. */
import { findAnchor, mayHaveAnchor } from '../headers/anchor.ts';
import { emptyStream, push, type Stream, type Unwrapped } from '../stream.ts';

/** What stands in front of a header: fields, and the name of the one that it is in. */
const FIELD = /^(?:\s*[A-Za-z_][\w.@-]*=.*\s|\s*)([A-Za-z_][\w.@-]*)=(["'`]?)$/;
/** As `gcloud logging read` prints. */
const ENTRY = /^(textPayload|message|msg|log|line): (["']?)$/;
const BETWEEN_ENTRIES = '---';

const LOGGED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/** Null where no header is in a field of its own. */
export function withoutFields({ lines, numbers }: Stream): Unwrapped | null {
  const value = valuesOf(lines);
  if (value === null) return null;
  const result = emptyStream();
  for (const [at, line] of lines.entries()) {
    const text = value.of(line);
    if (text !== null) push(result, text, numbers[at]!);
    else if (!value.isAlone) push(result, line, numbers[at]!);
  }
  return { streams: [result], layers: ['fields of a log'] };
}

interface Values {
  /** Null for a line without the field. */
  of(line: string): string | null;
  /** Each field has a line of its own, and those of other fields say nothing of the dump. */
  isAlone: boolean;
}

function valuesOf(lines: readonly string[]): Values | null {
  for (const line of lines) {
    if (!mayHaveAnchor(line)) continue;
    const header = findAnchor(line);
    if (header === null || header.prefix === '') continue;
    const { prefix, trailing } = header;
    const field = FIELD.exec(prefix);
    if (field !== null && isEnd(trailing, field[2]!)) return inLine(field[1]!);
    const entry = ENTRY.exec(prefix);
    if (entry !== null && trailing.trim() === entry[2] && lines.includes(BETWEEN_ENTRIES))
      return onOwnLine(entry[1]!);
  }
  return null;
}

/** Whether text begins with a field, `time=`. */
export function startsWithField(text: string): boolean {
  return /^[A-Za-z_][\w.@-]*=/.test(text);
}

/** Whether what stands before a header and behind it is a field around it. */
export function isInField(prefix: string, trailing: string): boolean {
  const field = /(?:^|\s)[A-Za-z_][\w.@-]*=(["'`])$/.exec(prefix);
  return field !== null && isEnd(trailing, field[1]!);
}

/** Nothing but further fields. */
function isEnd(trailing: string, quote: string): boolean {
  return quote !== '' && new RegExp(`^${quote}(?:\\s|$)`).test(trailing);
}

function inLine(key: string): Values {
  const pattern = new RegExp(
    String.raw`(?:^|\s)${escaped(key)}=(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\S*))`,
  );
  return {
    isAlone: false,
    of(line) {
      const match = startsWithField(line.trimStart()) ? pattern.exec(line) : null;
      if (match === null) return null;
      const [, double, single, bare = ''] = match;
      const quoted = double ?? single;
      return quoted === undefined ? bare : unescaped(quoted);
    },
  };
}

function onOwnLine(key: string): Values {
  return {
    isAlone: true,
    of(line) {
      if (!line.startsWith(`${key}: `)) return null;
      const text = line.slice(key.length + 2);
      if (/^".*"$/.test(text)) return unescaped(text.slice(1, -1));
      return /^'.*'$/.test(text) ? text.slice(1, -1).replaceAll("''", "'") : text;
    },
  };
}

function unescaped(text: string): string {
  return text.replace(/\\(.)/g, (_, char: string) => LOGGED[char] ?? char);
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
}
