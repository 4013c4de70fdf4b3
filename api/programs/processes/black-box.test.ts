import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Ending, launchObserved, Program } from '../../../scripts/testing/program.ts';
import { type PreviousRun, previousRunOf } from '../../diagnostics/black-box/runs/previous-run.ts';
import { boxFiles, readName } from '../../diagnostics/black-box/store/names.ts';
import { claimPreviousRun } from '../../diagnostics/black-box/store/store.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/dies/program.mjs', import.meta.url),
);
const HANDLES_STOPS = 'handles-stops';
const WAYS = ['heap', 'memory', 'kill', 'throw', 'exit', 'abort', 'stop', 'signal', 'end'] as const;
type Way = (typeof WAYS)[number];
/** As the system or a supervisor does it: of a program that signals itself Node is told, and hangs up on debuggers first. */
const SIGNALS: Partial<Record<Way, NodeJS.Signals>> = { kill: 'SIGKILL', stop: 'SIGTERM' };

interface Death {
  ending: Ending;
  /** The same without pprofql; of the heap, which takes its time, it is known. */
  plain: Ending | null;
  files: string[];
  run: PreviousRun | null;
}

const argsOf = (way: Way) => [
  '--max-old-space-size=48',
  PROGRAM,
  way,
  ...(way === 'stop' || way === 'signal' ? [] : [HANDLES_STOPS]),
];

async function dieOf(way: Way, folder: string): Promise<Death> {
  const env = { PPROFQL_BLACK_BOX: folder, PPROFQL_INTERVAL_MS: '1000' };
  await using program = launchObserved(argsOf(way), { env });
  await program.url();
  await vi.waitFor(() => expect(textIn(folder)).toMatch(/"sequence"/));
  end(program, way);
  const ending = await program.ended;
  const files = await readdir(folder);
  const plain = way === 'heap' ? null : await dieUnobserved(way);
  return { ending, plain, files, run: claim(folder, files) };
}

async function dieUnobserved(way: Way): Promise<Ending> {
  await using program = new Program(argsOf(way));
  await program.printed(/listeners/);
  end(program, way);
  return await program.ended;
}

function end(program: Program, way: Way): void {
  const signal = SIGNALS[way];
  if (signal === undefined) program.write('now');
  else process.kill(program.pid, signal);
}

function textIn(folder: string): string {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
    .join();
}

/** As the next start of the program does it. */
function claim(folder: string, [name]: readonly string[]): PreviousRun | null {
  if (name === undefined) return null;
  const { program } = readName(name)!;
  const next = boxFiles(folder, program, { pid: 1, startedAtMs: Date.now() });
  const box = claimPreviousRun(next, Date.now());
  return box && previousRunOf(box, Date.now());
}

/** Without what tells of this process alone: addresses, times, and pprofql’s own line. */
const comparable = (stderr: string) =>
  stderr
    .replace(/^pprofql: http\S+\n/m, '')
    .replace(/0x[\da-f]+/g, '0x')
    .replace(/^(?:.*\[[^\]]*\] +\d+ ms: .*|\d+: 0x.*|)\n/gm, '');

const deaths = new Map<Way, Death>();
const folders = new Map<Way, string>();
afterAll(() => Promise.all([...folders.values()].map((folder) => rm(folder, { recursive: true }))));

beforeAll(async () => {
  await Promise.all(
    WAYS.map(async (way) => {
      const folder = await mkdtemp(join(tmpdir(), 'pprofql-box-'));
      folders.set(way, folder);
      deaths.set(way, await dieOf(way, folder));
    }),
  );
});

const deathOf = (way: Way): Death => deaths.get(way)!;

describe('a program that dies', () => {
  it.each<[Way, number | null, NodeJS.Signals | null]>([
    ['heap', null, 'SIGABRT'],
    ['memory', 1, null],
    ['kill', null, 'SIGKILL'],
    ['throw', 1, null],
    ['exit', 3, null],
    ['abort', null, 'SIGABRT'],
    ['stop', null, 'SIGTERM'],
    ['signal', null, 'SIGTERM'],
    ['end', 0, null],
  ])('of %s ends as without pprofql', (way, code, signal) => {
    const { ending, plain } = deathOf(way);
    expect(ending).toMatchObject({ code, signal });
    if (plain === null) {
      expect(ending.stderr).toMatch(/^FATAL ERROR: .*JavaScript heap out of memory$/m);
      expect(ending.stderr).not.toMatch(/NearHeapLimit|Spawning|Wrote/);
    } else {
      expect(plain).toMatchObject({ code, signal });
      expect(comparable(ending.stderr)).toBe(comparable(plain.stderr));
    }
    expect(ending.stdout).toBe('listeners: 0\n');
  });

  it.each<[Way, string, RegExp]>([
    [
      'heap',
      'OUT_OF_MEMORY',
      /^The run before died of heap out of memory at .*, holding \d[\d.]* MB, \d+ % from (?:Timeout\.)?searchCached \(.*program\.mjs:\d+\)\.$/,
    ],
    [
      'memory',
      'UNCAUGHT_EXCEPTION',
      /^The run before died of an uncaught RangeError in .*loadImage \(.*program\.mjs:\d+\) at /,
    ],
    [
      'kill',
      'KILLED',
      /^The run before was killed at .* \(SIGKILL, an abort or a crash of native code\)/,
    ],
    [
      'throw',
      'UNCAUGHT_EXCEPTION',
      /^The run before died of an uncaught TypeError in .*parseOrder \(.*program\.mjs:\d+\) at .* after \d+ s\.$/,
    ],
    ['exit', 'EXIT_CODE', /^The run before ended with exit code 3 at /],
    ['abort', 'KILLED', /^The run before was killed at /],
    ['signal', 'SIGNAL', /^The run before was stopped by SIGTERM at /],
    [
      'stop',
      'KILLED',
      /^The run before ended at .* without a word: by a signal that it does not catch/,
    ],
  ])('of %s is explained afterwards', (way, how, sentence) => {
    const { run } = deathOf(way);
    expect(run?.end.how).toBe(how);
    expect(run?.sentence).toMatch(sentence);
  });

  it('leaves nothing behind where it ends well', () => {
    expect(deathOf('end')).toMatchObject({ files: [], run: null });
  });

  it('keeps its last figures, and no message, argument or variable', () => {
    const { run } = deathOf('heap');
    expect(run?.history.length).toBeGreaterThan(0);
    expect(run?.allocations?.rows[0]?.frames[0]?.function).toBe('searchCached');
    for (const [way, folder] of folders) {
      expect(textIn(folder), way).not.toMatch(/jane@example|x-4711-y|handles-stops|PPROFQL_/);
    }
  });

  it('writes where nobody else can read it', async () => {
    const folder = folders.get('kill')!;
    const [name] = await readdir(folder);
    if (process.platform === 'win32') return;
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    expect((await stat(join(folder, name!))).mode & 0o777).toBe(0o600);
  });
});

describe('the next start', () => {
  interface Told {
    previousRun: { how: string; error: string; errorFrames: { path: string }[] } | null;
    health: { findings: { kind: string; severity: string; sentence: string }[] };
    instrumentation: { blackBoxFile: string | null; blackBoxDisabledReason: string | null };
  }
  const QUESTION = `{
    previousRun { how error errorFrames { path } }
    health { findings { kind severity sentence } }
    instrumentation { blackBoxFile blackBoxDisabledReason }
  }`;

  it('tells of it, and the one after a good end does not', async () => {
    const folder = folders.get('throw')!;
    const env = { PPROFQL_BLACK_BOX: folder };
    // Told before to the test, so that it has to die once more.
    await using program = launchObserved(argsOf('throw'), { env });
    await program.url();
    program.write('now');
    await program.ended;
    {
      await using next = launchObserved(argsOf('throw'), { env });
      const told = await next.ask<Told>(QUESTION);
      expect(told.previousRun).toMatchObject({ how: 'UNCAUGHT_EXCEPTION', error: 'TypeError' });
      expect(told.previousRun!.errorFrames[0]!.path).toBe('scripts/fixtures/dies/program.mjs');
      expect(told.health.findings).toContainEqual({
        kind: 'PREVIOUS_RUN_DIED',
        severity: 'WARNING',
        sentence: expect.stringMatching(
          /TypeError in \S*parseOrder \(scripts\/fixtures\/dies\/program\.mjs:\d+\)/,
        ),
      });
      expect(told.instrumentation.blackBoxFile).toMatch(/\.json$/);
      next.signal('SIGTERM');
      expect((await next.ended).code).toBe(143);
    }
    await using other = launchObserved(argsOf('throw'), { env });
    const told = await other.ask<Told>(QUESTION);
    expect(told.previousRun).toMatchObject({ how: 'SIGNAL' });
    expect(told.health.findings.filter(({ kind }) => kind === 'PREVIOUS_RUN_DIED')).toEqual([]);
  });
});
