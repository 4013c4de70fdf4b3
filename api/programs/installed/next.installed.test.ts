/** Next.js whose `NODE_OPTIONS` have the flag: in development, as it is built, and as it serves what was built. */
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { freePort } from '../../../scripts/testing/free-port.ts';
import { portsOfTree } from '../../../scripts/testing/installed/process-tree.ts';
import { FLAG_FOR_ALL, Project } from '../../../scripts/testing/installed/project.ts';
import type { Program } from '../../../scripts/testing/program.ts';

const installedIn = inject('installedIn');
const UNTIL_SEEN = { interval: 200 };
const QUIET = { NEXT_TELEMETRY_DISABLED: '1' };
/** Next tells of a slow disk, which a busy machine has now and then. */
const SLOW_MACHINE = /^.*Slow filesystem detected\..*\nSee more: .*\n/gm;
const SELF = { name: 'self', title: null, parent: null };

const run = (project: Project, args: readonly string[], env: NodeJS.ProcessEnv = {}) =>
  project.start([project.command('next'), ...args], { ...QUIET, ...env });

async function page(port: number, path: string): Promise<string> {
  const response = await fetch(`http://127.0.0.1:${port}${path}`);
  return response.text();
}

const targetsOf = async (program: Program) =>
  (await program.ask<{ targets: unknown[] }>('{ targets { name title parent { name } } }')).targets;

/** Without what depends on how busy the machine is. */
async function endingOf(program: Program) {
  const { code, signal, stderr } = await program.ended;
  return { code, signal, stderr: stderr.replace(SLOW_MACHINE, '') };
}

function end(program: Program) {
  program.signal('SIGTERM');
  return endingOf(program);
}

describe.skipIf(installedIn === null)('Next', () => {
  let project: Project;
  beforeAll(() => {
    project = new Project(installedIn!, 'next');
  });
  afterAll(() => project[Symbol.dispose]());

  it('has a target for each process of its server in development, one line and one port, and ends as without', async () => {
    using bare = new Project(installedIn!, 'next');
    const ports = [await freePort(), await freePort()] as const;
    await using without = run(bare, ['dev', '--port', String(ports[0])]);
    await using program = run(project, ['dev', '--port', String(ports[1])], FLAG_FOR_ALL);
    const url = await program.url();
    expect(await targetsOf(program)).toEqual([SELF]);

    const item = page(ports[1], '/items/1');
    await project.until('params-wait');
    await vi.waitFor(
      async () =>
        expect(await targetsOf(program)).toEqual([
          SELF,
          {
            name: expect.stringMatching(/^child-\d+$/),
            title: expect.stringMatching(/^child-\d+ of processChild\.js$/),
            parent: { name: 'self' },
          },
        ]),
      UNTIL_SEEN,
    );
    const [own, its] = [Number(new URL(url).port), ports[1]];
    expect(portsOfTree(program.pid)).toEqual([own, its].toSorted((a, b) => a - b));
    project.go();
    expect(await item).toContain('item of the shop');
    await vi.waitFor(async () => expect(await targetsOf(program)).toEqual([SELF]), UNTIL_SEEN);

    expect(await vi.waitFor(() => page(ports[0], '/'))).toContain('open at last');
    const ending = await end(without);
    expect(await end(program)).toEqual({
      ...ending,
      stderr: `pprofql: ${url} (start-server.js)\n${ending.stderr}`,
    });
    expect(project.leftovers().temporary).toEqual(bare.leftovers().temporary);
  });

  it('is passed over as it builds, and has its line, its one target and its port as it serves that', async () => {
    project.go();
    await using build = run(project, ['build'], FLAG_FOR_ALL);
    expect(await endingOf(build), build.stdout).toEqual({ code: 0, signal: null, stderr: '' });

    const ports = [await freePort(), await freePort()] as const;
    await using without = run(project, ['start', '--port', String(ports[0])]);
    await using program = run(project, ['start', '--port', String(ports[1])], FLAG_FOR_ALL);
    const url = await program.url();
    for (const port of ports) {
      expect(await vi.waitFor(() => page(port, '/'))).toContain('open at last');
    }
    expect(await targetsOf(program)).toEqual([SELF]);
    expect(portsOfTree(without.pid)).toEqual([ports[0]]);
    const [own, its] = [Number(new URL(url).port), ports[1]];
    expect(portsOfTree(program.pid)).toEqual([own, its].toSorted((a, b) => a - b));

    const ending = await end(without);
    expect(await end(program)).toEqual({
      ...ending,
      stderr: `pprofql: ${url}\n${ending.stderr}`,
    });
    expect(project.leftovers().temporary).toEqual([]);
  });
});
