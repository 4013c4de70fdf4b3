/** The worker threads of a whole program as targets. */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../../client/index.ts';
import { launchObserved, type Program } from '../../../scripts/testing/program.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/threads/program.mjs', import.meta.url),
);
const UNTIL_SEEN = { interval: 200 };

describe('the worker threads of a program', () => {
  let program: Program;
  let client: DiagnosticsClient;
  beforeAll(async () => {
    program = launchObserved([PROGRAM]);
    await program.printed(/^ready$/m);
    client = createDiagnosticsClient({ url: await program.url() });
  });
  afterAll(async () => {
    client.dispose();
    await program.kill();
  });

  const names = async () => (await client.targets()).map(({ name }) => name);

  /** By what they run; the ids count those of pprofql as well. */
  async function workers(title: RegExp) {
    const targets = await client.targets();
    return targets.filter((target) => title.test(target.title ?? ''));
  }

  it('are targets below their process, without those of pprofql', async () => {
    await vi.waitFor(async () => expect(await names()).toHaveLength(6), UNTIL_SEEN);
    expect(await workers(/ of worker\.mjs$/)).toHaveLength(3);
    expect(await workers(/ of (outer|inner)$/)).toHaveLength(2);
    const { targets } = await program.ask<{
      targets: { name: string; kind: string; parent: unknown; children: unknown[] }[];
    }>('{ targets { name kind parent { name } children { name } } }');
    const [self, ...threads] = targets;
    expect(self).toMatchObject({ name: 'self', parent: null });
    expect(self!.children).toEqual(threads.map(({ name }) => ({ name })));
    for (const thread of threads) {
      expect(thread).toMatchObject({ kind: 'NODE_THREAD', parent: { name: 'self' }, children: [] });
    }
  });

  it('have their own figures', async () => {
    const [worker] = await workers(/worker\.mjs/);
    const { memory, unavailable } = await client.target(worker!.name).pprof({ allocations: false });
    expect(memory.alloc).toBeGreaterThan(1e6);
    expect(memory.sys).toBeNull();
    expect(unavailable).toContainEqual(expect.objectContaining({ field: 'memory.sys' }));
    const { groups } = await client.target(worker!.name).goroutines();
    expect(groups.map(({ stack }) => stack[0])).toContain('MessagePort');
  });

  it('that go from one job of a queue to the next are not stuck, although their loops make no turn', async () => {
    program.write('queue 1 16 400');
    await program.printed(/^queue done$/m);
    for (const { name } of await workers(/worker\.mjs/)) {
      const { target } = await program.ask<{ target: { stalls: unknown[] } }>(
        `{ target(name: ${JSON.stringify(name)}) { stalls { sentence } } }`,
      );
      expect(target.stalls).toEqual([]);
    }
  });

  it('that spin are named with their line, also while the main thread is blocked', async () => {
    program.write('spin 0 40000');
    const stuck = async () => {
      for (const { name } of await workers(/worker\.mjs/)) {
        const loop = await client.target(name).eventLoop();
        if (loop.state === 'RUNNING_JAVASCRIPT') return loop.sentence;
      }
      return null;
    };
    const line = /^Blocked for [\d.]+ s by JavaScript: findEdge \(.*worker\.mjs:5\)\.$/;
    await vi.waitFor(async () => expect(await stuck()).toMatch(line), UNTIL_SEEN);
    program.write('block 5000');
    await vi.waitFor(async () => {
      expect((await client.eventLoop()).sentence).toMatch(/blockMain/);
    }, UNTIL_SEEN);
    expect(await stuck()).toMatch(line);
    const told = await vi.waitFor(async () => {
      const { findings } = await client.health();
      const found = findings.find(({ sentence }) => /^worker-\d+ of worker\.mjs/.test(sentence));
      return found ?? expect.fail('no finding');
    }, UNTIL_SEEN);
    expect(told).toMatchObject({ kind: 'BLOCKED_LOOP', severity: 'NOTICE' });
    expect(told.sentence).toMatch(
      /^(worker-\d+) of worker\.mjs spins in findEdge \(\S*worker\.mjs:5\)/,
    );
    const [name] = told.sentence.split(' ');
    const { findings } = await client.target(name!).health();
    expect(findings.map(({ kind, culprit }) => [kind, culprit?.function])).toEqual([
      ['BLOCKED_LOOP', 'findEdge'],
    ]);
  });

  it('that have ended are not there any more', async () => {
    const before = await names();
    program.write('terminate 2');
    await program.printed(/^terminated 1$/m);
    await vi.waitFor(async () => expect(await names()).toHaveLength(before.length - 1), UNTIL_SEEN);
    const after = await names();
    const gone = before.find((name) => !after.includes(name))!;
    await expect(client.target(gone).process()).rejects.toThrow(`${gone} of worker.mjs has ended`);
    program.write('quick 20');
    await program.printed(/^quick done$/m);
    await vi.waitFor(async () => expect(await names()).toEqual(after), UNTIL_SEEN);
  });

  it('leave the end of the program as it is', async () => {
    program.write('exit 7');
    const { code, stdout, stderr } = await program.ended;
    expect({ code, stdout }).toEqual({
      code: 7,
      stdout: 'ready\nqueue done\nterminated 1\nquick done\n',
    });
    expect(stderr).toBe(`pprofql: ${await program.url()}\n`);
  });
});
