/** The ways to use the package, each in a process of its own that must end by itself. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import root from '../../package.json' with { type: 'json' };
import { type Ending, Program } from './program.ts';

const ADDRESS = /^pprofql: (http:\/\/127\.0\.0\.1:\d+\/)$/m;
const OUTPUT = 'output of the program\n';
const FIRST_MAJOR_WITH_ALL_FIELDS = 26;

/** How to start each program of the consumer's under pprofql, in each module system. */
const WAYS: { name: string; command: string[]; program: string }[] = [
  { name: 'node --import, ESM', command: ['--import', 'pprofql/register'], program: 'program.mjs' },
  { name: 'node --import, CJS', command: ['--import', 'pprofql/register'], program: 'program.cjs' },
  { name: 'npx pprofql', command: ['npx', 'pprofql'], program: 'program.mjs' },
];

export function describeUse(folder: () => string, node: () => string, version: string): void {
  const hasAllFields = Number.parseInt(version, 10) >= FIRST_MAJOR_WITH_ALL_FIELDS;

  const start = (args: string[], env?: NodeJS.ProcessEnv) => {
    const [command, ...rest] = args[0] === 'npx' ? args : [node(), ...args];
    return new Program(node(), command!, rest, { cwd: folder(), env });
  };
  const startUnder = ({ command, program }: (typeof WAYS)[number], ending: string) =>
    start([...command, program, ending]);

  it('answers through every entry point when imported', async () => {
    const ending = await start(['use.mjs']).end();
    assertCleanEnd(ending);
    const answers = JSON.parse(ending.stdout);
    assert.equal(answers.version, root.version);
    assert.ok(answers.alloc > 0);
    assert.ok(answers.allocators.includes('holdMemory'), answers.allocators);
    assert.equal(answers.topAllocations === null, !hasAllFields);
    assert.equal(answers.unavailable.includes('topAllocations'), !hasAllFields);
    assert.ok(answers.totalGoroutines > 0);
    assert.ok(answers.hasRawProfile && answers.hasPoints);
  });

  it('answers from a sidecar and from an own server when required', async () => {
    const ending = await start(['use.cjs']).end();
    assertCleanEnd(ending);
    const { sidecar, mounted } = JSON.parse(ending.stdout);
    assert.ok(sidecar > 0 && mounted > 0);
  });

  it('says that it needs another flag, and the program runs on: node --require', async () => {
    for (const program of ['program.mjs', 'program.cjs']) {
      const { stdout, stderr, code } = await start([
        '--require',
        'pprofql/register',
        program,
        'finish',
      ]).end();
      assert.equal(
        stderr,
        'pprofql: nothing is started by --require; it takes --import pprofql/register, and Node 22.18 or later\n',
      );
      assert.deepEqual({ stdout, code }, { stdout: OUTPUT, code: 0 });
    }
  });

  for (const way of WAYS) {
    it(`says where it is, and leaves the program’s output and end alone: ${way.name}`, async () => {
      const { stdout, stderr, code } = await startUnder(way, 'finish').end();
      assert.equal(stdout, OUTPUT);
      assert.match(stderr, ADDRESS);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
      assert.equal(code, 0);
    });

    it(`passes an exit code and a crash through: ${way.name}`, async () => {
      assert.equal((await startUnder(way, 'exit').end()).code, 3);
      const crash = await startUnder(way, 'crash').end();
      assert.equal(crash.code, 1);
      assert.match(crash.stderr, /Error: the program crashed/);
    });
  }

  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    it(`serves a running program, which ${signal} ends as ever`, async () => {
      const program = startUnder(WAYS[0]!, 'wait');
      const [, url] = await program.stderrMatch(ADDRESS);
      const response = await fetch(`${url}graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query: '{ process { title nodeVersion } }' }),
      });
      const { data } = await response.json();
      assert.match(data.process.title, /^program\.mjs/);
      assert.equal(data.process.nodeVersion, `v${version}`);
      assert.match(await (await fetch(url!)).text(), /<!doctype html>/i);
      program.kill(signal);
      assert.equal((await program.end()).signal, signal);
    });
  }

  it('serves a program that node --watch starts', async () => {
    const program = start(['--watch', '--import', 'pprofql/register', 'program.mjs', 'wait']);
    await program.stderrMatch(ADDRESS);
    program.kill('SIGTERM');
    await program.end();
  });

  it('gives the schema to whoever reads it', async () => {
    const { stdout, code } = await start(['schema.cjs']).end();
    assert.match(stdout, /scalar DateTime\s+@specifiedBy\(url: "https:/);
    assert.equal(code, 0);
  });

  for (const [flag, text] of [
    ['--version', /^\d+\.\d+\.\d+\n$/],
    ['--help', /^Usage: pprofql app\.js/],
  ] as const) {
    it(`says on stdout what is asked by ${flag}`, async () => {
      const { stdout, stderr, code } = await start(['npx', 'pprofql', flag]).end();
      assert.match(stdout, text);
      assert.deepEqual({ stderr, code }, { stderr: '', code: 0 });
    });
  }

  it('stays away where it is switched off', async () => {
    const command = ['--import', 'pprofql/register', 'program.mjs', 'finish'];
    const { stdout, stderr } = await start(command, { PPROFQL: 'off' }).end();
    assert.deepEqual({ stdout, stderr }, { stdout: OUTPUT, stderr: '' });
  });

  it('refuses production without a token in one line, and the program runs on', async () => {
    const command = ['--import', 'pprofql/register', 'program.mjs', 'finish'];
    const { stdout, stderr, code } = await start(command, { NODE_ENV: 'production' }).end();
    assert.match(stderr, /^pprofql: refusing to start .*\n$/);
    assert.deepEqual({ stdout, code }, { stdout: OUTPUT, code: 0 });
  });
}

function assertCleanEnd({ code, stderr }: Ending): void {
  assert.equal(stderr, '');
  assert.equal(code, 0);
}
