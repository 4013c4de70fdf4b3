/** What log collectors, terminals and mail are known to put in front of a line. */

/** How far a layer reaches, and what it says of the line. */
export interface Peel {
  end: number;
  /** Who wrote the line; empty where the layer does not tell. */
  writer: string;
  /** The line goes on in the next one of the same writer. */
  isPartial: boolean;
}

export interface Layer {
  /** To follow "unwrapped: ". */
  words: string;
  /** In front of the further lines of a message, whose first line tells who wrote it. */
  isContinuation?: boolean;
  /** Null where the line does not carry it at this place. */
  peel(line: string, from: number): Peel | null;
}

const DATE = String.raw`\d{4}[-/]\d\d[-/]\d\d`;
const TIME = String.raw`\d\d:\d\d:\d\d(?:[.,]\d+)?`;
const STAMP = String.raw`${DATE}[T ]${TIME}(?:Z| ?[+-]\d\d:?\d\d)?(?: UTC)?`;
const SYSLOG_STAMP = String.raw`[A-Z][a-z]{2} [ \d]\d (?:\d{4} )?${TIME}`;
const PROGRAM = String.raw`[^\s:[\]|]+(?:\[[\w.-]+\])?`;

/** Ordered: of two that begin alike, the one that takes more comes first. */
export const KNOWN_LAYERS: readonly Layer[] = [
  layer('quote marks', String.raw`[ \t]*(?:>[ \t]*)*>(?: |$|(?=\t))`),
  layer('names of CI jobs', String.raw`[^\t\n]+\t[^\t\n]+\t(?:\xef\xbb\xbf)?(?=${DATE}T)`),
  layer(
    'CRI prefixes',
    String.raw`${STAMP} (?<writer>stdout|stderr) (?<partial>[FP])(?::\S+)?(?: |$)`,
  ),
  layer('GitLab prefixes', `${STAMP} (?<writer>[0-9a-f]{2}[OE])[+ ]?(?: |$)?`),
  layer(
    'syslog prefixes',
    String.raw`<\d{1,3}>1 (?:${STAMP}|-) (?<writer>\S+ \S+ \S+) \S+ (?:-|(?:\[[^\]]*\])+)(?: (?:\xef\xbb\xbf)?|$)`,
  ),
  layer(
    'syslog or journald prefixes',
    String.raw`(?:<\d{1,3}>)?(?:${SYSLOG_STAMP}|${STAMP}|\[ *\d+\.\d+\]) (?<writer>(?:(?!\d{4}-)\S+ )?${PROGRAM}\[[\w.-]+\]|\S+ [A-Za-z][\w./@-]*):(?: |$)`,
  ),
  layer(
    'syslog or journald prefixes',
    // What has left out the host may have left out its blank too.
    String.raw`${SYSLOG_STAMP}(?<writer>[A-Za-z]${PROGRAM}\[\d+\]):(?: |$)`,
  ),
  layer('kubectl prefixes', String.raw`\[(?<writer>pod/[^\]\s]+)\](?: |$)`),
  layer('container names', String.raw`(?<writer>[A-Za-z0-9][\w.@/-]*) *\|(?: |$|(?=\t))`),
  layer('klog headers', String.raw`[IWEF]\d{4} ${TIME} +\d+ [^\s\]]+:\d+\](?: |$)`),
  layer('time stamps', String.raw`(?:\[${STAMP}\]|${STAMP})(?: |$)`),
  layer('time stamps', String.raw`\[${TIME}\](?: |$)`),
  // TAI64N, as multilog and svlogd write it.
  layer('time stamps', '@[0-9a-f]{24}(?: |$)'),
];

function layer(words: string, pattern: string): Layer {
  const expression = new RegExp(pattern, 'y');
  return {
    words,
    peel(line, from) {
      expression.lastIndex = from;
      const match = expression.exec(line);
      if (match === null || match[0] === '') return null;
      const { writer = '', partial } = match.groups ?? {};
      return { end: expression.lastIndex, writer, isPartial: partial === 'P' };
    },
  };
}

/** Indentation or quote marks, alike in front of every line. */
export function indentation(text: string): Layer {
  const bare = text.trimEnd();
  return {
    words: bare === '' ? 'indentation' : 'quote marks',
    isContinuation: bare === '',
    peel(line, from) {
      if (line.startsWith(text, from)) return peeled(from + text.length);
      return bare !== '' && line.length === from + bare.length && line.endsWith(bare)
        ? peeled(line.length)
        : null;
    },
  };
}

/**
 * Whatever stands in front of a header and of the lines below it. For example `web-1 12.5 ` is found
 * again in `web-2 9.75 `: only digits and the number of blanks may differ.
 */
export function alike(text: string, isWriterNumbered: boolean): Layer {
  const pattern = text
    .split(/(\d+|[ \t]+)/)
    .map((part, index) => {
      if (index % 2 === 0) return part.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
      return /\d/.test(part) ? '\\d+' : '[ \\t]+';
    })
    .join('')
    // Behind it may come blanks of the line's own; at the end of a line they are the first thing lost.
    .replace(/\[ \\t\]\+$/, '(?:[ \\t]|$)')
    // grep -A marks what it looked for by a colon, and what stands below by a dash.
    .replace(/[-:]$/, '[-:]');
  const expression = new RegExp(pattern, 'y');
  return {
    words: 'a prefix of its own kind',
    peel(line, from) {
      expression.lastIndex = from;
      const match = expression.exec(line);
      if (match === null) return null;
      const writer = isWriterNumbered
        ? match[0].trimEnd()
        : match[0].replace(/\d+/g, '0').trimEnd();
      return {
        ...peeled(expression.lastIndex),
        writer: writer.replace(/\s+/g, ' ').replace(/[-:]$/, ''),
      };
    },
  };
}

function peeled(end: number): Peel {
  return { end, writer: '', isPartial: false };
}
