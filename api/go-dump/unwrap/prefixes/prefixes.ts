/** Takes off what stands in front of every line, and tells apart who wrote it. */
import { findAnchor, mayHaveAnchor } from '../headers/anchor.ts';
import { isCrashText, PanicText } from '../panic-text.ts';
import { startsEscaped } from '../records/escapes.ts';
import { isInField, startsWithField } from '../records/fields.ts';
import { push, type Stream, Streams, type Unwrapped } from '../stream.ts';
import { alike, indentation, KNOWN_LAYERS, type Layer } from './layers.ts';

/** Layers in the order in which they stand in front of a line. */
type Chain = readonly Layer[];

const BLANKS_AND_MARKS = /^[\s>|#*]+$/;
const MOST_CHAINS = 64;
/** So many lines below a header show whether what stands before it stands before them too. */
const CONFIRMING_LINES = 4;
/** A number that names a writer comes again in so many lines; others count lines or tell the time. */
const LINES_OF_A_WRITER = 3;

/** Null where nothing stands before the goroutines of this stream. */
export function withoutPrefixes(stream: Stream): Unwrapped | null {
  const chains = chainsOf(stream.lines);
  if (chains.length === 0) return null;
  const peeler = new Peeler(chains);
  for (const [at, line] of stream.lines.entries()) peeler.add(line, stream.numbers[at]!);
  return {
    streams: peeler.finish(),
    layers: [...new Set(chains.flatMap((chain) => chain.map(({ words }) => words)))],
  };
}

/** The different ones in front of headers; those with most layers first. */
function chainsOf(lines: readonly string[]): Chain[] {
  const chains = new Map<string, Chain>();
  const panic = new PanicText();
  for (const [at, line] of lines.entries()) {
    const isQuoted = panic.reads(line);
    if (isQuoted || !mayHaveAnchor(line)) continue;
    const header = findAnchor(line);
    if (header === null || header.prefix === '') continue;
    const { key, chain } = chainOf(header.prefix, header.trailing, lines, at);
    if (chain.length > 0) chains.set(key, chain);
    if (chains.size === MOST_CHAINS) break;
  }
  return [...chains.values()].sort((a, b) => b.length - a.length);
}

function chainOf(prefix: string, trailing: string, lines: readonly string[], at: number) {
  const { layers, end } = knownLayers(prefix, 0);
  const rest = prefix.slice(end);
  const isWrapped = isWrappedFurther(rest, trailing);
  const none = { key: '', chain: [] };
  if (trailing.trim() !== '' && !isWrapped) return none;
  const known = { key: layers.map(({ words }) => words).join(), chain: layers };
  if (rest === '' || /^\{(?:\s*"|$)/.test(rest)) return known;
  const { own, inner } = ownPrefixOf(rest, isWrapped);
  if (own === '') return known;
  if (isCrashText(own)) return known;
  const layer = BLANKS_AND_MARKS.test(own)
    ? indentation(own)
    : alike(own, isWriterNumbered(own, layers, lines));
  const chain = [...layers, layer, ...inner];
  if (!BLANKS_AND_MARKS.test(own) && !isConfirmed([...layers, layer], lines, at)) return known;
  const key = `${known.key} ${own.replace(/\d+/g, '0')} ${inner.map(({ words }) => words).join()}`;
  return { key, chain };
}

/** Text of JSON, or of a log that has escaped the line breaks, begins behind the prefix. */
function isWrappedFurther(rest: string, trailing: string): boolean {
  if (startsEscaped(trailing) || isInField(rest, trailing)) return true;
  return /"\s*:\s*"[^"]*$/.test(rest) && /^(?:\\n)?\\*"/.test(trailing);
}

/** What no layer is known for, up to where JSON begins or layers that are. */
function ownPrefixOf(rest: string, isWrapped: boolean): { own: string; inner: Chain } {
  for (let at = 0; at >= 0 && at < rest.length; at = endOfBlanks(rest, at)) {
    const { layers, end } = at === 0 ? { layers: [], end: 0 } : knownLayers(rest, at);
    const behind = rest.slice(end);
    const isInner = isWrapped && (/^(?:\{|"\w+"\s*:)/.test(behind) || startsWithField(behind));
    const isDone = end === rest.length || (isWrapped && layers.length > 0);
    if (isInner || (layers.length > 0 && isDone)) {
      return { own: rest.slice(0, at), inner: layers };
    }
  }
  return { own: isWrapped ? '' : rest, inner: [] };
}

/** Behind the next blanks; -1 where there are none. */
function endOfBlanks(text: string, from: number): number {
  const blank = text.slice(from).search(/[ \t](?![ \t])/);
  return blank < 0 ? -1 : from + blank + 1;
}

function knownLayers(prefix: string, from: number): { layers: Layer[]; end: number } {
  const layers: Layer[] = [];
  let end = from;
  for (;;) {
    let next: number | null = null;
    for (const layer of KNOWN_LAYERS) {
      next = layer.peel(prefix, end)?.end ?? null;
      if (next !== null) {
        layers.push(layer);
        break;
      }
    }
    if (next === null) return { layers, end };
    end = next;
  }
}

function isConfirmed(chain: Chain, lines: readonly string[], at: number): boolean {
  const below = lines.slice(at + 1, at + 1 + CONFIRMING_LINES);
  return below.some((line) => peel(chain, line).matched === chain.length);
}

/** Whether its numbers tell writers apart, as in `web-1`, or only lines, as times do. */
function isWriterNumbered(rest: string, layers: Chain, lines: readonly string[]): boolean {
  if (!/\d/.test(rest)) return false;
  const chain = [...layers, alike(rest, true)];
  const counts = new Map<string, number>();
  let carrying = 0;
  for (const line of lines.slice(0, 5_000)) {
    const { matched, writers } = peel(chain, line);
    if (matched < chain.length) continue;
    const writer = writerOf(writers);
    carrying++;
    counts.set(writer, (counts.get(writer) ?? 0) + 1);
  }
  return counts.size * LINES_OF_A_WRITER <= carrying;
}

interface Peeled {
  chain: Chain;
  /** How many layers of the chain the line carries. */
  matched: number;
  /** Behind each layer; that of the one before where the line does not carry it. */
  ends: number[];
  end: number;
  /** Who wrote it, as far as the layers tell. */
  writers: string[];
  isPartial: boolean;
}

function peel(chain: Chain, line: string): Peeled {
  const found: Peeled = { chain, matched: 0, ends: [], end: 0, writers: [], isPartial: false };
  for (const layer of chain) {
    const next = layer.peel(line, found.end);
    if (next !== null) {
      found.matched++;
      found.end = next.end;
      if (next.writer !== '') found.writers.push(next.writer);
      found.isPartial ||= next.isPartial;
    }
    found.ends.push(found.end);
  }
  return found;
}

const writerOf = (writers: readonly string[]) => writers.join('\0');

class Peeler {
  readonly #chains: readonly Chain[];
  readonly #streams = new Streams();
  /** What a writer has begun to write, and will go on with. */
  readonly #begun = new Map<string, { text: string; number: number }>();
  /** By what outer layers tell of a writer, the last line of it that carried all layers. */
  readonly #last = new Map<string, { writer: string; peeled: Peeled }>();

  constructor(chains: readonly Chain[]) {
    this.#chains = chains;
  }

  add(line: string, number: number): void {
    const found = this.#best(line);
    const isFirst = found.chain.at(-1)?.isContinuation !== true;
    const isWhole = isFirst && found.matched === found.chain.length;
    const last = isWhole ? undefined : this.#last.get(writerOf(found.writers));
    const writer = last?.writer ?? writerOf(found.writers);
    if (isWhole) this.#remember(found);
    const end = last === undefined ? found.end : endOfContinued(line, found, last.peeled);
    const begun = this.#begun.get(writer);
    const text = (begun?.text ?? '') + line.slice(end);
    const first = begun?.number ?? number;
    if (found.isPartial) this.#begun.set(writer, { text, number: first });
    else {
      this.#begun.delete(writer);
      push(this.#streams.of(writer), text, first);
    }
  }

  finish(): Stream[] {
    for (const [writer, { text, number }] of this.#begun) {
      push(this.#streams.of(writer), text, number);
    }
    return this.#streams.all();
  }

  #remember(peeled: Peeled): void {
    const writer = writerOf(peeled.writers);
    for (let length = 0; length <= peeled.writers.length; length++) {
      this.#last.set(writerOf(peeled.writers.slice(0, length)), { writer, peeled });
    }
  }

  #best(line: string): Peeled {
    let best: Peeled | null = null;
    for (const chain of this.#chains) {
      const found = peel(chain, line);
      if (best === null || found.matched > best.matched) best = found;
      if (found.matched === chain.length) break;
    }
    return best!;
  }
}

/** journalctl indents the further lines of a message by the width of what stands before the first. */
function endOfContinued(line: string, found: Peeled, last: Peeled): number {
  if (last.chain !== found.chain) return found.end;
  const outer = found.matched === 0 ? 0 : last.ends[found.matched - 1]!;
  const width = last.end - outer;
  return line.startsWith(' '.repeat(width), found.end) ? found.end + width : found.end;
}
