import { describe, expect, it } from 'vitest';
import { type GoDump, parseGoDump, parseGoDumpStream } from './go-dump.ts';
import { goDumpGroups } from './go-dump-groups.ts';

const FRAME = 'main.work(0xc000012345, 0x7)\n\t/app/main.go:17 +0x1d\n';
const CREATOR = 'created by main.main in goroutine 1\n\t/app/main.go:8 +0x22\n';

/** One goroutine with these attributes, at the same stack as all others. */
const goroutine = (id: number, attributes: string) =>
  `goroutine ${id} [${attributes}]:\n${FRAME}${CREATOR}\n`;

/** The only record of a dump. */
function only({ goroutines }: GoDump) {
  expect(goroutines).toHaveLength(1);
  return goroutines[0]!;
}

const distinct = <Item>(items: readonly Item[]): Item[] => [
  ...new Map(items.map((item) => [JSON.stringify(item), item])).values(),
];

const functions = (dump: GoDump) =>
  dump.goroutines.map(({ frames }) => frames.map((f) => f.function));

describe('a goroutine', () => {
  it('has its state, wait and frames, without arguments and code offsets', () => {
    const dump = parseGoDump(goroutine(7, 'chan receive, 5 minutes'));
    expect(only(dump)).toEqual({
      count: 1,
      state: 'chan receive',
      waitReason: '5 minutes',
      waitMinutes: 5,
      isLockedToThread: false,
      bubble: null,
      otherAttributes: [],
      frames: [
        { function: 'main.work', file: '/app/main.go', line: 17 },
        { function: 'created by main.main', file: '/app/main.go', line: 8 },
      ],
      goroutineIds: [7],
      labels: [],
    });
    expect(dump.stats).toMatchObject({
      headers: 1,
      parsed: 1,
      lines: 6,
      notUnderstood: { count: 0, examples: [] },
      surrounding: { count: 0 },
      truncated: false,
    });
  });

  it('that is locked to its thread does not wait for that', () => {
    expect(only(parseGoDump(goroutine(1, 'syscall, locked to thread')))).toMatchObject({
      state: 'syscall',
      waitReason: null,
      isLockedToThread: true,
    });
  });

  it.each([
    [
      'IO wait, 2 minutes, locked to thread',
      { state: 'IO wait', waitMinutes: 2, isLockedToThread: true },
    ],
    ['select, 1 hour 5 minutes', { state: 'select', waitMinutes: 65 }],
    [
      'chan receive (nil chan), 1234 minutes',
      { state: 'chan receive (nil chan)', waitMinutes: 1234 },
    ],
    ['sleep (durable), synctest bubble 12', { state: 'sleep (durable)', bubble: 12 }],
    ['select (synctest), synctest group 7', { state: 'select (synctest)', bubble: 7 }],
    [
      'sync.Mutex.Lock, 2 minutes, locked to thread, synctest bubble 3',
      { state: 'sync.Mutex.Lock', waitMinutes: 2, isLockedToThread: true, bubble: 3 },
    ],
    ['chan receive (leaked), 5 minutes', { state: 'chan receive (leaked)', waitMinutes: 5 }],
    ['runnable (scan), 3 minutes', { state: 'runnable (scan)', waitMinutes: 3 }],
    ['', { state: '' }],
    ['a,b,5 minutes,c', { state: 'a', waitReason: '5 minutes', otherAttributes: ['b', 'c'] }],
  ])('with [%s] is read as Go means it', (attributes, expected) => {
    expect(only(parseGoDump(goroutine(1, attributes)))).toMatchObject(expected);
  });

  it.each([
    ['select, 5 minutes labels:{"q": "a] b"}', '', '{"q": "a] b"}', 5],
    ['select labels:{"a": "1", "b": "90 minutes"}', '', '{"a": "1", "b": "90 minutes"}', 0],
    [
      'select labels:{"q": "quote\\"]: brace} goroutine 5 [x]:"}',
      '',
      '{"q": "quote\\"]: brace} goroutine 5 [x]:"}',
      0,
    ],
    ['select', ' {k: "v [z]:"}', '{k: "v [z]:"}', 0],
    ['select, 2 minutes', ' {route: /pay}', '{route: /pay}', 2],
  ])(
    'with labels [%s]%s keeps them out of its state and wait',
    (inside, behind, labels, minutes) => {
      const dump = parseGoDump(`goroutine 5 [${inside}]${behind}:\n${FRAME}`);
      expect(only(dump)).toMatchObject({ state: 'select', waitMinutes: minutes, labels: [labels] });
      expect(dump.stats.notUnderstood.count).toBe(0);
    },
  );

  it('of GOTRACEBACK=system is read past its addresses', () => {
    const dump = parseGoDump(
      'goroutine 1 gp=0xc0000061c0 m=0 mp=0x57a5c0 [select, 3 minutes]:\n' +
        'main.work(0x1)\n\t/app/main.go:17 +0x1d fp=0xc00004cfe8 sp=0xc00004cfe0 pc=0x46e3c1\n' +
        'main.inlined(...)\n\t/app/main.go:9 fp=0xc00004cfe8 sp=0xc00004cfe0 pc=0x46e3c1\n',
    );
    expect(only(dump)).toMatchObject({
      state: 'select',
      waitMinutes: 3,
      frames: [
        { file: '/app/main.go', line: 17 },
        { file: '/app/main.go', line: 9 },
      ],
    });
  });

  it('without a frame counts, and a dump that ends with it is cut off', () => {
    const { stats } = parseGoDump('goroutine 1 [running]:\n\ngoroutine 2 [running]:');
    expect(stats).toMatchObject({ headers: 2, parsed: 0, truncated: true });
  });

  it.each([
    'goroutine running on other thread; stack unavailable',
    'goroutine in C code; stack unavailable',
  ])('whose stack Go could not walk says so: %s', (line) => {
    const dump = parseGoDump(`goroutine 5 [running]:\n\t${line}\n${CREATOR}`);
    expect(functions(dump)).toEqual([[line, 'created by main.main']]);
    expect(dump.stats).toMatchObject({ headers: 1, parsed: 1, notUnderstood: { count: 0 } });
  });
});

describe('goroutines', () => {
  it('that differ in arguments, offsets and the number of their creator are one group', () => {
    const dump = parseGoDump(
      `goroutine 1 [select]:\n${FRAME}${CREATOR}\n` +
        'goroutine 2 [select]:\nmain.work(0xc0000ffff0, 0x9)\n\t/app/main.go:17 +0x99\n' +
        'created by main.main in goroutine 77\n\t/app/main.go:8 +0x23\n',
    );
    expect(only(dump)).toMatchObject({ count: 2, goroutineIds: [1, 2] });
  });

  it('that were created at different lines are two groups', () => {
    const other = CREATOR.replace(':8', ':99');
    const dump = parseGoDump(
      `goroutine 1 [select]:\n${FRAME}${CREATOR}\ngoroutine 2 [select]:\n${FRAME}${other}`,
    );
    expect(dump.goroutines.map(({ count, frames }) => [count, frames[1]!.line])).toEqual([
      [1, 8],
      [1, 99],
    ]);
  });

  it('that differ in their last frame only are two groups, however deep they are', () => {
    const deep = FRAME.repeat(60);
    const dump = parseGoDump(
      `goroutine 1 [select]:\n${deep}main.a()\n\t/a.go:1\n\ngoroutine 2 [select]:\n${deep}main.b()\n\t/a.go:1\n`,
    );
    expect(dump.goroutines).toHaveLength(2);
  });

  it('whose texts only look alike when joined stay apart', () => {
    const dump = parseGoDump(
      'goroutine 1 [a|b]:\nc\n\t/x.go:1\n\ngoroutine 2 [a]:\nb|c\n\t/x.go:1\n\n',
    );
    expect(dump.goroutines.map(({ state }) => state)).toEqual(['a|b', 'a']);
  });

  it('whose names differ in bytes that are no UTF-8 stay apart', () => {
    const named = (byte: number) =>
      Buffer.concat([
        Buffer.from('goroutine 1 [select]:\nmain.'),
        Buffer.from([byte]),
        Buffer.from('()\n\t/a.go:1\n\n'),
      ]);
    expect(parseGoDump(Buffer.concat([named(0xff), named(0xfe)])).goroutines).toHaveLength(2);
  });

  it('named like the properties of an object are counted like any other', () => {
    const dump = parseGoDump(
      'goroutine 1 [__proto__]:\n__proto__()\n\t/constructor:1\n\ngoroutine 2 [__proto__]:\n__proto__()\n\t/constructor:1\n',
    );
    expect(only(dump)).toMatchObject({ count: 2, state: '__proto__' });
  });
});

describe('a frame', () => {
  const frameOf = (lines: string) =>
    only(parseGoDump(`goroutine 1 [select]:\n${lines}\n`)).frames[0];

  it.each([
    [
      'a method',
      'net/http.(*conn).serve(0x1, {0x2, 0x3})\n\t/go/server.go:5 +0x1',
      'net/http.(*conn).serve',
      '/go/server.go',
    ],
    ['an inlined call', 'main.f(...)\n\t/a.go:5', 'main.f', '/a.go'],
    ['a generic function', 'main.Map[...](0x1)\n\t/a.go:5 +0x1', 'main.Map[...]', '/a.go'],
    [
      'a name that looks like a file',
      'example%2ego:8.Do()\n\t/a.go:5',
      'example%2ego:8.Do',
      '/a.go',
    ],
    [
      'assembly',
      'runtime.goexit({})\n\truntime/asm_amd64.s:5 +0x1',
      'runtime.goexit',
      'runtime/asm_amd64.s',
    ],
    [
      'cgo',
      'main._Cfunc_csleep(0xe10)\n\t_cgo_gotypes.go:5 +0x3a',
      'main._Cfunc_csleep',
      '_cgo_gotypes.go',
    ],
    ['Windows', 'main.main()\n\tC:/Users/me/main.go:5 +0x9f', 'main.main', 'C:/Users/me/main.go'],
    [
      'a file whose tab was stripped',
      'main.main()\n/app/main.go:5 +0x9f',
      'main.main',
      '/app/main.go',
    ],
    [
      'a file with a space',
      'main.main()\n\t/my app/main.go:5 +0x9f',
      'main.main',
      '/my app/main.go',
    ],
    ['another alphabet', 'main.世界()\n\t/app/à.go:5', 'main.世界', '/app/à.go'],
    [
      'an HTML-escaped name',
      'main.(*T&lt;int&gt;).a()\n\t/a.go:5',
      'main.(*T&lt;int&gt;).a',
      '/a.go',
    ],
    ['a NUL', 'main.a(\0)\n\t/x/a\0.go:5', 'main.a', '/x/a\0.go'],
  ])('of %s is taken apart', (_, lines, name, file) => {
    expect(frameOf(lines)).toEqual({ function: name, file, line: 5 });
  });

  it('that Go left out stays visible as a gap', () => {
    const dump = parseGoDump(
      `goroutine 1 [select]:\n${FRAME}...151 frames elided...\n${FRAME}...additional frames elided...\n${CREATOR}`,
    );
    expect(functions(dump)).toEqual([
      [
        'main.work',
        '...151 frames elided...',
        'main.work',
        '...additional frames elided...',
        'created by main.main',
      ],
    ]);
  });

  it('of an ancestor stays apart from those of the goroutine', () => {
    const ancestor = (id: number) =>
      `[originating from goroutine ${id}]:\nmain.b(...)\n\t/x/a.go:3 +0x1\n`;
    const dump = parseGoDump(
      `goroutine 5 [select]:\n${FRAME}${CREATOR}${ancestor(4)}\ngoroutine 6 [select]:\n${FRAME}${CREATOR}${ancestor(9)}`,
    );
    expect(only(dump).count).toBe(2);
    expect(functions(dump)).toEqual([
      ['main.work', 'created by main.main', '[originating from]', 'main.b'],
    ]);
  });

  it('without a function is kept and reported', () => {
    const dump = parseGoDump(
      'goroutine 5 [select]:\n\texample.com/m/x.s:12 +0x1\nmain.a()\n\texample.com/m/a.go:2 +0x5\n',
    );
    expect(functions(dump)).toEqual([['(unknown)', 'main.a']]);
    expect(dump.stats.notUnderstood).toEqual({
      count: 1,
      examples: [{ line: 2, text: '\texample.com/m/x.s:12 +0x1' }],
    });
  });

  it('is the same whether it is read for the first time or recognised', () => {
    const odd = [
      'main.f(0x1)\n\t/a.go:007 +0x1',
      'main.f(0x1)\n\t/a.go:7 +0x1',
      'main.f(0x1)\n\t/a.go:77',
      'main.f(0x1)\n\t/a.go:7 fp=0x1 sp=0x2 pc=0x3',
      'main.f(...)\n\t/a b.go:7 c.go:7 +0x1',
      'main.f.func1(0x1)\n\t/a.go:7 +0x1',
      'main.(*T).f(0x1)\n\t/a.go:7 +0x1',
      'main.F[go.shape.int a](0x1)\n\t/a.go:7 +0x1',
    ];
    const text = odd.map((frame) => `goroutine 1 [select]:\n${frame}\n\n`).join('');
    const once = odd.map((frame) => parseGoDump(`goroutine 1 [select]:\n${frame}\n`).goroutines[0]);
    const { goroutines } = parseGoDump(text + text);
    expect(goroutines.map(({ frames }) => frames)).toEqual(distinct(once.map((g) => g!.frames)));
    expect(goroutines.reduce((sum, { count }) => sum + count, 0)).toBe(odd.length * 2);
  });

  it('whose function line is broken is kept as it is and reported', () => {
    const dump = parseGoDump(
      'goroutine 2 [running]:\nmain.main)(\n\t/example/main.go:152 +0x3d2\n',
    );
    expect(functions(dump)).toEqual([['main.main)(']]);
    expect(dump.stats.notUnderstood.count).toBe(1);
  });
});

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

describe('any encoding and cut', () => {
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

  it.each([1, 2, 7, 64])('reads a stream in chunks of %i bytes', async (size) => {
    for (const encoding of ['utf8', 'utf16le'] as const) {
      const bytes = Buffer.from(text, encoding);
      async function* chunks() {
        for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
      }
      expect(await parseGoDumpStream(chunks())).toEqual(expected);
    }
  });

  it.each(['', '\n\n\n', ' \t  \r\n '])('finds nothing in %j', (input) => {
    expect(parseGoDump(input)).toMatchObject({
      goroutines: [],
      stats: { headers: 0, truncated: false },
    });
  });
});

describe('groups of a dump', () => {
  it('keep the oldest, median and newest wait, whichever member comes first', () => {
    for (const order of [
      [9, 1, 0],
      [0, 1, 9],
    ]) {
      const text = order.map((minutes, at) =>
        goroutine(at, minutes === 0 ? 'select' : `select, ${minutes} minutes`),
      );
      expect(goDumpGroups(parseGoDump(text.join(''))).groups).toEqual([
        expect.objectContaining({
          count: 3,
          sampled: 3,
          waitReason: '9 minutes',
          waitMinutes: 9,
          oldestWaitMs: 540_000,
          medianWaitMs: 60_000,
          newestWaitMs: 0,
          longWaitingCount: 2,
        }),
      ]);
    }
  });

  it('name the first frame that is not of the standard library', () => {
    const stack =
      'internal/poll.runtime_pollWait(0x1)\n\t/usr/lib/go-1.26/src/runtime/netpoll.go:351 +0x85\n' +
      'net.(*conn).Read(0x1)\n\tnet/net.go:179 +0x45\nmain.read(0x1)\n\t/home/me/src/main.go:3 +0x1\n';
    const [group] = goDumpGroups(parseGoDump(`goroutine 1 [IO wait]:\n${stack}`)).groups;
    expect(group?.topFrame?.function).toBe('main.read');
  });

  it('that Go found leaked are stuck, and come first', () => {
    const text = goroutine(1, 'select, 90 minutes') + goroutine(2, 'chan receive (leaked)');
    const { groups, summary } = goDumpGroups(parseGoDump(text));
    expect(groups.map(({ state, stuckCount }) => [state, stuckCount])).toEqual([
      ['chan receive (leaked)', 1],
      ['select', 0],
    ]);
    expect(groups[0]!.stuckReason).toMatch(/nothing can ever wake/);
    expect(summary.potentiallyStuck).toBe(1);
  });

  it('carry the threads, numbers and labels of their members', () => {
    const text =
      goroutine(3, 'select, locked to thread') +
      `goroutine 4 [select] {route: "/pay"}:\n${FRAME}${CREATOR}`;
    expect(goDumpGroups(parseGoDump(text)).groups).toEqual([
      expect.objectContaining({
        count: 2,
        lockedToThread: 1,
        goroutineIds: [3, 4],
        labels: ['{route: "/pay"}'],
      }),
    ]);
  });
});
