/** What happens on a Node that is too old: one line, and the program runs as ever. */
import assert from 'node:assert/strict';
import { it } from 'node:test';
import { Program } from './program.ts';

const OUTPUT = 'output of the program\n';
const FIRST_WITH_IMPORT_FLAG = [18, 19] as const;

export function describeRefusal(folder: () => string, node: () => string, version: string): void {
  const line = `pprofql: Node ${version} is too old for pprofql, which needs Node 22.18 or later\n`;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const hasImportFlag =
    major > FIRST_WITH_IMPORT_FLAG[0] ||
    (major === FIRST_WITH_IMPORT_FLAG[0] && minor >= FIRST_WITH_IMPORT_FLAG[1]);

  const start = (args: string[], env?: NodeJS.ProcessEnv) =>
    new Program(node(), node(), args, { cwd: folder(), env }).end();

  const ways = [
    { name: 'pprofql app.js', args: ['node_modules/pprofql/api/cli.js'] },
    ...(hasImportFlag ? [{ name: 'node --import', args: ['--import', 'pprofql/register'] }] : []),
  ];
  for (const { name, args } of ways) {
    it(`is said in one line, and the program runs on: ${name}`, async () => {
      for (const program of ['program.mjs', 'program.cjs']) {
        const { stdout, stderr, code } = await start([...args, program, 'finish']);
        assert.deepEqual({ stdout, stderr, code }, { stdout: OUTPUT, stderr: line, code: 0 });
      }
      assert.equal((await start([...args, 'program.mjs', 'exit'])).code, 3);
    });

    it(`is not said where pprofql is switched off: ${name}`, async () => {
      const { stderr } = await start([...args, 'program.mjs', 'finish'], { PPROFQL: 'off' });
      assert.equal(stderr, '');
    });
  }

  for (const program of ['refused.mjs', 'refused.cjs']) {
    it(`is told to a program that asks for diagnostics: ${program}`, async () => {
      const { stdout, stderr, code } = await start([program]);
      assert.equal(stdout, 'UNAVAILABLE\n');
      assert.match(stderr, new RegExp(`^${line.replaceAll('.', '\\.')}`));
      assert.equal(code, 0);
    });
  }

  it('does not keep the command from telling its version', async () => {
    const { stdout, code } = await start(['node_modules/pprofql/api/cli.js', '--version']);
    assert.match(stdout, /^\d+\.\d+\.\d+\n$/);
    assert.equal(code, 0);
  });
}
