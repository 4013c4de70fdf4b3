/** Inputs that are not held as a whole. */
import { spawnSync } from 'node:child_process';
import {
  closeSync,
  fstatSync,
  openSync,
  readFileSync,
  readSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../scripts/testing/temporary-folder.ts';
import { parseGoDump, parseLargeGoDump, parseLargeLog } from '../../go-dump/parse.ts';
import { FileText } from './file-text.ts';
import { PipedBytes } from './piped-bytes.ts';

const CLI = fileURLToPath(new URL('../../cli.ts', import.meta.url));
/** More than two pieces, by few lines, since it is these that take time. */
const GOROUTINES = 15_000;
const LONG_ARGUMENTS = Array.from({ length: 50 }, (_, at) => `0x${at}`).join(', ');

function goroutine(id: number): string {
  const isWaiting = id % 100 === 7;
  const frames = isWaiting
    ? 'sync.runtime_SemacquireMutex(0x0?, 0x0?, 0x1?)\n\t/usr/local/go/src/runtime/sema.go:77 +0x25\nsync.(*Mutex).lockSlow(0xc000100010)\n\t/usr/local/go/src/sync/mutex.go:171 +0x15d\nmain.(*store).put(0xc000100000)\n\t/app/store.go:9 +0x3\n'
    : '';
  const state = isWaiting ? 'sync.Mutex.Lock' : 'chan receive';
  return `goroutine ${id} [${state}, 7 minutes]:\n${frames}main.step${id % 500}(0x${id.toString(16)})\n\t/app/step.go:${id % 90} +0x1d\ncreated by main.start in goroutine 1\n\t/app/main.go:8 +0x22\n${`main.deep(${LONG_ARGUMENTS})\n\t/app/deep.go:1 +0x1\n`.repeat(5)}\n`;
}

const HOLDER =
  'goroutine 99999 [IO wait, 7 minutes]:\nmain.(*store).save(0xc000100000)\n\t/app/store.go:30 +0x3\n\n';

function fileOf(content: string): FileText {
  const dump = join(temporaryFolder(), 'dump');
  writeFileSync(dump, content);
  const file = openSync(dump, 'r');
  onTestFinished(() => closeSync(file));
  return new FileText(file, fstatSync(file).size);
}

describe('a dump that is read piece by piece', () => {
  const dump = Array.from({ length: GOROUTINES }, (_, at) => goroutine(at + 1)).join('') + HOLDER;

  it('is the same as one that is held, its locks and who holds them included', () => {
    const text = fileOf(dump);
    expect([...text.pieces()].length).toBeGreaterThan(2);
    const read = parseLargeGoDump(text, text.from(0, 4_096));
    expect(read?.locks).toMatchObject([
      { kind: 'MUTEX', waiters: 150, likelyHolder: { goroutineId: 99999 } },
    ]);
    expect(read).toEqual(parseGoDump(dump));
  });

  it.each([
    ['a log has put something around it', dump.replaceAll(/^/gm, 'api-1  | ')],
    ['its lines make no sense', `${dump}\tgoroutine [x\n\t\tnever(\n${dump.slice(0, 900)}`],
    ['it is no dump', 'x'.repeat(20_000_000)],
  ])('has to be held where %s', (_, content) => {
    const text = fileOf(content);
    expect(parseLargeGoDump(text, text.from(0, 4_096))).toBeNull();
  });

  it('ends where the file ends, in the middle of a goroutine or a line', () => {
    for (const end of [
      '',
      'goroutine 5 [select]:\nmain.a(0x1)\n\t/app/a.go:5',
      'goroutine 5 [select]:\n',
    ]) {
      const text = fileOf(dump + end);
      expect(parseLargeGoDump(text, text.from(0, 4_096))).toEqual(parseGoDump(dump + end));
    }
  });
});

describe('a log of which only the goroutines, and what stands around them, are held', () => {
  const dump = [
    ...['panic: boom', '', 'goroutine 7 [running]:', 'main.work(0x1)', '\t/app/a.go:17 +0x1d', ''],
    ...['goroutine 9 [chan send, 6 minutes]:', 'main.send(0x1)', '\t/app/b.go:3 +0x1', ''],
  ];
  const AGENT = 'x'.repeat(500);
  const served = (count: number) =>
    Array.from({ length: count }, (_, at) => `GET /pay ${at} 200 ${AGENT}`);
  /** More than two pieces before the first dump, between them, and behind the second. */
  const MANY = 40_000;
  const lines = [...served(MANY), ...dump, ...served(MANY), ...dump, ...served(MANY)];

  it.each<[string, (line: string, at: number) => string]>([
    ['compose', (line) => `api-1  | ${line}`],
    ['CRI', (line, at) => `2026-01-31T10:00:00.${at % 1_000}1Z stderr F ${line}`],
    ['Docker', (line) => JSON.stringify({ log: `${line}\n`, stream: 'stderr', time: 'x' })],
    ['bare', (line) => line],
  ])('of %s gives what it gives where all of it is held', (_, wrap) => {
    const log = lines.map(wrap).join('\n');
    const text = fileOf(log);
    const read = parseLargeLog(text, text.from(0, 64 * 1_024))!;
    const held = parseGoDump(log);
    expect(read.stats).toMatchObject({
      headers: 4,
      lines: lines.length,
      truncated: false,
      unwrapped: held.stats.unwrapped,
      notUnderstood: held.stats.notUnderstood,
    });
    expect({ ...read, stats: null }).toEqual({ ...held, stats: null });
    // Nothing of what is far from a goroutine was read as text.
    expect(read.stats.surrounding.count).toBeLessThan(60_000);
  });

  it('tells lines by their numbers in the file', () => {
    const log = [...served(MANY), 'goroutine 5 [select', ...dump, ...served(MANY)].join('\n');
    const text = fileOf(log);
    const { stats } = parseLargeLog(text, text.from(0, 64 * 1_024))!;
    expect(stats.notUnderstood.examples).toEqual(parseGoDump(log).stats.notUnderstood.examples);
    expect(stats.notUnderstood.examples[0]?.line).toBe(MANY + 1);
  });

  it.each([
    ['it has no goroutine', served(20_000).join('\n')],
    ['it is one document', `[\n${dump.map((line) => JSON.stringify(line)).join(',\n')}\n]`],
    ['it is a table', `Date,Host,Message\n${dump.map((line) => `1,a,"${line}"`).join('\n')}`],
    ['it is no UTF-8', Buffer.from(dump.join('\n'), 'utf16le').toString('latin1')],
  ])('has to be held where %s', (_, log) => {
    const text = fileOf(log);
    expect(parseLargeLog(text, text.from(0, 64 * 1_024))).toBeNull();
  });
});

describe('a million goroutines that are all different', () => {
  const MOST_BYTES = 400e6;
  const PRINT_PEAK =
    'data:text/javascript,process.on("exit",()=>process.stderr.write(process.resourceUsage().maxRSS+" kB"))';

  it('are analyzed within 400 MB, also as JSON', () => {
    const folder = temporaryFolder();
    const dump = join(folder, 'dump');
    const file = openSync(dump, 'w');
    for (let from = 1; from <= 1_000_000; from += 10_000) {
      const goroutines = Array.from({ length: 10_000 }, (_, at) => ownGoroutine(from + at));
      writeSync(file, goroutines.join(''));
    }
    closeSync(file);
    const answer = join(folder, 'answer');
    const output = openSync(answer, 'w');
    const { stderr } = spawnSync(
      process.execPath,
      ['--import', PRINT_PEAK, CLI, 'analyze', '--json', dump],
      { stdio: ['ignore', output, 'pipe'], encoding: 'utf8' },
    );
    closeSync(output);
    const peak = /^(\d+) kB$/.exec(stderr)?.[1];
    expect(Number(peak) * 1_024).toBeLessThan(MOST_BYTES);
    const [{ goroutines }] = JSON.parse(readFileSync(answer, 'utf8'));
    expect(goroutines.total).toBe(1_000_000);
    expect(goroutines.stats.mergedGoroutines).toBeGreaterThan(900_000);
  });

  function ownGoroutine(id: number): string {
    return `goroutine ${id} [chan receive, ${id % 50} minutes]:\nmain.f${id}(0x1)\n\t/app/f${id}.go:${id % 900} +0x1d\n\n`;
  }
});

describe('what is piped', () => {
  const limits = { heldBytes: 1_000, mostBytes: 5_000 };

  it('is held while it is small', () => {
    const bytes = new PipedBytes(limits);
    bytes.add(Buffer.alloc(1_000, 1));
    expect(bytes.file).toBeNull();
    expect(bytes.finish()).toEqual(Buffer.alloc(1_000, 1));
  });

  it('is in a file from then on, however much it is', () => {
    const bytes = new PipedBytes(limits);
    for (let at = 0; at < 10; at++) bytes.add(Buffer.alloc(700, at));
    const file = bytes.file!;
    onTestFinished(() => closeSync(file));
    const read = Buffer.alloc(8_000);
    expect(readSync(file, read, 0, read.length, 0)).toBe(7_000);
    expect(bytes.size).toBe(7_000);
    for (let at = 0; at < 10; at++) expect(read[at * 700 + 699]).toBe(at);
  });
});
