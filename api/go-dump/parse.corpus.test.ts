import { describe, expect, it } from 'vitest';
import {
  beyond,
  type CorpusInput,
  dumpsOf,
  largeCorpus,
  OWN_CORPUS,
  trueGoroutines,
} from '../../scripts/testing/corpus.ts';
import type { Frame } from '../profile/profile.ts';
import { goDumpGroups } from './groups/groups.ts';
import { type GoDump, parseGoDump } from './parse.ts';

interface Golden {
  total_goroutines: number;
  groups: { count: number; state: string; wait_minutes?: number; stack: string[] }[];
}

/** Inputs whose golden answer is wrong beyond the creator's place; tests in `go-dump.test.ts` pin the right one. */
const WRONG_GOLDENS: Readonly<Record<string, string>> = {
  'ancestors-old': 'loses what follows "[originating from"',
  'empty-state': 'drops a goroutine without a state',
  'func-contains-dotgo': 'takes a function for a file',
  'group-signature-pipe': 'merges groups whose texts only look alike when joined',
  'header-newline-only': 'drops a goroutine without a stack',
  'in-c-code': 'drops a goroutine whose stack is unavailable',
  'labels-126-bracket': 'drops a goroutine with a bracket in a label',
  'labels-126-two-nowait': 'takes a label for the state and its value for a wait',
  'labels-127-bracket-key': 'drops a goroutine with a bracket in a label',
  'log-prefixed': 'keeps the log prefix in the stack',
  'md-quoted': 'keeps the quote marks in the stack',
  'nbsp-after-goroutine': 'counts a line that is no header',
  'no-newline-header-only': 'drops a goroutine without a stack',
  'one-line': 'drops goroutines whose line breaks were lost',
  'panicmsg-with-fake-dump': 'counts goroutines that the text of a panic quotes',
  'preamble-digit': 'counts text without the word goroutine',
  'state-has-minutes': 'keeps what stands between commas as one wait',
  'proto-polluting-names': 'has a file without a line',
  'trimpath-file-first': 'takes a file for a function',
  unavailable: 'drops goroutines whose stack is unavailable',
  utf16: 'reads no UTF-16',
  empty_stack: 'drops goroutines without a stack',
  'truncated-midfile': 'has a file without a line',
  'zoo-labels-t75': 'splits a goroutine at what its label says',
  'goroutine.md#fence1': 'takes an ellipsis for a frame',
  'word-in-arg-panicmsg': 'takes what the shell prints for a frame',
};

/** The original leaves out goroutines whose stack names one of these, the program's own included. */
const HIDDEN_BY_ORIGINAL =
  /devpprof|pprof\.WriteHeapProfile|pprof\.Lookup|profile\.Parse|MetricsCollector|collectLoop|getAllocations|flattenAndTopN|parseGoroutineProfile|getGoroutines|getCPUSample/;

function proveCorpus(corpus: string, inputs: readonly CorpusInput[]): void {
  const counts = trueGoroutines(corpus);
  for (const input of inputs) {
    it(`${input.name} has as many goroutines as headers, and the groups of a right golden answer`, () => {
      const dump = parseGoDump(input.read());
      const { total, groups } = goDumpGroups(dump);
      expect(dump.stats.headers).toBe(counts.get(input.name) ?? headersIn(input));
      expect(dump.goroutines.reduce((sum, { count }) => sum + count, 0)).toBe(dump.stats.headers);
      expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(dump.stats.headers);
      expect(total).toBe(dump.stats.headers);

      const golden = isWrong(input) ? null : input.golden<Golden>();
      if (golden === null) return;
      expect(differences(countsByStack(dump), goldenByStack(golden))).toEqual([]);
    });
  }
}

/** What the golden answer has and ours has not, or not as often; and what ours has beyond it. */
function differences(ours: Map<string, Counted>, golden: Map<string, Counted>): string[] {
  const found: string[] = [];
  for (const [key, { count, waits }] of golden) {
    const own = ours.get(key);
    if (own?.count !== count) found.push(`${own?.count} and not ${count} of ${key}`);
    else if (waits.some((wait) => !own.waits.includes(wait))) {
      found.push(`waits ${own.waits} and not ${waits} of ${key}`);
    }
  }
  for (const key of ours.keys()) {
    if (!golden.has(key) && !HIDDEN_BY_ORIGINAL.test(key)) found.push(`beyond: ${key}`);
  }
  return found;
}

function isWrong({ name }: CorpusInput): boolean {
  return Object.keys(WRONG_GOLDENS).some((wrong) => name.endsWith(`${wrong}.txt`));
}

/** An independent count, for dumps as Go prints them. */
function headersIn(input: CorpusInput): number {
  return (
    input
      .read()
      .toString()
      .match(/goroutine \d+ .*\[.*\].*:$/gm)?.length ?? 0
  );
}

const LINES_OF_ORIGINAL_KEY = 10;

interface Counted {
  count: number;
  /** Minutes of its members, each once. */
  waits: number[];
}

function count(counts: Map<string, Counted>, key: string, members: number, minutes: number): void {
  const entry = counts.get(key) ?? { count: 0, waits: [] };
  entry.count += members;
  if (!entry.waits.includes(minutes)) entry.waits.push(minutes);
  counts.set(key, entry);
}

function countsByStack(dump: GoDump): Map<string, Counted> {
  const counts = new Map<string, Counted>();
  for (const { state, frames, waitMinutes, count: members } of dump.goroutines) {
    count(counts, keyOf(state, frames.flatMap(linesOf)), members, waitMinutes);
  }
  return counts;
}

function goldenByStack({ groups }: Golden): Map<string, Counted> {
  const counts = new Map<string, Counted>();
  for (const { state, stack, wait_minutes: minutes, count: members } of groups) {
    count(counts, keyOf(state, stack.map(withoutArguments)), members, minutes ?? 0);
  }
  return counts;
}

function linesOf({ function: name, file, line }: Frame): string[] {
  return file === '' ? [name] : [name, `${file}:${line}`];
}

/**
 * What the original tells groups by, without arguments: ten lines. It loses the creator's place, and
 * the ancestors behind it.
 */
function keyOf(state: string, lines: readonly string[]): string {
  const creator = lines.findIndex((line) => line.startsWith('created by '));
  const ancestors = lines.findIndex((line) => line.startsWith('[originating from'));
  const ends = [LINES_OF_ORIGINAL_KEY, creator < 0 ? lines.length : creator + 1];
  if (ancestors >= 0) ends.push(ancestors);
  return [state, ...lines.slice(0, Math.min(...ends))].join('\n');
}

function withoutArguments(line: string): string {
  if (line.startsWith('created by ')) return line.replace(/ in(?: goroutine \d+)?$/, '');
  if (line.endsWith(')')) return line.slice(0, line.lastIndexOf('('));
  return line.replace(/ \+0x[0-9a-f]+.*$| fp=.*$/, '');
}

const own = dumpsOf(OWN_CORPUS);
describe('dumps of the corpus', () => proveCorpus(OWN_CORPUS, own));

const large = largeCorpus();
describe.runIf(large !== null)('dumps of the large corpus', () => {
  if (large !== null) proveCorpus(large, beyond(own, dumpsOf(large)));
});
