import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { temporaryFolder } from '../../../../scripts/testing/temporary-folder.ts';
import { createEndLock, writeUnlessEnding } from '../../../probe/process/end-of-run.ts';
import { readProcessFacts } from '../../../probe/process/facts.ts';
import { aBox, WRITTEN_AT_MS } from '../../../targets/testing/black-box.ts';
import { openBlackBox } from '../black-box.ts';
import { identify } from '../kernel.ts';
import { parseBox } from '../record/read.ts';
import { type BlackBox, encodeBox, MAX_BOX_BYTES } from '../record/record.ts';
import { openOwnFolder } from './files.ts';
import { type BoxFiles, boxFiles, isBoxName, programKey } from './names.ts';
import { claimPreviousRun, prune, writeBox } from './store.ts';

const NOW_MS = WRITTEN_AT_MS + 60_000;
const PROGRAM = aBox().program;

const filesOf = (folder: string, pid = 1, startedAtMs = NOW_MS): BoxFiles =>
  boxFiles(folder, PROGRAM, { pid, startedAtMs });

/** Puts the box of a run there. */
function leave(folder: string, given: Partial<BlackBox> = {}, pid = 7): BoxFiles {
  const files = filesOf(folder, pid, 1);
  writeBox(files.box, aBox(given), files.temporary);
  return files;
}

function age(path: string, days: number): void {
  const at = new Date(Date.now() - days * 24 * 3_600_000);
  utimesSync(path, at, at);
}

describe('a black box', () => {
  it('is read as it was written', () => {
    const folder = temporaryFolder();
    const { box } = leave(folder);
    expect(parseBox(readFileSync(box, 'utf8'))).toEqual(aBox());
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('is no larger than it may be, whatever is known', () => {
    const [row] = aBox().allocations!.rows;
    const [group] = aBox().tasks!;
    const frames = Array.from({ length: 100 }, () => ({
      ...row!.frames[0]!,
      file: 'f'.repeat(2_000),
    }));
    const huge = aBox({
      history: Array.from({ length: 10_000 }, () => aBox().history[0]!),
      allocations: {
        ...aBox().allocations!,
        rows: Array.from({ length: 100 }, () => ({ ...row!, frames })),
      },
      tasks: Array.from({ length: 1_000 }, () => ({ ...group!, frames })),
    });
    const folder = temporaryFolder();
    const { box } = leave(folder, huge);
    expect(statSync(box).size).toBeLessThanOrEqual(MAX_BOX_BYTES);
    expect(parseBox(readFileSync(box, 'utf8')).history.length).toBeGreaterThan(0);
    expect(encodeBox(aBox())).not.toContain('…');
  });
});

describe('the run before', () => {
  it('is told once, with how it ended', () => {
    const folder = temporaryFolder();
    const { end } = leave(folder);
    const note = { atMs: NOW_MS, exitCode: 3, error: null, signal: null };
    writeFileSync(end, JSON.stringify(note), { mode: 0o600 });
    const own = filesOf(folder);
    expect(claimPreviousRun(own, NOW_MS)).toEqual(aBox({ end: note }));
    // A sidecar that is started again is told the same, and another start nothing.
    expect(claimPreviousRun(own, NOW_MS)).toEqual(aBox({ end: note }));
    expect(claimPreviousRun(filesOf(folder, 2), NOW_MS)).toBeNull();
    expect(readdirSync(folder)).toEqual([expect.stringMatching(/\.told-1-\w+\.json$/)]);
  });

  it('is the latest; what ended long before that is told to nobody', () => {
    const folder = temporaryFolder();
    leave(folder, { writtenAtMs: WRITTEN_AT_MS - 3_600_000 }, 7);
    leave(folder, {}, 8);
    expect(claimPreviousRun(filesOf(folder), NOW_MS)?.writtenAtMs).toBe(WRITTEN_AT_MS);
    expect(claimPreviousRun(filesOf(folder, 2), NOW_MS)).toBeNull();
  });

  it('is another one for each of several that ended together', () => {
    const folder = temporaryFolder();
    leave(folder, {}, 7);
    leave(folder, { writtenAtMs: WRITTEN_AT_MS - 1_000 }, 8);
    const times = [1, 2, 3].map(
      (pid) => claimPreviousRun(filesOf(folder, pid), NOW_MS)?.writtenAtMs,
    );
    expect(times).toEqual([WRITTEN_AT_MS, WRITTEN_AT_MS - 1_000, undefined]);
  });

  it.runIf(process.platform === 'linux')('is none that still runs, or of another program', () => {
    const folder = temporaryFolder();
    const running = { ...aBox().process, ...identify('self'), pid: process.pid };
    leave(folder, { process: running }, 7);
    leave(folder, { program: 'fedcba9876543210' }, 8);
    expect(claimPreviousRun(filesOf(folder), NOW_MS)).toBeNull();
    // The same number, used again.
    leave(folder, { process: { ...running, startTicks: 1 } }, 9);
    expect(claimPreviousRun(filesOf(folder), NOW_MS)).not.toBeNull();
  });

  it.runIf(process.platform === 'linux')('of another container is over where it is silent', () => {
    const folder = temporaryFolder();
    const elsewhere = { ...aBox().process, ...identify('self'), pidNamespace: 'pid:[1]' };
    leave(folder, { process: elsewhere });
    const own = filesOf(folder);
    expect(claimPreviousRun(own, NOW_MS, WRITTEN_AT_MS + 20_000)).toBeNull();
    expect(claimPreviousRun(own, NOW_MS, WRITTEN_AT_MS + 40_000)).not.toBeNull();
  });

  it('is none where somebody else made the box, or damaged it', () => {
    const folder = temporaryFolder();
    const text = readFileSync(leave(temporaryFolder()).box, 'utf8');
    const { box } = filesOf(folder, 7, 1);
    const target = join(folder, 'elsewhere');
    writeFileSync(target, text);
    symlinkSync(target, box);
    expect(claimPreviousRun(filesOf(folder), NOW_MS)).toBeNull();
    const texts = [
      text.slice(0, text.length / 2),
      text.replace(/"pprofqlBlackBox":1/, '"pprofqlBlackBox":2'),
      text.replace(/"pid":\d+/, '"pid":"no"'),
      'x'.repeat(300_000),
      '[]',
      '',
    ];
    for (const [at, damaged] of texts.entries()) {
      writeFileSync(filesOf(folder, 20 + at, 1).box, damaged);
    }
    execFileSync('mkfifo', [filesOf(folder, 40, 1).box]);
    mkdirSync(filesOf(folder, 41, 1).box);
    expect(claimPreviousRun(filesOf(folder), NOW_MS)).toBeNull();
  });

  it('goes after a week, and where there are ten younger ones', () => {
    const folder = temporaryFolder();
    for (let pid = 10; pid < 25; pid += 1) leave(folder, {}, pid);
    const { box } = leave(folder, {}, 99);
    age(box, 8);
    writeFileSync(join(folder, 'of-the-user.json'), '{}');
    prune(filesOf(folder));
    expect(readdirSync(folder)).toHaveLength(11);
    expect(readdirSync(folder)).toContain('of-the-user.json');
  });
});

describe('the black boxes of other programs', () => {
  const leaveMany = (folder: string, count: number) => {
    const others = Array.from({ length: count }, (_, index) => {
      const { program } = filesOf(folder);
      const other = index.toString(16).padStart(program.length, '0');
      return boxFiles(folder, other, { pid: 7, startedAtMs: NOW_MS }).box;
    });
    for (const box of others) writeFileSync(box, '{}');
    return others;
  };

  it('go after a week', () => {
    const folder = temporaryFolder();
    const [old, younger] = leaveMany(folder, 2);
    age(old!, 8);
    age(younger!, 6);
    prune(filesOf(folder));
    expect(readdirSync(folder)).toEqual([basename(younger!)]);
  });

  it('go after a day where there are very many, some hundred at a time', () => {
    const folder = temporaryFolder();
    for (const box of leaveMany(folder, 800)) age(box, 2);
    const counts = Array.from({ length: 3 }, () => {
      prune(filesOf(folder));
      return readdirSync(folder).length;
    });
    expect(counts).toEqual([600, 400, 400]);
  });
});

describe('the folder', () => {
  it('is made for the user alone, and closed where it holds nothing else', () => {
    const folder = join(temporaryFolder(), 'boxes');
    openOwnFolder(folder, isBoxName);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
    chmodSync(folder, 0o755);
    openOwnFolder(folder, isBoxName);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it('is refused where it is a link, a file, open with something in it, or somebody else’s', () => {
    const folder = temporaryFolder();
    const link = join(folder, 'link');
    symlinkSync(temporaryFolder(), link);
    expect(() => openOwnFolder(link, isBoxName)).toThrow(/is a link$/);
    const file = join(folder, 'file');
    writeFileSync(file, '');
    expect(() => openOwnFolder(file, isBoxName)).toThrow();
    chmodSync(folder, 0o755);
    expect(() => openOwnFolder(folder, isBoxName)).toThrow(/is open to other users/);
    // An empty one may be the system's.
    const shared = temporaryFolder();
    chmodSync(shared, 0o1777);
    expect(() => openOwnFolder(shared, isBoxName)).toThrow(/is there for all users$/);
    expect(statSync(shared).mode & 0o7777).toBe(0o1777);
    const getuid = process.getuid!;
    process.getuid = () => getuid() + 1;
    onTestFinished(() => {
      process.getuid = getuid;
    });
    expect(() => openOwnFolder(temporaryFolder(), isBoxName)).toThrow(/belongs to another user$/);
  });

  it('is made with its parents', () => {
    const folder = join(temporaryFolder(), 'above', 'boxes');
    openOwnFolder(folder, isBoxName);
    expect(statSync(folder).mode & 0o777).toBe(0o700);
  });

  it.runIf(process.platform === 'linux')('is given up where the system has no place for it', () => {
    const files = new URL('files.ts', import.meta.url).href;
    const code = `import { openOwnFolder } from '${files}';
      try { openOwnFolder('/proc/pprofql-boxes', () => true); } catch (error) { console.log(error.code); }`;
    // A process of its own: a loop in native code would end no test.
    const said = execFileSync(process.execPath, ['--input-type=module', '-e', code], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(said).toMatch(/^E[A-Z]+\n$/);
  });

  it('is made anew where something has taken it away', () => {
    const folder = join(temporaryFolder(), 'boxes');
    const files = filesOf(folder);
    const keeper = openBlackBox({
      files,
      endLock: createEndLock(),
      process: readProcessFacts(),
      firstFigures: null,
      pprofqlVersion: null,
      intervalMs: 10_000,
    });
    rmSync(folder, { recursive: true });
    keeper.write({
      figures: null,
      guessedOldSpaceBytes: null,
      history: [],
      allocations: null,
      tasks: null,
      findings: [],
      lastStall: null,
    });
    expect(keeper.status()).toEqual({ file: files.box, disabledReason: null });
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('that cannot be written to switches the black box off, with the reason', () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const options = {
      endLock: createEndLock(),
      process: readProcessFacts(),
      firstFigures: null,
      pprofqlVersion: null,
      intervalMs: 10_000,
    };
    const { status, previousRun } = openBlackBox({ ...options, files: filesOf(join(file, 'in')) });
    expect(status()).toEqual({
      file: null,
      disabledReason: expect.stringMatching(/^the black box cannot be written: ENOTDIR/),
    });
    expect(previousRun()).toBeNull();
  });
});

it('is not written while the program ends', () => {
  const endLock = createEndLock();
  const written: number[] = [];
  writeUnlessEnding(endLock, () => written.push(1));
  Atomics.store(new Int32Array(endLock), 0, 2);
  writeUnlessEnding(endLock, () => written.push(2));
  expect(written).toEqual([1]);
});

it('a program is one by its script, folder and arguments', () => {
  const facts = { cwd: '/app', entryFile: '/app/a.js' };
  const run = (args: string[], execArgv: string[] = []) =>
    programKey(facts, { argv: ['node', '/app/a.js', ...args], execArgv });
  expect(run(['--port', '1'])).toBe(run(['--port', '1'], ['--max-old-space-size=99']));
  expect(run(['--port', '1'])).not.toBe(run(['--port', '2']));
  expect(programKey({ ...facts, cwd: '/other' })).not.toBe(programKey(facts));
  expect(run(['secret'])).toMatch(/^[\da-f]{16}$/);
});
