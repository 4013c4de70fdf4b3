/** Crashes and leaks in the forms that people have them: what each died of, and where. */
import { describe, expect, it } from 'vitest';
import { analyzeFile } from '../saved-file.ts';
import { findingsIn } from './testing/findings.ts';

const sentencesIn = (lines: readonly string[]) =>
  findingsIn(lines.join('\n')).map(({ kind, sentence }) => [kind, sentence]);

const MAIN = ['goroutine 1 [running]:', 'main.main()', '\t/app/main.go:12 +0x45'];
const PANICKED = (message: string) => [
  [
    'PREVIOUS_RUN_DIED',
    `The program panicked: ${message}, in main.main (/app/main.go:12), goroutine 1.`,
  ],
];

describe('a panic', () => {
  it.each<[string, string[], string]>([
    [
      'with several lines of text',
      ['panic: cannot open:', '\t- dial 1', '\t- dial 2', ''],
      'cannot open: - dial 1 - dial 2',
    ],
    [
      'that quotes a dump',
      ['panic: it said:', '\tgoroutine 9 [running]:', '\tmain.x()', ''],
      'it said:',
    ],
    ['that was recovered and went on', ['panic: boom [recovered, repanicked]', ''], 'boom'],
    ['behind the rest of a time stamp', ['3.6367390Z panic: boom', ''], 'boom'],
    [
      'with the number of a signal',
      [
        'panic: runtime error: invalid memory address or nil pointer dereference',
        '[signal 0xb code=0x1 addr=0x0 pc=0x48a3c9]',
        '',
      ],
      'runtime error: invalid memory address or nil pointer dereference (SIGSEGV)',
    ],
  ])('%s is told in its words', (_, head, message) => {
    expect(sentencesIn([...head, ...MAIN])).toEqual(PANICKED(message));
  });

  it('is told where its header stands behind the text of a second one', () => {
    const text = [
      'panic: boom [recovered]',
      '\tpanic: boomgoroutine 1 [running]:',
      ...MAIN.slice(1),
    ];
    expect(sentencesIn(text)).toEqual(PANICKED('boom'));
  });

  it('in a library alone is told at its line', () => {
    const stack = [
      'goroutine 8 [running]:',
      'io.copyBuffer(0x1)',
      '\t/usr/local/go/src/io/io.go:425 +0x3e5',
      'k8s.io/client-go/tools.(*stream).copy(0x1)',
      '\t/go/pkg/mod/k8s.io/client-go@v0.19.4/tools/stream.go:104 +0x177',
      'created by k8s.io/client-go/tools.Copy',
      '\t/go/pkg/mod/k8s.io/client-go@v0.19.4/tools/stream.go:96 +0x77',
    ];
    expect(findingsIn(['panic: boom', '', ...stack].join('\n'))).toMatchObject([
      { culprit: { function: 'k8s.io/client-go/tools.(*stream).copy', line: 104 } },
    ]);
  });

  it('that klog tells by names is told in its words', () => {
    const text = [
      'E1113 08:12:01.123456       1 panic.go:262] "Observed a panic" panic="no such cart" panicGoValue="x" stacktrace=<',
      '\tgoroutine 1 [running]:',
      '\tpanic({0x1a0f3e0?, 0x2f5e1d0?})',
      '\t\t/usr/local/go/src/runtime/panic.go:770 +0x132',
      '\tmain.main()',
      '\t\t/app/main.go:12 +0x45',
      ' > controller="db"',
    ];
    expect(sentencesIn(text)).toEqual([
      [
        'RECOVERED_PANIC',
        'The program panicked, and recovered: no such cart, in main.main (/app/main.go:12), goroutine 1.',
      ],
    ]);
  });
});

describe('a fatal error', () => {
  it('of the runtime itself is about no goroutine that waits', () => {
    const text = [
      'fatal error: newosproc',
      '',
      'runtime stack:',
      'runtime.throw({0xcef0ba8?, 0xc00010de38?})',
      '\truntime/panic.go:1047 +0x5d',
      '',
      'goroutine 1 [select]:',
      'main.main()',
      '\t/app/main.go:12 +0x45',
    ];
    expect(findingsIn(text.join('\n'))).toMatchObject([
      {
        sentence: 'The program died of a fatal error: newosproc.',
        culprit: null,
        nextStep: expect.stringContaining('limits of the process'),
      },
    ]);
  });

  it('is told where a log indents both lines of a frame alike', () => {
    const text = [
      'fatal error: fault',
      '[signal SIGSEGV: segmentation violation code=0x80 addr=0x0 pc=0x7fd4]',
      '',
      'goroutine 17 [running, locked to thread]:',
      '\truntime.throw(0x7fd4765f3250, 0x5)',
      '\t/usr/local/go/src/runtime/panic.go:596 +0x97',
      '\tmain.handle(0x14e2614)',
      '\t/app/handle.go:140 +0x4e1',
    ];
    expect(sentencesIn(text)).toEqual([
      [
        'PREVIOUS_RUN_DIED',
        'The program died of a fatal error: fault (SIGSEGV), in main.handle (/app/handle.go:140), goroutine 17.',
      ],
    ]);
  });
});

describe('a signal', () => {
  it('of C is told with what C has said, and memory that Go printed is no frame', () => {
    const text = [
      'runtime/cgo: pthread_create failed: Resource temporarily unavailable',
      'SIGABRT: abort',
      'PC=0x7f3224a85387 m=19 sigcode=18446744073709551610',
      '',
      'goroutine 0 [idle]:',
      'runtime: unknown pc 0x7f3224a85387',
      'stack: frame={sp:0x7f3208ff8988, fp:0x0} stack=[0x7f32087f92a8,0x7f3208ff8ea8)',
      '00007f3208ff8888:  000000c0014265d0  0000000000000000 ',
      '',
      'goroutine 1 [select]:',
      'main.main()',
      '\t/app/main.go:12 +0x45',
    ];
    expect(sentencesIn(text)).toEqual([
      [
        'PREVIOUS_RUN_DIED',
        'The program died of SIGABRT: abort: runtime/cgo: pthread_create failed: Resource temporarily unavailable.',
      ],
    ]);
    expect(analyzeFile({ bytes: Buffer.from(text.join('\n')), savedAtMs: 0 })).toMatchObject({
      goroutines: { total: 2, stats: { notUnderstood: { count: 0 } } },
    });
  });

  it('that C has sent is told at the line that has called it', () => {
    const text = [
      "terminate called after throwing an instance of 'std::runtime_error'",
      'SIGABRT: abort',
      'PC=0x7f m=4 sigcode=18446744073709551610',
      'signal arrived during cgo execution',
      '',
      'goroutine 21 gp=0xc0001 m=4 mp=0xc000 [syscall]:',
      'runtime.cgocall(0x55, 0xc0)',
      '\truntime/cgocall.go:167 +0x4b',
      'main._Cfunc_load(0x7f)',
      '\t_cgo_gotypes.go:80 +0x4a',
      'main.load(0x1)',
      '\t/app/load.go:55 +0x1',
    ];
    expect(findingsIn(text.join('\n'))).toMatchObject([
      {
        sentence: expect.stringContaining('abort: terminate called after throwing'),
        culprit: { function: 'main.load', line: 55 },
      },
    ]);
  });

  it('of Windows is told in words, at the stack that it prints without a header', () => {
    const text = [
      'Exception 0xc0000005 0x0 0x0 0x1d7dacd0006',
      'PC=0x1d7dacd0006',
      '',
      'runtime.cgocall(0x83fe20, 0x92f1a0)',
      '\tC:/Program Files/Go/src/runtime/cgocall.go:157 +0x4a',
      'main.load()',
      '\tC:/work/load.go:82 +0x5af',
      '',
      'goroutine 2 [force gc (idle)]:',
      'runtime.gopark(0x0?, 0x0?, 0x0?, 0x0?, 0x0?)',
      '\tC:/Program Files/Go/src/runtime/proc.go:381 +0xd6',
    ];
    expect(sentencesIn(text)).toEqual([
      [
        'PREVIOUS_RUN_DIED',
        'The program died of Exception 0xc0000005 (access violation), in main.load (C:/work/load.go:82).',
      ],
    ]);
  });
});

describe('what goleak has found at the end of a test', () => {
  const stack = (id: number, indent: string, header: string) =>
    [
      `${header}Goroutine ${id} in state chan send, 1 minutes, with main.run.func1 on top of the stack:`,
      'main.run.func1()',
      '\t/app/run.go:141 +0xcd',
      'created by main.run in goroutine 12',
      '\t/app/run.go:136 +0x2c6',
    ].map((line) => indent + line);

  it('is left behind also where a log has put a blank line below every line', () => {
    const log = [
      'Goroutine 624 in state select, with main.(*Lease).renew on top of the stack:',
      'goroutine 624 [select]:',
      'main.(*Lease).renew(0xc001922be0)',
      '\t/app/lease.go:79 +0x327',
      'created by main.Open',
      '\t/app/lease.go:40 +0x227',
      '',
      ' Goroutine 679 in state select, with main.(*Manager).campaign on top of the stack:',
      'goroutine 679 [select]:',
      'main.(*Manager).campaign(0xc000764000)',
      '\t/app/manager.go:210 +0x253',
      ']',
    ].map((line, at) => `[2021-12-01T09:40:42.${100 + at}Z] ${line}`);
    const [finding, ...others] = findingsIn(log.join('\n\n'));
    expect(others).toEqual([]);
    expect(finding).toMatchObject({ kind: 'LEFT_BEHIND', count: 2 });
    expect(finding!.sentence).toContain('main.(*Manager).campaign (/app/manager.go:210)');
    expect(finding!.sentence).toContain('main.(*Lease).renew (/app/lease.go:79)');
  });

  it('is left behind, in a log of the test', () => {
    const text = [
      '    run_test.go:158: found unexpected goroutines:',
      ...stack(13, '        ', '['),
      ...stack(127, '        ', ' '),
      '        ]',
      '--- FAIL: TestRun (61.34s)',
    ];
    expect(sentencesIn(text)).toEqual([
      [
        'LEFT_BEHIND',
        '2 goroutines are still there at the end of the test, in main.run.func1 (/app/run.go:141) (chan send), created by main.run, for up to 60 s.',
      ],
    ]);
  });

  it('is left behind where the test names it in words of its own, and indents the stack', () => {
    const leaked = (id: number) => [
      `        end2end_test.go:1388: Leaked goroutine: goroutine ${id} [select]:`,
      '                acme/rpc.NewStream.func1(0x7f9b8946d248, 0xc82035e690)',
      '                        /src/acme/rpc/stream.go:148 +0x257',
      '                created by acme/rpc.NewStream',
      '                        /src/acme/rpc/stream.go:156 +0xa99',
    ];
    const text = [
      '--- FAIL: TestLimit (7.02s)',
      '        end2end_test.go:365: Running test in TCP environment...',
      ...leaked(2738),
      '--- FAIL: TestOk (6.06s)',
      ...leaked(2750),
      'FAIL',
    ];
    expect(sentencesIn(text)).toEqual([
      [
        'LEFT_BEHIND',
        '2 goroutines are still there at the end of the test, in acme/rpc.NewStream.func1 (/src/acme/rpc/stream.go:148) (select), created by acme/rpc.NewStream.',
      ],
    ]);
  });

  it('is left behind also where it reads, and where Go has written its own header too', () => {
    const text = [
      'goleak: Errors on successful test run: found unexpected goroutines:',
      '[Goroutine 7 in state IO wait, with main.read on top of the stack:',
      'goroutine 7 [IO wait]:',
      'main.read()',
      '\t/app/read.go:9 +0xcd',
      ']',
    ];
    expect(sentencesIn(text)).toEqual([
      [
        'LEFT_BEHIND',
        '1 goroutine is still there at the end of the test, in main.read (/app/read.go:9) (IO wait).',
      ],
    ]);
  });
});

describe('counts of goroutines', () => {
  const frame = 'main.run+0x708';
  it.each<[string, string[]]>([
    [
      'below words and in a fence',
      [
        'It leaks:',
        '```',
        'goroutine profile: total 5',
        '5 @ 0x43c365 0x40892f',
        `#\t0x925da8\t${frame}\t/app/run.go:64`,
        '```',
      ],
    ],
    [
      'quoted',
      [
        '> goroutine profile: total 5',
        '> 5 @ 0x43c365 0x40892f',
        `> #\t0x925da8\t${frame}\t/app/run.go:64`,
      ],
    ],
    [
      'without the first line, tabs turned to blanks',
      ['5 @ 0x43c365 0x40892f 0x471da1', `#       0x925da8        ${frame}   /app/run.go:64`],
    ],
    [
      'below the headers of an answer',
      [
        'HTTP/1.1 200 OK\r',
        'Content-Type: text/plain\r',
        '\r',
        'goroutine profile: total 5',
        '5 @ 0x43c365',
        `#\t0x925da8\t${frame}\t/app/run.go:64`,
      ],
    ],
  ])('are read %s', (_, lines) => {
    expect(analyzeFile({ bytes: Buffer.from(lines.join('\n')), savedAtMs: 0 })).toMatchObject({
      goroutines: {
        total: 5,
        groups: [{ count: 5, frames: [{ function: 'main.run', file: '/app/run.go', line: 64 }] }],
      },
    });
  });
});
