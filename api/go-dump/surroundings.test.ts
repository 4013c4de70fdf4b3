import { describe, expect, it } from 'vitest';
import { parseGoDump } from './parse.ts';
import { CREATOR, FRAME, functions, goroutine, only } from './testing/go-dumps.ts';

describe('the text around goroutines', () => {
  it('is counted apart: a panic before them, registers and the shell after them', () => {
    const dump = parseGoDump(
      `panic: boom\n\n[signal SIGSEGV: segmentation violation code=0x1]\n\n${goroutine(1, 'running')}rax    0x0\nexit status 2\n`,
    );
    expect(dump.stats).toMatchObject({
      headers: 1,
      notUnderstood: { count: 0 },
      surrounding: { count: 4 },
    });
    expect(only(dump).frames).toHaveLength(2);
  });

  it('ends a stack also without a blank line', () => {
    const dump = parseGoDump(
      'goroutine 1 [running]:\nmain.main()\n\t/x/a.go:1 +0x1\nexit status 2\n',
    );
    expect(functions(dump)).toEqual([['main.main']]);
  });

  it('that looks like calls does not get into the next goroutine', () => {
    const dump = parseGoDump(
      `${goroutine(1, 'select')}done (1)\ndone (2)\nand so on\n${goroutine(2, 'select')}`,
    );
    expect(only(dump)).toMatchObject({ count: 2, frames: { length: 2 } });
    expect(dump.stats).toMatchObject({ surrounding: { count: 3 }, notUnderstood: { count: 0 } });
  });

  it('may be a blank line between two frames', () => {
    const dump = parseGoDump(`goroutine 1 [select]:\n\n${FRAME}\n${CREATOR}`);
    expect(functions(dump)).toEqual([['main.work', 'created by main.main']]);
  });

  it('that speaks of a goroutine is none', () => {
    const dump = parseGoDump(
      'panic: handler for goroutine 12 [running]: not a header\n\ngoroutine 1 [running]:\nmain.main()\n\t/x/a.go:1 +0x1\n',
    );
    expect(dump.stats.headers).toBe(1);
  });

  it('that quotes a dump in a panic counts as quoted, not as goroutines', () => {
    const dump = parseGoDump(
      'panic: goroutine 99 [running]:\nmain.fake()\n\t/fake/file.go:1 +0x1\n\n' +
        'goroutine 98 [select, 7 minutes]:\nmain.fake2(...)\n\t/fake/file.go:2 +0x1\n\n\n' +
        'goroutine 1 [running]:\nmain.main()\n\t/x/a.go:1 +0x1\n',
    );
    expect(functions(dump)).toEqual([['main.main']]);
    expect(dump.stats).toMatchObject({ headers: 1, notUnderstood: { count: 1 } });
  });

  it('that looks like a header but is none is reported', () => {
    const dump = parseGoDump(
      'goroutine \u00a05 [select]:\nmain.a()\n\t/x/a.go:1\n12 [foo]:\nbar\n',
    );
    expect(dump.stats).toMatchObject({
      headers: 0,
      notUnderstood: { count: 1 },
      surrounding: { count: 4 },
    });
  });

  it('may stand in front of every line, as loggers and mail put it there', () => {
    const quoted = (prefix: (line: number) => string) =>
      (goroutine(5, 'select') + goroutine(6, 'select'))
        .split('\n')
        .map((line, at) => `${prefix(at)}${line}`.trimEnd())
        .join('\n');
    for (const prefix of [
      () => '> ',
      () => '    ',
      (line: number) => `2026/11/22 18:00:0${line % 10} app: `,
    ]) {
      const dump = parseGoDump(quoted(prefix));
      expect(functions(dump)).toEqual([['main.work', 'created by main.main']]);
      expect(dump.stats).toMatchObject({ headers: 2, notUnderstood: { count: 0 } });
    }
  });

  it('may be a log prefix in front of the header alone', () => {
    const dump = parseGoDump(`2026/11/22 18:00:00 recovered: goroutine 5 [running]:\n${FRAME}`);
    expect(functions(dump)).toEqual([['main.work']]);
  });

  it('may have lost its line breaks', () => {
    const dump = parseGoDump(
      'goroutine 5 [select]: main.a(0x1, 0x2) /x/a.go:1 +0x1 created by main.main in goroutine 1 /x/a.go:9 +0x2 goroutine 6 [select]: main.b() /x/b.go:1',
    );
    expect(functions(dump)).toEqual([['main.a', 'created by main.main'], ['main.b']]);
    expect(dump.stats.notUnderstood.count).toBe(0);
  });

  it('behind a header is reported', () => {
    const dump = parseGoDump(`goroutine 5 [select]: extra words\n${FRAME}`);
    expect(functions(dump)).toEqual([['main.work']]);
    expect(dump.stats.notUnderstood).toEqual({
      count: 1,
      examples: [{ line: 1, text: 'extra words' }],
    });
  });
});

describe('a dump that was cut off', () => {
  const whole = goroutine(5, 'chan receive') + goroutine(6, 'chan receive');

  it.each([
    ['in a header', 'goroutine 6 [chan rec', 1],
    ['after a header', 'goroutine 6 [chan receive]:', 2],
    ['in a function', 'main.wo', 2],
    ['in a file', '\t/app/ma', 2],
  ])('%s keeps what it has and says so', (_, end, headers) => {
    const cut = whole.slice(0, whole.lastIndexOf(end) + end.length);
    expect(parseGoDump(cut).stats).toMatchObject({ headers, truncated: true });
  });

  it('at the end of a goroutine is whole', () => {
    expect(parseGoDump(whole.trimEnd()).stats.truncated).toBe(false);
  });
});

describe('any encoding and line', () => {
  const text = `${goroutine(5, 'select, 5 minutes')}goroutine 6 [select]:\nmain.世界()\n\t/app/à.go:1 +0x1\n`;
  const expected = parseGoDump(text);

  it.each([
    ['a byte order mark', Buffer.from(`\ufeff${text}`)],
    ['UTF-16, little endian', Buffer.from(`\ufeff${text}`, 'utf16le')],
    ['UTF-16 without a mark', Buffer.from(text, 'utf16le')],
    ['UTF-16, big endian', Buffer.from(`\ufeff${text}`, 'utf16le').swap16()],
    ['Windows line ends', Buffer.from(text.replaceAll('\n', '\r\n'))],
  ])('reads %s', (_, bytes) => {
    expect(parseGoDump(bytes)).toEqual(expected);
  });

  it('cuts a line that is too long where the limit is, and reads on', () => {
    const long = 'x'.repeat(2 * 1024 ** 2);
    expect(functions(parseGoDump(`${long}\n${text}${long}`))).toEqual(functions(expected));
  });

  it.each(['', '\n\n\n', ' \t  \r\n '])('finds nothing in %j', (input) => {
    expect(parseGoDump(input)).toMatchObject({
      goroutines: [],
      stats: { headers: 0, truncated: false },
    });
  });
});
