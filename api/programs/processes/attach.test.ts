import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../../../scripts/testing/free-port.ts';
import { Program, REGISTER } from '../../../scripts/testing/program.ts';
import { attachedFile } from '../../cli/attach/attached-file.ts';
import { openInspector } from '../../cli/attach/inspector-client.ts';
import { attachable } from '../../cli/processes/refusal.ts';
import { openFamily } from '../../targets/children/place.ts';

const CLI = fileURLToPath(new URL('../../cli.ts', import.meta.url));
const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/attached/program.mjs', import.meta.url),
);
const STATES = fileURLToPath(new URL('../../../scripts/fixtures/attached/states', import.meta.url));
const ADDRESS = /^pprofql: (http\S+)$/m;

interface Told {
  stdout: string;
  stderr: string;
  code: unknown;
}

function pprofql(...args: (string | number)[]): Promise<Told> {
  return new Promise((resolve) => {
    const child = execFile(process.execPath, [CLI, ...args.map(String)], (error, stdout, stderr) =>
      resolve({ stdout, stderr, code: error?.code ?? 0 }),
    );
    // Nobody can be asked.
    child.stdin!.end();
  });
}

const blackBox = mkdtempSync(join(tmpdir(), 'pprofql-attached-'));
afterAll(() => rmSync(blackBox, { recursive: true }));

/** Its inspector may be opened while others open theirs. All that diagnostics have by default is on. */
async function startProgram(...args: string[]): Promise<Program> {
  const env = { PPROFQL_BLACK_BOX: blackBox };
  const program = new Program([`--inspect-port=${await freePort()}`, ...args], { env });
  await program.printed(/^ready$/m);
  return program;
}

async function ask<T>(url: string, query: string): Promise<T> {
  const response = await fetch(`${url}graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });
  const { data } = (await response.json()) as { data: T };
  return data;
}

interface Traces {
  listeners: Record<string, number>;
  threads: number;
  descriptors: number;
  /** Functions of Node's that are no more what they were when the program began. */
  replaced: string[];
  globals: string[];
}

async function told<T>(program: Program, what: 'traces' | 'heap'): Promise<T> {
  const before = program.stdout.length;
  program.write(what);
  await vi.waitFor(() => expect(program.stdout.slice(before)).toContain('\n'));
  return JSON.parse(program.stdout.slice(before));
}

const familyFilesOf = (pid: number) =>
  readdirSync(openFamily()!.place.folder).filter((file) => file.startsWith(`${pid}-`));

const tracesOf = (program: Program) => told<Traces>(program, 'traces');
/** A thread whose end was waited for is still listed until a busy system has put it away. */
const expectTracesOf = (program: Program) => expect.poll(() => tracesOf(program));

/** What differs there is the way in; the rest costs the CPU time of a loop that is stuck, and was tried by hand. */
const isOlderNode = process.env.PPROFQL_TEST_NODE !== undefined;

describe.skipIf(process.platform !== 'linux')('pprofql attach', () => {
  let program: Program;
  let before: Traces;
  beforeAll(async () => {
    program = await startProgram(PROGRAM);
    before = await tracesOf(program);
  });
  afterAll(() => program.kill());

  it.skipIf(isOlderNode)(
    'says what it would do, and does nothing, where nobody has agreed to it',
    async () => {
      const { stdout, stderr, code } = await pprofql('attach', program.pid);
      expect(stderr).toMatch(/^pprofql: .*SIGUSR1.* --yes agrees to it \(NOT_CONFIRMED\)\n$/);
      expect({ stdout, code, said: program.stderr }).toEqual({ stdout: '', code: 1, said: '' });
    },
  );

  it.skipIf(isOlderNode)('finds nothing to detach from before', async () => {
    const { stderr, code } = await pprofql('detach', program.pid);
    expect(stderr).toMatch(/is not observed \(NOT_FOUND\)\n$/);
    expect(code).toBe(1);
  });

  it('observes a program that was started without a flag, until it is detached from', async () => {
    const attached = await pprofql('attach', program.pid, '--yes', '--port', '0');
    const [, url] = ADDRESS.exec(attached.stdout) ?? [];
    expect(url, attached.stderr).toBeDefined();
    // Its inspector is closed again, and has said no more than it has to.
    expect(program.stderr.match(/\n/g)).toHaveLength(3);

    expect((await pprofql('attach', program.pid)).stdout).toBe(attached.stdout);
    const listed = JSON.parse((await pprofql('ps', '--json')).stdout);
    expect(listed).toContainEqual(
      expect.objectContaining({ pid: program.pid, program: 'program.mjs', url, refusal: null }),
    );

    const { goroutines } = await ask<{ goroutines: { groups: { count: number }[] } }>(
      url!,
      '{ goroutines(exact: true) { groups { count } } }',
    );
    const counted = goroutines.groups.reduce((sum, { count }) => sum + count, 0);
    expect(counted).toBeGreaterThanOrEqual(5);

    // A child that has the flag is a part of it.
    program.write(`start ${REGISTER}`);
    const [, pid] = await program.printed(/^child (\d+)$/m);
    await expect
      .poll(() => ask(url!, '{ targets { name parent { name } } }'))
      .toMatchObject({
        targets: [{ name: 'self' }, { name: `child-${pid}`, parent: { name: 'self' } }],
      });
    program.write('end');
    await program.printed(/^child ended$/m);

    expect(await pprofql('detach', program.pid)).toMatchObject({ stdout: '', code: 0 });
    // All is gone by the time of the answer.
    expect(familyFilesOf(program.pid)).toEqual([]);
    await expect(fetch(url!)).rejects.toThrow();
    await expectTracesOf(program).toEqual(before);
    expect(program.stderr.match(/\n/g)).toHaveLength(3);
  });

  it.skipIf(isOlderNode)(
    'tells what a loop runs that never ends, and serves it all the same',
    async () => {
      program.write('stick');
      const { stdout, code } = await pprofql('attach', program.pid, '--yes', '--port', '0');
      expect(stdout).toMatch(
        /looks within 3 s found it in (findEdge|\(anonymous\)) \(.*program\.mjs:\d+\)/,
      );
      expect(stdout).toMatch(/^ +\d+ % +\d+ % {2}findEdge \(.*program\.mjs:\d+\)$/m);
      expect(code).toBe(0);
      const url = ADDRESS.exec(stdout)![1]!;
      await expect
        .poll(() => ask(url, '{ eventLoop { sentence } }'))
        .toMatchObject({ eventLoop: { sentence: expect.stringContaining('program.mjs') } });
    },
  );
});

describe.skipIf(process.platform !== 'linux')('pprofql attach finds its way into', () => {
  const everyKind = ['cjs', 'mjs'].flatMap((kind) =>
    ['idle', 'busy', 'stuck'].map((state) => [kind, state] as const),
  );

  it.each(everyKind)('a .%s program that is %s', async (kind, state) => {
    await using program = await startProgram(`${STATES}.${kind}`, state);
    const { stdout, stderr } = await pprofql('attach', program.pid, '--yes', '--port', '0');
    const [, url] = ADDRESS.exec(stdout) ?? [];
    expect(url, stderr).toBeDefined();
    expect(await ask(url!, '{ process { pid } }')).toEqual({ process: { pid: program.pid } });
    if (state === 'stuck') {
      expect(stdout).toMatch(/turnRound \(.*states\.cjs:\d+\)/);
    } else {
      expect((await pprofql('detach', program.pid)).code).toBe(0);
    }
  });
});

it.skipIf(process.platform !== 'linux')(
  'pprofql attach and detach leave memory and descriptors as they were, again and again',
  async () => {
    await using program = await startProgram(PROGRAM);
    const { globals, listeners, replaced, threads } = await tracesOf(program);
    expect(replaced).toEqual([]);
    async function comeAndGo(times: number) {
      for (let round = 0; round < times; round++) {
        const attached = await pprofql('attach', program.pid, '--yes', '--port', '0');
        expect(attached.code, attached.stderr).toBe(0);
        expect((await pprofql('detach', program.pid)).code).toBe(0);
      }
      expect(await tracesOf(program)).toMatchObject({ globals, listeners, replaced });
    }
    // What is loaded stays loaded, and V8 compiles it by and by.
    await comeAndGo(4);
    const before = { ...(await tracesOf(program)), threads };
    const heapBytes = await told<number>(program, 'heap');
    await comeAndGo(8);
    await expectTracesOf(program).toEqual(before);
    expect(await told<number>(program, 'heap')).toBeLessThan(heapBytes + 1.6e6);
  },
);

it.skipIf(process.platform !== 'linux' || isOlderNode)(
  'pprofql ps leaves out itself and the npm that it was started by',
  async () => {
    const command = `${process.execPath} ${CLI} ps --json`;
    const npm = new Program(['exec', '--offline', '--call', command], { command: 'npm' });
    const { stdout, stderr } = await npm.ended;
    const listed: { pid: number }[] = JSON.parse(stdout);
    expect(stderr).toBe('');
    // These tests run in Node themselves.
    expect(listed).toContainEqual(expect.objectContaining({ pid: process.pid }));
    expect(listed.filter(({ pid }) => pid === npm.pid)).toEqual([]);
  },
);

describe.skipIf(process.platform !== 'linux' || isOlderNode)('pprofql attach refuses', () => {
  it('a process whose own handler of SIGUSR1 has run instead', async () => {
    await using program = await startProgram(PROGRAM, 'handles');
    const { stderr, code } = await pprofql('attach', program.pid, '--yes');
    expect(stderr).toMatch(/handles SIGUSR1 itself.*\(PROCESS_NOT_RESPONDING\)\n$/);
    expect(code).toBe(1);
    await program.printed(/its own handler/);
    expect(program.stderr).toBe('');
  });

  it('a port of the inspector that another process has', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    await using program = new Program([`--inspect-port=${port}`, PROGRAM]);
    await program.printed(/^ready$/m);
    const { stderr } = await pprofql('attach', program.pid, '--yes');
    expect(stderr).toMatch(
      new RegExp(`port ${port}.* belongs to process ${process.pid}:.*\\(PORT_TAKEN\\)\n$`),
    );
    expect(program.stderr).toBe('');
    other.close();
  });

  it.each([['--permission', '--allow-fs-read=*'], ['--disable-sigusr1']])(
    'a process that was started with %s',
    async (...flags) => {
      await using program = new Program([...flags, PROGRAM]);
      await program.printed(/^ready$/m);
      const { stderr } = await pprofql('attach', program.pid, '--yes');
      expect(stderr).toMatch(
        new RegExp(`cannot be attached to: it was started with ${flags[0]} \\(UNAVAILABLE\\)\n$`),
      );
      expect(program.isRunning).toBe(true);
    },
  );

  it('what is no Node, and what is there no more', async () => {
    const sleep = spawn('sleep', ['60']);
    expect((await pprofql('attach', sleep.pid!, '--yes')).stderr).toMatch(
      /is no Node \(.*\) \(INVALID_INPUT\)\n$/,
    );
    const ended = once(sleep, 'exit');
    sleep.kill();
    await ended;
    expect((await pprofql('attach', sleep.pid!, '--yes')).stderr).toMatch(
      /there is no process \d+ \(NOT_FOUND\)\n$/,
    );
  });

  it('a process whose id has come to mean another since it was looked at', async () => {
    await using program = await startProgram(PROGRAM);
    const target = attachable(program.pid, attachedFile());
    const before = { ...target.facts, startTicks: target.facts.startTicks! - 1 };
    await expect(openInspector({ ...target, facts: before })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    // By its answer it would have said that its inspector listens.
    await tracesOf(program);
    expect(program.stderr).toBe('');
  });

  it('production without a token, before anything is done', async () => {
    await using program = new Program([PROGRAM], { env: { NODE_ENV: 'production' } });
    await program.printed(/^ready$/m);
    expect((await pprofql('attach', program.pid, '--yes')).stderr).toMatch(/\(TOKEN_REQUIRED\)\n$/);
    expect(program.stderr).toBe('');
  });
});
