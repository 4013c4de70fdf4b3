import { describe, expect, it } from 'vitest';
import { parseGoDump } from './parse.ts';
import { CREATOR, distinct, FRAME, functions, goroutine, only } from './testing/go-dumps.ts';

describe('a goroutine', () => {
  it('has its state, wait and frames, without arguments and code offsets', () => {
    const dump = parseGoDump(goroutine(7, 'chan receive, 5 minutes'));
    expect(only(dump)).toEqual({
      count: 1,
      state: 'chan receive',
      waitReason: '5 minutes',
      waitMinutes: 5,
      isLockedToThread: false,
      frames: [
        { function: 'main.work', file: '/app/main.go', line: 17 },
        { function: 'created by main.main', file: '/app/main.go', line: 8 },
      ],
      stackNumber: expect.any(Number),
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
    ['sleep (durable), synctest bubble 12', { state: 'sleep (durable)', waitReason: null }],
    ['select (synctest), synctest group 7', { state: 'select (synctest)', waitReason: null }],
    [
      'sync.Mutex.Lock, 2 minutes, locked to thread, synctest bubble 3',
      { state: 'sync.Mutex.Lock', waitMinutes: 2, isLockedToThread: true },
    ],
    ['chan receive (leaked), 5 minutes', { state: 'chan receive (leaked)', waitMinutes: 5 }],
    ['runnable (scan), 3 minutes', { state: 'runnable (scan)', waitMinutes: 3 }],
    ['', { state: '' }],
    ['a,b,5 minutes,c', { state: 'a', waitReason: '5 minutes' }],
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

  it('is the same whether it is read for the first time or recognized', () => {
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
