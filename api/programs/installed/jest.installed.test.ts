/** Jest under pprofql, with the workers that it gives its tests to. */
import { describe, expect, inject, it, vi } from 'vitest';
import { portsOfTree } from '../../../scripts/testing/installed/process-tree.ts';
import { FLAG_FOR_ALL, Project } from '../../../scripts/testing/installed/project.ts';
import { observed, type Program } from '../../../scripts/testing/program.ts';

const installedIn = inject('installedIn');
const WAITING = ['bread-waits', 'milk-waits', 'tea-waits'];
const UNTIL_SEEN = { interval: 200 };
/** Jest warns where it takes a second to end, as it may on a crowded machine. */
const WITHOUT_WARNING = '--openHandlesTimeout=0';
/** Jest gives its workers half a second to end, which a crowded machine does not. */
const KILLED_EARLY = /^A worker process has failed to exit gracefully .*\n/m;

const WORKERS = [
  {
    kind: 'processes',
    args: [],
    target: { kind: 'NODE', title: expect.stringMatching(/^child-\d+ of processChild\.js$/) },
  },
  {
    kind: 'threads',
    args: ['--workerThreads'],
    target: {
      kind: 'NODE_THREAD',
      title: expect.stringMatching(/^worker-\d+ of jest-worker\/threadChild\.js$/),
    },
  },
];

interface Run {
  args: readonly string[];
  /** Before Jest's file. */
  node?: readonly string[];
  env?: NodeJS.ProcessEnv;
  /** While each of the three workers is in a test. */
  meanwhile?: (program: Program) => Promise<void>;
}

/** How it ends, without times, empty lines and an order that depend on who is done first. */
async function outcomeOf({ args, node = [], env, meanwhile }: Run) {
  using project = new Project(installedIn!, 'jest');
  const command = [...node, project.command('jest'), '--maxWorkers=3', WITHOUT_WARNING, ...args];
  await using program = project.start(command, env);
  await project.until(...WAITING);
  await meanwhile?.(program);
  project.go();
  const { code, signal, stdout, stderr } = await program.ended;
  const lines = stderr
    .replaceAll(project.folder, '')
    .replace(/^Time: .*\n/m, '')
    .replace(KILLED_EARLY, '')
    .replaceAll(/ \([\d.]+ m?s\)/g, '')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return { code, signal, stdout, lines: lines.toSorted(), ...project.leftovers() };
}

describe.skipIf(installedIn === null).concurrent('Jest', () => {
  it.each(WORKERS)(
    'has a target for each of its three $kind, one line and one port, and ends as without',
    async ({ args, target }) => {
      const withTargets = async (program: Program) => {
        await vi.waitFor(async () => {
          const { targets } = await program.ask<{ targets: unknown[] }>(
            '{ targets { kind title parent { name } } }',
          );
          const worker = { ...target, parent: { name: 'self' } };
          const self = { kind: 'NODE', title: null, parent: null };
          expect(targets).toEqual([self, worker, worker, worker]);
        }, UNTIL_SEEN);
        const { port } = new URL(await program.url());
        expect(portsOfTree(program.pid)).toEqual([Number(port)]);
      };
      const [without, under] = await Promise.all([
        outcomeOf({ args }),
        outcomeOf({ args, node: observed([]), meanwhile: withTargets }),
      ]);
      expect(without.code).toBe(1);
      expect(without.lines).toContain('Tests:       1 failed, 2 passed, 3 total');
      const { lines, ...ending } = under;
      const own = lines.filter((line) => line.startsWith('pprofql'));
      expect(own).toEqual([expect.stringMatching(/^pprofql: http:\S+$/)]);
      expect({ ...ending, lines: lines.filter((line) => !own.includes(line)) }).toEqual(without);
    },
  );

  it('is left alone, with its workers, where the flag is in NODE_OPTIONS', async () => {
    const noPort = async (program: Program) => expect(portsOfTree(program.pid)).toEqual([]);
    const [without, passedOver] = await Promise.all([
      outcomeOf({ args: [] }),
      outcomeOf({ args: [], env: FLAG_FOR_ALL, meanwhile: noPort }),
    ]);
    expect(passedOver).toEqual(without);
  });
});
