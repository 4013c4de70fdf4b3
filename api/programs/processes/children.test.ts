/** The child processes of a whole program, which show in its pprofql. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../../client/index.ts';
import { launchObserved, Program, REGISTER } from '../../../scripts/testing/program.ts';
import { temporaryFolder } from '../../../scripts/testing/temporary-folder.ts';
import { openFamily } from '../../targets/children/place.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/children/program.mjs', import.meta.url),
);
const CLUSTER = fileURLToPath(
  new URL('../../../scripts/fixtures/children/cluster.mjs', import.meta.url),
);
const RELOADS = fileURLToPath(
  new URL('../../../scripts/fixtures/children/reloads.mjs', import.meta.url),
);
const UNTIL_SEEN = { interval: 200 };

const filesOf = (pid: number | string) =>
  readdirSync(openFamily()!.place.folder).filter((file) => file.startsWith(`${pid}-`));

describe('the children of a program', () => {
  let program: Program;
  let client: DiagnosticsClient;
  let child: string;
  let grandchild: string;
  beforeAll(async () => {
    program = launchObserved([PROGRAM]);
    const [, ...pids] = await program.printed(/^child (\d+), grandchild (\d+)$/m);
    [child, grandchild] = pids as [string, string];
    client = createDiagnosticsClient({ url: await program.url() });
  });
  afterAll(async () => {
    client.dispose();
    await program.kill();
  });

  const tree = async () => {
    type Row = {
      name: string;
      kind: string;
      title: string | null;
      parent: { name: string } | null;
    };
    const { targets } = await program.ask<{ targets: Row[] }>(
      '{ targets { name kind title parent { name } } }',
    );
    const rows = targets.map((row) => [row.name, row.kind, row.title, row.parent?.name ?? null]);
    return rows.sort(([a], [b]) => String(a).localeCompare(String(b)));
  };

  it('are targets below their nearest ancestor, wherever they run and with whatever environment', async () => {
    await vi.waitFor(async () => {
      const rows = await tree();
      expect(rows).toHaveLength(3);
      expect(rows).toContainEqual(['self', 'NODE', null, null]);
      expect(rows).toContainEqual([
        `child-${child}`,
        'NODE',
        `child-${child} of child.mjs`,
        'self',
      ]);
      expect(rows).toContainEqual([
        `child-${grandchild}`,
        'NODE',
        `child-${grandchild} of grandchild.mjs`,
        `child-${child}`,
      ]);
    }, UNTIL_SEEN);
  });

  it('are asked as any target is', async () => {
    const { memory } = await client.target(`child-${child}`).pprof({ allocations: false });
    expect(memory.sys).toBeGreaterThan(1e7);
    const { pid } = await client.target(`child-${child}`).process();
    expect(pid).toBe(Number(child));
  });

  it('are named in the health of the program where they are stuck', async () => {
    // It chews until the folder goes, with the test.
    program.write(`tell ${temporaryFolder()}`);
    await vi.waitFor(async () => {
      expect((await client.health()).findings.map(({ sentence }) => sentence)).toContainEqual(
        expect.stringMatching(
          new RegExp(
            `^child-${grandchild} of grandchild\\.mjs: .* chewOn \\(.*grandchild\\.mjs:4\\)`,
          ),
        ),
      );
    }, UNTIL_SEEN);
    expect((await client.eventLoop()).state).toBe('RESPONSIVE');
  });

  it('are gone, with their files, once they are killed', async () => {
    program.write('kill');
    await program.printed(/^child ended SIGKILL$/m);
    await vi.waitFor(async () => {
      expect((await tree()).map(([name, , , parent]) => [name, parent])).toEqual([
        [`child-${grandchild}`, 'self'],
        ['self', null],
      ]);
    }, UNTIL_SEEN);
    expect(filesOf(child)).toEqual([]);
    await expect(client.target(`child-${child}`).process()).rejects.toThrow(
      `child-${child} of child.mjs has ended`,
    );
  });

  it('serve themselves, with a line, once the program has ended as it does without them', async () => {
    const url = await program.url();
    expect(program.stderr).toBe(`pprofql: ${url}\n`);
    program.write('exit 7');
    const line = await program.printed(/^pprofql: (http\S+) \(grandchild\.mjs\)$/m, 'stderr');
    const answer = await fetch(`${line[1]}graphql?query={process{pid}}`);
    expect(await answer.json()).toEqual({ data: { process: { pid: Number(grandchild) } } });
    expect(filesOf(program.pid)).toEqual([]);
  });
});

it('a cluster of four has four targets, one line, no further port and a name for the worker that is stuck', async () => {
  await using program = launchObserved([CLUSTER]);
  const [, port] = await program.printed(/^serve (\d+)$/m);
  const titles = async () => {
    const { targets } = await program.ask<{ targets: { title: string | null }[] }>(
      '{ targets { title } }',
    );
    return targets.map(({ title }) => title);
  };
  const worker = expect.stringMatching(/^child-\d+ of cluster\.mjs$/);
  await vi.waitFor(
    async () => expect(await titles()).toEqual([null, worker, worker, worker, worker]),
    UNTIL_SEEN,
  );
  await (await fetch(`http://127.0.0.1:${port}/stuck`)).text();
  // On a machine with much to do there may be another finding, that the program gets little of a processor.
  await vi.waitFor(async () => {
    const { health } = await program.ask<{ health: { findings: { sentence: string }[] } }>(
      '{ health { findings { sentence } } }',
    );
    expect(health.findings.map(({ sentence }) => sentence)).toContainEqual(
      expect.stringMatching(
        /^child-\d+ of cluster\.mjs: not answering .* stuck in Immediate\.stickFor \(\S*cluster\.mjs:7\)/,
      ),
    );
  }, UNTIL_SEEN);
  const { code, stdout } = await program.end();
  expect({ code, stdout }).toEqual({
    code: 0,
    stdout: `serve ${port}\n${'worker ended SIGKILL\n'.repeat(4)}`,
  });
  expect(program.stderr).toBe(`pprofql: ${await program.url()}\n`);
});

describe.skipIf(process.platform === 'win32')('processes of pm2', () => {
  /** The lines of those that serve, and how many targets the last of them has. */
  async function homes({ stderr }: Program): Promise<{ lines: number; targets: number }> {
    const urls = [...stderr.matchAll(/^pprofql: (http\S+)/gm)].map(([, url]) => url!);
    const answer = await fetch(`${urls.at(-1)}graphql?query={targets{name}}`);
    const { data } = (await answer.json()) as { data: { targets: unknown[] } };
    return { lines: urls.length, targets: data.targets.length };
  }

  it('share one page, and again one once all are replaced at the same time', async () => {
    const count = 4;
    await using program = new Program([RELOADS, REGISTER, String(count)]);
    const isShownIn = (lines: number, targets: number) =>
      vi.waitFor(async () => expect(await homes(program)).toEqual({ lines, targets }), UNTIL_SEEN);
    await isShownIn(1, count);
    for (const lines of [2, 3]) {
      program.write('start');
      await isShownIn(lines - 1, 2 * count);
      program.write('end');
      await isShownIn(lines, count);
    }
  });
});
