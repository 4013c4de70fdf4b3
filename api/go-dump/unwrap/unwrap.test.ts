/** However a dump was wrapped, what is in it is the same. */
import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../../scripts/testing/mutations.ts';
import { goDumpGroups } from '../groups/groups.ts';
import { parseGoDump } from '../parse.ts';
import { interleaved, type Random, WRAPPINGS, withLogLines } from '../testing/wrappings.ts';
import { unwrap } from './unwrap.ts';

const FUNCTIONS = [
  'main.work(0xc000012345, 0x7)',
  'main.(*Pool[...]).Get(0xc00001a0c0, {0xc0000140a8, 0x4})',
  'main.main.func1.2()',
  'example.com/shop/v2/internal/db.(*Conn).Query(0xc0003b2060?, {0x12?, 0x0})',
  'sync.(*Mutex).lockSlow(0xc00001a0c0)',
  'gopkg.in/yaml%2ev3.unmarshal(...)',
];
const STATES = [
  'running',
  'chan receive, 5 minutes',
  'select, 1443 minutes, locked to thread',
  'sync.Mutex.Lock',
  'IO wait, 2 minutes',
];
const HEADS = [
  [],
  ['panic: boom', '', ''],
  ['fatal error: concurrent map writes', ''],
  [
    'panic: runtime error: invalid memory address or nil pointer dereference [recovered]',
    '\tpanic: runtime error: invalid memory address or nil pointer dereference',
    '[signal SIGSEGV: segmentation violation code=0x1 addr=0x90 pc=0x1f3d8a1]',
    '',
  ],
];
const SEEDS = [1, 2, 3];

function dumpOf(random: Random, { head = true } = {}): string[] {
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)]!;
  const lines = head ? [...pick(HEADS)] : [];
  const count = 1 + Math.floor(random() * 8);
  for (let id = 1; id <= count; id++) {
    lines.push(`goroutine ${id * 7} [${pick(STATES)}]:`);
    const depth = 1 + Math.floor(random() * 5);
    for (let level = 0; level < depth; level++) {
      lines.push(
        pick(FUNCTIONS),
        `\t/app/shop/file${Math.floor(random() * 9)}.go:${17 + level} +0x1d`,
      );
    }
    if (random() < 0.3) lines.push('...12 frames elided...');
    if (random() < 0.8)
      lines.push('created by main.start in goroutine 1', '\t/app/shop/main.go:8 +0x22');
    lines.push('');
  }
  return lines;
}

function whatIsIn(lines: readonly string[]) {
  const dump = parseGoDump(lines.join('\n'));
  const { total, groups } = goDumpGroups(dump);
  return {
    total,
    truncated: dump.stats.truncated,
    groups: groups
      .map(({ count, state, waitMinutes, frames }) => ({ count, state, waitMinutes, frames }))
      .sort((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b))),
  };
}

const byLine = WRAPPINGS.filter(({ isByLine, standsAlone }) => isByLine && standsAlone !== true);

describe.each(WRAPPINGS)('a dump in $name', ({ name, wrap, isByLine, standsAlone = false }) => {
  it('has the groups that it had', () => {
    for (const seed of SEEDS) {
      const random = randomNumbers(seed * 7919);
      const dump = dumpOf(random);
      expect(whatIsIn(wrap(dump, random)), `seed ${seed}`).toEqual(whatIsIn(dump));
    }
  });

  it.skipIf(standsAlone && !isByLine)('which in turn is in any other has them too', () => {
    for (const outer of byLine) {
      const random = randomNumbers(outer.name.length * 31 + 5);
      const dump = dumpOf(random);
      const twice = outer.wrap(wrap(dump, random), random);
      expect(whatIsIn(twice), outer.name).toEqual(whatIsIn(dump));
    }
  });

  it.runIf(isByLine)('keeps log lines between its frames apart, and counts them', () => {
    const random = randomNumbers(name.length);
    const dump = dumpOf(random);
    const { lines, added } = withLogLines(dump, random);
    const wrapped = wrap(lines, random);
    expect(whatIsIn(wrapped)).toEqual(whatIsIn(dump));
    expect(parseGoDump(wrapped.join('\n')).stats).toMatchObject({
      logLines: { count: added },
      notUnderstood: { count: 0 },
    });
  });
});

describe('a panic', () => {
  it.each([
    ['indented, as Go does', '\t'],
    ['as old Go did', ''],
  ])('that quotes a dump (%s) quotes no goroutines', (_, indent) => {
    const quoted = ['goroutine 99 [running]:', 'main.fake()', '\t/fake.go:1 +0x1'];
    const real = ['goroutine 1 [running]:', 'main.main()', '\t/app/main.go:56 +0x418', ''];
    const crash = ['panic: it failed:', ...quoted.map((line) => indent + line), '', ...real];
    expect(
      parseGoDump(crash.join('\n')).goroutines.map(({ goroutineIds }) => goroutineIds),
    ).toEqual([[1]]);
  });
});

describe('a dump is cut', () => {
  const whole = 'goroutine 1 [running]:\nmain.main()\n\t/app/main.go:56 +0x418\n';
  it.each([
    ['FAIL\texample.com/shop\t1.021s\nFAIL\n', false],
    ['##[error]Process completed with exit code 2.\n', false],
    ['=== END goroutine stack dump ==="\n', false],
    ['exit status 2', false],
    ['make: *** [Makefile:7: test] Error 1\n', false],
    ['2026/01/31 10:00:00 bye\n', false],
    ['net/http.(*conn).ser', true],
    ['net/http.(*conn).serve(0x1)\n', true],
    ['created by net/http.(*Server).Serve in goroutine 1\n', true],
    ['\ngoroutine 2 [select]:\n', true],
    ['==============================', false],
    ['section_end:1560896353:step_script', false],
    ['(… 300 more goroutines)', false],
  ])('only where it ends in a stack, and not where %j follows', (end, isCut) => {
    expect(parseGoDump(whole + end).stats.truncated).toBe(isCut);
  });
});

describe('a log that is larger than what is read at once', () => {
  it('is read around its goroutines, and its lines keep their numbers', () => {
    const noise = Array.from({ length: 40_000 }, (_, at) => `api-1  | GET /pay ${at}`);
    const dump = [
      'panic: boom',
      '',
      'goroutine 7 [running]:',
      'main.work(0x1)',
      '\t/app/a.go:17 +0x1d',
    ];
    const log = [...noise, ...dump.map((line) => `api-1  | ${line}`), ...noise, ...noise];
    const { parts } = unwrap(Buffer.from(log.join('\n')), { largestBytes: 1_000_000 });
    const [{ text, numbers } = { text: Buffer.alloc(0), numbers: [] }] = parts;
    const lines = text.toString().split('\n');
    expect(lines).toEqual(expect.arrayContaining(dump));
    expect(lines.length).toBeLessThan(50_000);
    expect(numbers[lines.indexOf('panic: boom')]).toBe(noise.length + 1);
  });
});

describe('dumps of several containers in one log', () => {
  it.each([
    ['compose', (n: number) => `api_${n}  | `],
    ['a service', (n: number) => `shop.${n}.ncnc3bnddh6${n}@host-7    | `],
    ['kubectl', (n: number) => `[pod/shop-${n}x${n}/api] `],
    ['stern', (n: number) => `shop-6f7c9d8b5-x${n} api `],
    ['syslog', (n: number) => `Jan 31 07:16:18 host${n} shop[886${n}]: `],
  ])('of %s are told apart', (_, prefix) => {
    for (const seed of SEEDS) {
      const random = randomNumbers(seed);
      const [first, second] = [dumpOf(random), dumpOf(random)];
      const wrapped = (lines: string[], n: number) => lines.map((line) => `${prefix(n)}${line}`);
      const log = interleaved(wrapped(first, 1), wrapped(second, 2), random);
      expect(whatIsIn(log)).toEqual(whatIsIn([...first, '', ...second]));
    }
  });

  it('keeps what the other stream of one container says out of the stacks', () => {
    const random = randomNumbers(3);
    const dump = dumpOf(random);
    const errors = dump.map((line) => `2026-01-31T10:00:00.1Z stderr F ${line}`);
    const served = dump.map(() => '2026-01-31T10:00:00.2Z stdout F main.served(0x1)');
    expect(whatIsIn(interleaved(errors, served, random))).toEqual(whatIsIn(dump));
  });
});

describe('what stands in a dump line for line, and in the middle of its stacks', () => {
  it.each<[string, (line: string, at: number) => string]>([
    [
      'headings of supervisord',
      (line, at) =>
        at % 3 === 0 ? `2026-02-03 04:05:06,${100 + at} DEBG 'shop' stderr output:\n${line}` : line,
    ],
    [
      'quoted-printable',
      (line) =>
        line
          .replaceAll('=', '=3D')
          .replaceAll('\t', '=09')
          .replace(/(.{20})(?!$)(?![0-9A-F]{0,1}=|.?.?$)/, '$1=\n'),
    ],
  ])('is taken off: %s', (layer, wrap) => {
    for (const seed of SEEDS) {
      const dump = dumpOf(randomNumbers(seed));
      const wrapped = dump.map(wrap);
      expect(whatIsIn(wrapped)).toEqual(whatIsIn(dump));
      expect(parseGoDump(wrapped.join('\n')).stats.unwrapped).toEqual([layer]);
    }
  });
});

describe('what was unwrapped', () => {
  const of = (name: string) => {
    const random = randomNumbers(1);
    const found = WRAPPINGS.find((wrapping) => wrapping.name === name)!;
    return parseGoDump(found.wrap(dumpOf(random), random).join('\n')).stats.unwrapped;
  };

  it.each([
    ['CRI prefixes', ['CRI prefixes']],
    ['Docker JSON', ['JSON']],
    ['logrus text', ['escaped line breaks']],
    ['octal escapes of rsyslog', ['syslog or journald prefixes', 'escaped line breaks']],
    ['gh run view', ['names of CI jobs', 'time stamps']],
    ['a fence of Markdown', []],
  ])('of %s is said', (name, layers) => {
    expect(of(name)).toEqual(layers);
  });
});
