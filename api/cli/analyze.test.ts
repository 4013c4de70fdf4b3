import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { foldedCpuProfile } from '../analyzers/testing/folded-cpu-profile.ts';
import { encodeProfile } from '../formats/pprof/profile.ts';
import { foldedProfile } from '../formats/testing/folded-profile.ts';
import { withExternalColumns } from '../profile/external-columns.ts';
import { DUMP, memStatsText } from '../targets/testing/fake-go-server.ts';
import {
  CPU,
  CRASH_LOG,
  CRASHED,
  DELTA,
  HEAP,
  heapOf,
  QUIET_DUMP,
  STUCK_DUMP,
  STUCK_SENTENCE,
} from '../targets/testing/saved-samples.ts';

const CLI = fileURLToPath(new URL('../cli.ts', import.meta.url));

interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

describe.concurrent('pprofql analyze', () => {
  const folder = mkdtempSync(join(tmpdir(), 'pprofql-analyze-'));

  /** In a folder of its own: the tests run beside each other. */
  function save(name: string, content: string | Uint8Array): string {
    const path = join(mkdtempSync(join(folder, 'case-')), name);
    writeFileSync(path, content);
    return path;
  }

  function run(file: string, ...args: string[]): Promise<Outcome> {
    return new Promise((resolve) => {
      execFile(file, args, (error, stdout, stderr) =>
        resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
      );
    });
  }

  const analyze = (...args: string[]) => run(process.execPath, CLI, 'analyze', ...args);

  /** By a shell, which `$1` and `$2` of are the CLI and a file. */
  function analyzeIn(shell: string, file: string): Promise<Outcome> {
    const node = `'${process.execPath}' "$1" analyze`;
    return run('bash', '-c', shell.replace('analyze', node), '-', CLI, file);
  }

  afterAll(() => rmSync(folder, { recursive: true }));

  it('says what is in a goroutine dump', async () => {
    const { code, stdout } = await analyze(save('dump.txt', DUMP));
    expect(code).toBe(0);
    expect(stdout).toContain('dump.txt: goroutine dump, 3 goroutines in 2 groups');
    expect(stdout).toMatch(/2 +chan receive +7 minutes +UNKNOWN +main\.wait +\/app\/main\.go:20/);
  });

  it.each([
    ['what is piped to it', 'analyze - < "$2"', 'stdin: goroutine dump, 3 goroutines in 2 groups'],
    ['a pipe', 'analyze <(cat "$2")', ': goroutine dump, 3 goroutines in 2 groups'],
  ])('reads %s', async (_, shell, head) => {
    const { code, stdout } = await analyzeIn(shell, save('dump.txt.gz', gzipSync(DUMP)));
    expect(stdout).toContain(head);
    expect(code).toBe(0);
  });

  it('says first what is wrong in a dump, with the line and the next step', async () => {
    const { stdout } = await analyze(save('stuck.txt', STUCK_DUMP));
    expect(stdout).toMatch(/^stuck\.txt: goroutine dump, .*\n {2}WARNING: .*\n {4}Look at /);
    expect(stdout).toContain(STUCK_SENTENCE);
  });

  it('says so where nothing looks stuck, and of a profile nothing about health', async () => {
    const { stdout } = await analyze(save('dump.txt', QUIET_DUMP), save('heap', HEAP));
    expect(stdout.match(/Nothing in these files looks stuck\./g)).toHaveLength(1);
  });

  it('tells buffers outside the heap beside it, where the profile has them', async () => {
    const heap = foldedProfile([['main;leak', 4, 4_096, 2, 2_048]]);
    const buffers = foldedProfile([['main;upload', 3, 9_000_000, 1, 3_000_000]]);
    const chunks = encodeProfile(withExternalColumns(heap, buffers), { program: 'shop' });
    const path = save('both', Buffer.concat([...chunks]));
    const { stdout } = await analyze(path);
    expect(stdout).toMatch(/^both: heap profile, 2.05 kB live/);
    const [, told = ''] = stdout.split('Buffers outside the heap');
    expect(told).toMatch(
      /^, 3.00 MB live, 9.00 MB ever made, 1 stack\n {2}Live buffers:\n.*upload/s,
    );
    expect(told).not.toContain('leak');
    const [json] = JSON.parse((await analyze(path, '--json')).stdout);
    expect(json.external).toMatchObject({ liveBytes: 3e6, inuse: [{ bytes: 3e6 }] });
    expect(json.external).not.toHaveProperty('profile');
  });

  it('prints what is wrong as JSON', async () => {
    const { stdout } = await analyze(save('stuck.txt', STUCK_DUMP), save('heap', HEAP), '--json');
    expect(JSON.parse(stdout)).toMatchObject([
      {
        health: {
          status: 'WARNING',
          findings: [
            {
              kind: 'STUCK_REQUESTS',
              sentence: STUCK_SENTENCE,
              culprit: { file: '/app/main.go', line: 20 },
            },
          ],
        },
      },
      { health: null },
    ]);
  });

  it('tells of a heap profile in text form its stacks, and the statistics at its end', async () => {
    const [head, ...statistics] = memStatsText({
      numGc: 2,
      totalAlloc: 9_000,
      cpuSeconds: 1,
    }).split('\n');
    const record = '1: 200 [2: 400] @ 0x4b42ac\n#\t0x4b42ab\tmain.leak+0x2b\t/app/leak.go:7\n';
    const unscaled = head!.replace('heap/1048576', 'heap/2');
    const { stdout } = await analyze(
      save('heap.txt', [unscaled, record, ...statistics].join('\n')),
      save('bare.txt', `${unscaled}\n${record}`),
    );
    const [whole = '', bare = ''] = stdout.split('bare.txt: ');
    expect(whole).toMatch(/^heap\.txt: heap profile, 200 B live, 400 B ever allocated, 1 stack\n/);
    expect(whole).toContain('The process: alloc 5.00 kB, total alloc 9.00 kB');
    expect(bare).not.toContain('The process');
    for (const told of [whole, bare]) {
      expect(told).toMatch(/Live:\n.*\n +200 B .* 1 +main\.leak +\/app\/leak\.go:7\n/);
      expect(told).toMatch(/Ever allocated:\n.*\n +400 B .* 2 +main\.leak/);
    }
  });

  it('says of a profile of differences what shrank', async () => {
    const { stdout } = await analyze(save('delta.pb', DELTA));
    expect(stdout).toContain('delta.pb: heap profile, -1.02 kB live');
    expect(stdout).toMatch(/-2\.05 kB +-4 +freed/);
  });

  it('marks what it knows from few samples only, where the profile tells its rate', async () => {
    // Of objects of 128 bytes each, as many and as much as a sample stands for.
    const sampled = (samples: number) => [8_192 * samples, 1_048_576 * samples] as const;
    const rated = {
      ...foldedProfile([
        ['main;few', ...sampled(1), ...sampled(1)],
        ['main;many', ...sampled(900), ...sampled(900)],
      ]),
      periodType: { type: 'space', unit: 'bytes' },
      period: 1_048_576,
    };
    const bytes = Buffer.concat([...encodeProfile(rated, { program: 'shop' })]);
    const { stdout } = await analyze(save('rated.pb', bytes));
    expect(stdout).toMatch(/BYTES +± 95 % +SAMPLES +OBJECTS/);
    expect(stdout).toMatch(/\n +≈ 1\.05 MB +4\.\d+ MB +1 +8192 +few/);
    expect(stdout).toMatch(/\n +944 MB +6\d\.\d MB +900 +7372800 +many/);
  });

  it('tells what a file is by its content, whatever its name', async () => {
    const { stdout } = await analyze(
      save('a.png', HEAP),
      save('b.png', gzipSync(HEAP)),
      save('c.pb.gz', CRASH_LOG),
      save('d.txt', gzipSync(DUMP)),
    );
    expect(stdout.match(/^[abcd]\..*$/gm)).toEqual([
      'a.png: heap profile, 2.05 kB live, 4.10 kB ever allocated, 1 stack',
      'b.png: heap profile, 2.05 kB live, 4.10 kB ever allocated, 1 stack',
      'c.pb.gz: goroutine dump, 3 goroutines in 2 groups',
      'd.txt: goroutine dump, 3 goroutines in 2 groups',
    ]);
  });

  it('reads a dump out of the log that it was written to, and says what it took off', async () => {
    const lines = DUMP.split('\n').map((line) => `2026-01-31T10:00:00.12Z stderr F ${line}`);
    lines.splice(2, 0, '2026-01-31T10:00:00.12Z stderr F 2026/01/31 10:00:00 GET /pay 200');
    const { stdout } = await analyze(save('pod.log', lines.join('\n')));
    expect(stdout).toContain('pod.log: goroutine dump, 3 goroutines in 2 groups');
    expect(stdout).toContain('  Unwrapped: CRI prefixes.\n');
    expect(stdout).toContain(
      '  1 log line in the middle of stacks left out, the first at line 3.\n',
    );
  });

  it('says first why a program died, and gives the locks and the cause as JSON', async () => {
    const crash = `panic: boom\n\n${CRASHED}`;
    const { stdout } = await analyze(save('crash.txt', crash));
    expect(stdout).toContain('CRITICAL: The program panicked: boom, in main.pay (/app/pay.go:9)');
    const json = await analyze(save('crash.txt', crash), '--json');
    expect(JSON.parse(json.stdout)).toMatchObject([
      { goroutines: { go: { crash: { kind: 'PANIC', message: 'boom' }, locks: [] } } },
    ]);
  });

  it('tables who waited for locks, and counts goroutines without states', async () => {
    const place = '#\t0x1\tmain.hold+0x1\t/app/hold.go:13\n';
    const { stdout } = await analyze(
      save(
        'mutex.txt',
        `--- mutex:\ncycles/second=1000000000\nsampling period=1\n9000000 4 @ 0x1\n${place}`,
      ),
      save('goroutine.txt', `goroutine profile: total 7\n7 @ 0x1\n${place}`),
    );
    expect(stdout).toContain('mutex.txt: mutex profile, 4 waits for locks of 9 ms in all');
    expect(stdout).toMatch(/9 ms +4 +main\.hold +\/app\/hold\.go:13/);
    expect(stdout).toContain('goroutine.txt: goroutine profile, 7 goroutines in 1 group');
    expect(stdout).toContain('`goroutine?debug=2` does');
  });

  it('prints all findings as JSON', async () => {
    const { stdout } = await analyze(save('dump.txt', DUMP), save('heap', HEAP), '--json');
    expect(JSON.parse(stdout)).toMatchObject([
      { file: 'dump.txt', kind: 'GOROUTINES', goroutines: { total: 3 } },
      {
        file: 'heap',
        kind: 'HEAP',
        allocations: { liveBytes: 2_048, cumulativeBytes: 4_096 },
        external: null,
      },
    ]);
  });

  it('compares two dumps: what is new, grew and went, and which findings', async () => {
    const files = [
      save('base.txt', QUIET_DUMP),
      save('target.txt', `${QUIET_DUMP}\n${STUCK_DUMP}`),
    ];
    const { code, stdout } = await analyze(...files, '--diff');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^base\.txt → target\.txt: 3 → 4 in all \(\+1\)\n/);
    expect(stdout).toContain(`New WARNING: ${STUCK_SENTENCE}`);
    expect(stdout).toMatch(/More:\n.*\n +\+1 +0 +1 +chan receive +new +main\.wait +\/app\/main/);
    expect(stdout).not.toContain('Less:');
    const json = JSON.parse((await analyze(...files.toReversed(), '--diff', '--json')).stdout);
    expect(json).toMatchObject({
      change: { kind: 'GOROUTINES', tasks: { shrunk: [{ change: 'GONE', countDelta: -1 }] } },
      findings: { appeared: [], gone: [{ kind: 'STUCK_REQUESTS' }] },
    });
  });

  it('compares two profiles of one kind, and says what cannot be compared', async () => {
    const heap = save('heap', HEAP);
    const more = save('more', heapOf(['main;leak', 9, 9_096, 7, 7_048]));
    const cpu = save('cpu', CPU);
    const slower = foldedCpuProfile('main work 3 2', 'main wait 1 1');
    const later = save('later', Buffer.concat([...encodeProfile(slower, { program: 'shop' })]));
    const [heaps, times, unlike, lone] = await Promise.all([
      analyze(heap, more, '--diff'),
      analyze(cpu, later, '--diff'),
      analyze(heap, cpu, '--diff'),
      analyze(heap, '--diff'),
    ]);
    expect(heaps.stdout).toContain('heap → more: live memory, 2.05 kB → 7.05 kB (+5.00 kB)');
    expect(heaps.stdout).toMatch(/\+5\.00 kB +2\.05 kB +7\.05 kB +grew +leak/);
    expect(times.stdout).toMatch(/More:\n.*\n +\+25\.0 % +0\.0 % +25\.0 % +\+25\.0 % +new +wait/);
    expect(unlike).toMatchObject({ code: 1, stdout: '' });
    expect(unlike.stderr).toContain('heap is a heap profile, cpu is a CPU profile');
    expect(lone.code).toBe(2);
  });

  it('keeps control characters of a dump away from the terminal', async () => {
    const { stdout } = await analyze(
      save('evil', DUMP.replaceAll('main.wait', 'main.\x1b[31mred')),
    );
    expect(stdout).not.toContain('\x1b');
  });

  it.each([
    ['text', 'hello\n'],
    ['nothing', ''],
    ['a web page', '<!doctype html><title>Log in</title>'],
    ['random bytes', Buffer.from('f3a1c2d4e5060708090a0b0c', 'hex')],
    ['damaged gzip data', gzipSync(HEAP).subarray(0, 20)],
  ])('answers %s with one line and exit code 1', async (_what, content) => {
    const { code, stdout, stderr } = await analyze(save('garbage', content));
    expect(code).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^pprofql: .*garbage: .+\n$/);
  });

  it('says so where a file is missing', async () => {
    const { code, stderr } = await analyze(join(folder, 'absent'));
    expect(code).toBe(1);
    expect(stderr).toContain('absent: there is no such file');
  });

  it('explains itself where no file is named', async () => {
    const { code, stderr } = await analyze('--json');
    expect(code).toBe(2);
    expect(stderr).toContain('Usage: pprofql analyze FILE');
  });
});
