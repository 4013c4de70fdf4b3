import { describe, expect, it } from 'vitest';
import { dumpsOf, OWN_CORPUS } from '../../scripts/testing/corpus.ts';
import { mutated, randomNumbers } from '../../scripts/testing/mutations.ts';
import { growthInTime } from '../analyzers/testing/growth-in-time.ts';
import { goDumpGroups } from './groups/groups.ts';
import { type GoDump, parseGoDump } from './parse.ts';

const LARGEST_INPUT_BYTES = 32 * 1024;
const ROUNDS = 25;
const TOKENS = [
  'goroutine 7 [select, 5 minutes]:\n',
  'goroutine 8 [select labels:{"a": "',
  'created by main.main in goroutine 1\n',
  '[originating from goroutine 3]:\n',
  '...12 frames elided...\n',
  'panic: ',
  'panic: goroutine 1 [running]:\n',
  '\n\n',
  '\r\n',
  '\t',
  ']:',
  '"}',
  '(',
  ')',
  '> ',
  '\ufeff',
  '\0',
];

const SEEDS = dumpsOf(OWN_CORPUS)
  .map((input) => ({ name: input.name, bytes: input.read() }))
  .filter(({ bytes }) => bytes.length <= LARGEST_INPUT_BYTES);

function expectConsistent(dump: GoDump): void {
  const { goroutines, stats } = dump;
  const { total, groups, summary } = goDumpGroups(dump);
  expect(goroutines.reduce((sum, { count }) => sum + count, 0)).toBe(stats.headers);
  expect(total).toBe(stats.headers);
  expect(groups.reduce((sum, { count }) => sum + count, 0)).toBe(stats.headers);
  expect(summary.background + summary.perRequest + summary.unknown).toBe(stats.headers);
  expect(stats.parsed).toBeLessThanOrEqual(stats.headers);
}

describe('any damage to a dump', () => {
  it.each(SEEDS)(
    'of $name is answered, and every sum is the number of headers',
    ({ bytes, name }) => {
      const random = randomNumbers(name.length);
      for (let round = 0; round < ROUNDS; round++) {
        expectConsistent(parseGoDump(mutated(bytes, TOKENS, random)));
      }
    },
  );
});

/** CPU time grows by this much at most when an input grows eightfold; a square would be 64. */
const GROWTH = 8;
const MOST_GROWTH_IN_TIME = 40;

describe('the time a dump takes', () => {
  const repeated: [string, (times: number) => string][] = [
    ['headers on one line', (times) => 'goroutine 1 [select]: '.repeat(times)],
    ['headers that do not end', (times) => 'goroutine 1 ['.repeat(times)],
    ['labels that do not end', (times) => 'goroutine 1 [a labels:{"]: '.repeat(times)],
    ['one label with many quotes', (times) => `goroutine 1 [a labels:{${'"\\"'.repeat(times)}`],
    ['brackets', (times) => `goroutine 1 [${']'.repeat(times * 10)}`],
    ['parentheses on one line', (times) => `goroutine 1 [a]: ${'f() '.repeat(times * 10)}`],
    ['blanks', (times) => `goroutine 1 [a]:\nmain.a()${' '.repeat(times * 20)}x\n`],
    [
      'colons in a file',
      (times) => `goroutine 1 [a]:\nmain.a()\n\t/a${':1'.repeat(times * 10)} x\n`,
    ],
    ['headers with a log prefix', (times) => 'log: goroutine 1 [a]:\n'.repeat(times)],
    ['a function and no file', (times) => `goroutine 1 [a]:\n${'main.a()\n'.repeat(times * 3)}`],
    [
      'different children of one frame',
      (times) =>
        Array.from(
          { length: times },
          (_, at) => `goroutine ${at} [a]:\nmain.a()\n\t/a.go:1\nmain.f${at}()\n\t/a.go:${at}\n\n`,
        ).join(''),
    ],
  ];

  it.each(repeated)('grows with the input, not its square: %s', (_, make) => {
    const [small, large] = [4_000, 4_000 * GROWTH].map((times) => Buffer.from(make(times)));
    const growth = growthInTime(
      () => parseGoDump(small!),
      () => parseGoDump(large!),
      MOST_GROWTH_IN_TIME,
    );
    expect(growth).toBeLessThan(MOST_GROWTH_IN_TIME);
  });
});
