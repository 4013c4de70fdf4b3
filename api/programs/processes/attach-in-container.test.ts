/**
 * A program in a container, as far as the system's namespaces make one: with ids of processes, a network, users and
 * mounts of its own. Where those are not allowed, as in many containers, there is nothing to try.
 */
import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { Program } from '../../../scripts/testing/program.ts';

const CLI = fileURLToPath(new URL('../../cli.ts', import.meta.url));
const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/attached/program.mjs', import.meta.url),
);
const NAMESPACES = ['--user', '--map-root-user', '--mount', '--net', '--pid', '--fork'];
const CONTAINER = [...NAMESPACES, '--kill-child', '--mount-proc'];
const UP = 'ip link set lo up && exec "$@"';
const canContain = spawnSync('unshare', [...CONTAINER, 'sh', '-c', UP, '-', 'true']).status === 0;

const run = (command: string, ...args: string[]) =>
  promisify(execFile)(command, args).then(
    ({ stdout, stderr }) => ({ stdout, stderr }),
    ({ stdout, stderr }: { stdout: string; stderr: string }) => ({ stdout, stderr }),
  );

/** The process whose parent is `unshare`, as it is called outside. */
const insideOf = ({ pid }: Program) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();

it.skipIf(!canContain)(
  'a program in a container is attached to and detached from inside, and through its network',
  async () => {
    const inContainer = ['sh', '-c', UP, '-', process.execPath, PROGRAM];
    await using program = new Program([...CONTAINER, ...inContainer], { command: 'unshare' });
    await program.printed(/^ready$/m);
    const pid = insideOf(program);
    const entering = (...which: string[]) => {
      const enter = ['--target', pid, '--user', '--preserve-credentials', '--net', ...which];
      return (...args: string[]) => run('nsenter', ...enter, process.execPath, CLI, ...args);
    };
    const inside = entering('--pid', '--mount');
    const throughNetwork = entering();

    expect(await run(process.execPath, CLI, 'attach', pid, '--yes')).toEqual({
      stdout: '',
      stderr: expect.stringMatching(
        new RegExp(`in another network .*nsenter --net --target ${pid}\` \\(UNAVAILABLE\\)\n$`),
      ),
    });
    expect(program.stderr).toBe('');

    const attached = await inside('attach', '1', '--yes', '--port', '0');
    expect(attached.stdout, attached.stderr).toMatch(/^pprofql: http:\S+\n$/);
    expect(await throughNetwork('attach', pid)).toEqual(attached);
    expect((await throughNetwork('detach', pid)).stderr).toMatch(/is not observed any more\n$/);

    const again = await throughNetwork('attach', pid, '--yes', '--port', '0');
    expect(again.stdout, again.stderr).toMatch(/^pprofql: http:\S+\n$/);
    const [listed] = JSON.parse((await inside('ps', '--json')).stdout);
    expect(listed).toMatchObject({ pid: 1, program: 'program.mjs' });
    expect(again.stdout).toBe(`pprofql: ${listed.url}\n`);
    expect((await inside('detach', '1')).stderr).toBe(
      'pprofql: process 1 is not observed any more\n',
    );
  },
);
