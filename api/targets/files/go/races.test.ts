/** What Go's race detector has printed, as people have it: which two lines, and who runs them. */
import { describe, expect, it } from 'vitest';
import { randomNumbers } from '../../../../scripts/testing/mutations.ts';
import { WRAPPINGS } from '../../../go-dump/testing/wrappings.ts';
import { findingsIn } from './testing/findings.ts';

const SEPARATOR = '==================';
const access = (head: string, name: string, place: string) => [
  `${head}:`,
  `  ${name}()`,
  `      ${place} +0x11b`,
  '',
];
const created = (id: number) => [
  `Goroutine ${id} (running) created at:`,
  '  main.serve()',
  '      /app/serve.go:8 +0x22',
  '',
];
const report = (...paragraphs: string[][]) => [
  SEPARATOR,
  'WARNING: DATA RACE',
  ...paragraphs.flat(),
  SEPARATOR,
];
const WRITES = access(
  'Write at 0x00c00077b5a8 by goroutine 7',
  'main.(*store).put',
  '/app/store.go:20',
);
const READS = access(
  'Previous read at 0x00c00077b5a8 by goroutine 8',
  'main.(*store).get',
  '/app/store.go:31',
);
const RACE = report(WRITES, READS, created(7), created(8));
const SENTENCE =
  'main.(*store).put (/app/store.go:20) writes to memory in goroutine 7, created by main.serve, while main.(*store).get (/app/store.go:31) reads memory in goroutine 8, created by main.serve, with no order between them.';

describe('a report of the race detector', () => {
  it.each<[string, (lines: readonly string[]) => string[]]>([
    ['as it prints it', (lines) => [...lines]],
    ['indented', (lines) => lines.map((line) => `    ${line}`)],
    [
      'in a log of CI',
      (lines) => lines.map((line, at) => `2026-01-31T10:00:07.${1000000 + at}Z ${line}`),
    ],
    ['without blank lines', (lines) => lines.filter((line) => line !== '')],
    [
      'below other words, and with a test that failed after it',
      (lines) => [
        '=== RUN   TestPut',
        ...lines,
        '    testing.go:1490: race detected during execution of test',
        '--- FAIL: TestPut (0.01s)',
      ],
    ],
  ])('%s names both lines, and who has started them', (_, wrap) => {
    expect(findingsIn(wrap(RACE).join('\n'))).toMatchObject([
      {
        kind: 'DATA_RACE',
        severity: 'WARNING',
        sentence: SENTENCE,
        culprit: { function: 'main.(*store).put', file: '/app/store.go', line: 20 },
        count: 1,
      },
    ]);
  });

  it.each(WRAPPINGS.filter(({ name }) => !name.includes('newest')))(
    'in $name is the same',
    ({ wrap }) => {
      const wrapped = wrap(RACE, randomNumbers(5)).join('\n');
      expect(findingsIn(wrapped).map(({ sentence }) => sentence)).toEqual([SENTENCE]);
    },
  );

  it('counts once what it reports again, whichever side it noticed first', () => {
    const other = report(
      access('Read at 0x00c000112233 by goroutine 18', 'main.(*store).get', '/app/store.go:31'),
      access(
        'Previous write at 0x00c000112233 by goroutine 17',
        'main.(*store).put',
        '/app/store.go:20',
      ),
    );
    expect(findingsIn([...RACE, ...other].join('\n'))).toMatchObject([
      { count: 2, sentence: expect.stringContaining('; 2 reports of it.') },
    ]);
  });

  it('of old Go, with the main goroutine and a stack that was lost, is told as far as it goes', () => {
    const lines = report(access('Read by main goroutine', 'main.main', '/app/main.go:9'), [
      'Previous write by goroutine 5:',
      '  [failed to restore the stack]',
      '',
    ]);
    expect(findingsIn(lines.join('\n'))).toMatchObject([
      {
        sentence:
          'main.main (/app/main.go:9) reads memory in the main goroutine, while a line that is no longer known writes to memory in goroutine 5, with no order between them.',
        culprit: { file: '/app/main.go', line: 9 },
      },
    ]);
  });

  it('comes behind the panic of the same log', () => {
    const panic = 'panic: boom\n\ngoroutine 1 [running]:\nmain.main()\n\t/app/main.go:12 +0x45\n';
    expect(findingsIn(`${RACE.join('\n')}\n${panic}`).map(({ kind }) => kind)).toEqual([
      'PREVIOUS_RUN_DIED',
      'DATA_RACE',
    ]);
  });

  it('that is cut before its second side is refused, by name', () => {
    const cut = ['WARNING: DATA RACE', ...WRITES].join('\n');
    expect(() => findingsIn(cut)).toThrow("a report of Go's race detector");
  });
});
