/** What is said of a crash: what happened, where, and in which goroutine. */
import { describe, expect, it } from 'vitest';
import { goroutine, HANDLER } from './testing/dumps.ts';
import { toldIn } from './testing/findings.ts';

describe('a crash', () => {
  const stack = goroutine(
    12,
    'running',
    ['panic({0x1a2b3c0?, 0x2d4e6f0?})', '/usr/local/go/src/runtime/panic.go:770'],
    ['runtime.panicmem(...)', '/usr/local/go/src/runtime/panic.go:261'],
    ['runtime.sigpanic()', '/usr/local/go/src/runtime/signal_unix.go:881'],
    ['strings.(*Builder).grow(0x0)', '/usr/local/go/src/strings/builder.go:60'],
    ['main.load(0x0)', '/app/load.go:21'],
    ['main.serve(0x1)', '/app/serve.go:88'],
    ...HANDLER,
  );

  it('is told first, with the first own line below the panic and what called it', () => {
    const text = `2026/01/31 10:00:00 started\npanic: runtime error: invalid memory address or nil pointer dereference [recovered]\n\tpanic: again\n[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x1]\n\n${stack}`;
    expect(toldIn(text)).toMatchObject([
      {
        kind: 'PREVIOUS_RUN_DIED',
        severity: 'CRITICAL',
        sentence:
          'The program panicked: runtime error: invalid memory address or nil pointer dereference (SIGSEGV), in main.load (/app/load.go:21), called by main.serve (/app/serve.go:88), goroutine 12.',
        at: '/app/load.go:21',
      },
    ]);
  });

  it('that somebody has recovered from is a warning, with what the log says of it', () => {
    const record = JSON.stringify({
      level: 'error',
      msg: 'panic recovered',
      error: 'no such cart',
      stacktrace: stack,
    });
    expect(toldIn(`${record}\n${record}\n`)).toMatchObject([
      {
        kind: 'RECOVERED_PANIC',
        severity: 'WARNING',
        sentence: expect.stringMatching(
          /^The program panicked 2 times, and recovered: no such cart, in main\.load/,
        ),
      },
    ]);
  });

  it('of tests that took too long names the test, where it hangs, and what it has started', () => {
    const text =
      'panic: test timed out after 1s\n\trunning tests:\n\t\tTestRun (1s)\n\t\tTestRun/twice (1s)\n\n' +
      goroutine(21, 'running', [
        'testing.(*M).startAlarm.func1()',
        '/usr/local/go/src/testing/testing.go:2802',
      ]) +
      goroutine(
        5,
        'chan receive',
        ['testing.(*T).Run(0x1)', '/usr/local/go/src/testing/testing.go:2109'],
        ['shop.TestRun(0x1)', '/app/run_test.go:7'],
        ['created by testing.(*T).Run in goroutine 1', '/usr/local/go/src/testing/testing.go:2101'],
      ) +
      goroutine(
        7,
        'chan receive',
        ['shop.TestRun.func1(0x1)', '/app/run_test.go:9'],
        ['created by testing.(*T).Run in goroutine 5', '/usr/local/go/src/testing/testing.go:2101'],
      ) +
      goroutine(
        8,
        'select',
        ['shop.run()', '/app/run.go:52'],
        ['created by shop.TestRun.func1 in goroutine 7', '/app/run_test.go:8'],
      );
    expect(toldIn(text)).toMatchObject([
      {
        at: '/app/run_test.go:9',
        sentence:
          'The test TestRun/twice hung (test timed out after 1s), in shop.TestRun.func1 (/app/run_test.go:9) (chan receive), goroutine 7; what it started is still in shop.run (/app/run.go:52) (select).',
      },
    ]);
  });

  it('is none where a goroutine waits within a deferred call of a panic', () => {
    const deferred = goroutine(
      3,
      'chan receive',
      ['main.work.func1()', '/app/work.go:11'],
      ['panic({0x1, 0x2})', '/usr/local/go/src/runtime/panic.go:770'],
      ['main.work()', '/app/work.go:13'],
    );
    expect(toldIn(deferred)).toEqual([]);
  });

  it('that quotes goroutines is about the one that panicked', () => {
    const quoted = 'panic: goroutine 99 [running]:\nmain.fake()\n\t/fake.go:1 +0x1\n\n';
    const real = goroutine(1, 'running', ['main.main()', '/app/main.go:9']);
    expect(toldIn(`${quoted}\n${real}`)).toMatchObject([{ at: '/app/main.go:9' }]);
  });

  it('is none where somebody asked for the dump', () => {
    const dumped = goroutine(
      1,
      'running',
      [
        'runtime/pprof.writeGoroutineStacks({0x1, 0x2})',
        '/usr/local/go/src/runtime/pprof/pprof.go:692',
      ],
      ['main.debug()', '/app/debug.go:3'],
    );
    expect(toldIn(dumped)).toEqual([]);
    expect(
      toldIn(
        `SIGQUIT: quit\nPC=0x1 m=0 sigcode=0\n\n${goroutine(0, 'idle', ['runtime.futex()', '/usr/local/go/src/runtime/sys.s:560'])}`,
      ),
    ).toEqual([]);
  });
});
