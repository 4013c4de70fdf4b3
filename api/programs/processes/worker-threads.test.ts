/** The worker threads of a whole program as targets. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createDiagnosticsClient, type DiagnosticsClient } from '../../../client/index.ts';
import { launchObserved, type Program } from '../../../scripts/testing/program.ts';
import { temporaryFolder } from '../../../scripts/testing/temporary-folder.ts';

const PROGRAM = fileURLToPath(
  new URL('../../../scripts/fixtures/threads/program.mjs', import.meta.url),
);
const WORKER_LINES = readFileSync(new URL('worker.mjs', pathToFileURL(PROGRAM)), 'utf8').split(
  '\n',
);
const lineOf = (text: string) => WORKER_LINES.findIndex((line) => line.includes(text)) + 1;
const UNTIL_SEEN = { interval: 200 };
/** Not the default, which is twice as much. */
const SAMPLING_INTERVAL_BYTES = 256 * 1024;

describe('the worker threads of a program', () => {
  let program: Program;
  let client: DiagnosticsClient;
  beforeAll(async () => {
    program = launchObserved([PROGRAM], {
      env: {
        PPROFQL_INTERVAL_MS: '1000',
        PPROFQL_PAUSE_BUDGET_PERCENT: '100',
        PPROFQL_HEAP_SAMPLING_INTERVAL_BYTES: String(SAMPLING_INTERVAL_BYTES),
      },
    });
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
    expect(unavailable.map(({ field }) => field)).not.toContain('runtime.numGc');
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

  describe('tell the truth about', () => {
    let name: string;
    beforeAll(async () => {
      program.write('id 0');
      const [, id] = await program.printed(/^id 0 (\d+)$/m);
      name = `worker-${id}`;
    });

    /** Has the worker do something, and gives what it tells of that itself. */
    async function work<T>(does: string, amount: number): Promise<T> {
      program.write(`work 0 ${does} ${amount}`);
      const [, told] = await program.printed(new RegExp(`^${does} (.*)$`, 'm'));
      return JSON.parse(told!) as T;
    }

    interface Counted {
      gc: { count: number; interval: { totalMs: number }[] };
      eventLoop: { delayMaxMs: number | null };
      history: { gcPauseNs: number | null; eventLoopDelayMaxMs: number | null }[];
    }
    async function counted(): Promise<Counted> {
      const fields =
        'gc { count } eventLoop { delayMaxMs } history { gcPauseNs eventLoopDelayMaxMs }';
      const { target } = await program.ask<{ target: { pprof: Counted } }>(
        `{ target(name: "${name}") { pprof { ${fields} } } }`,
      );
      return target.pprof;
    }

    it('their collections, and how long their loop was held', async () => {
      const before = await counted();
      const heldMs = 1_500;
      const own = await work<{ count: number; ms: number }>('churn', heldMs);
      expect(own.count).toBeGreaterThan(5);
      await vi.waitFor(async () => {
        const { gc, eventLoop, history } = await counted();
        expect(Math.abs(gc.count - before.gc.count - own.count)).toBeLessThanOrEqual(3);
        const delays = history.map((point) => point.eventLoopDelayMaxMs ?? 0);
        const longestMs = Math.max(eventLoop.delayMaxMs ?? 0, ...delays);
        expect(longestMs).toBeGreaterThanOrEqual(heldMs - 5);
        expect(longestMs).toBeLessThan(heldMs + 3_000);
      }, UNTIL_SEEN);
    });

    it('the CPU time that they take', async () => {
      async function cpuMs(): Promise<number> {
        const text = await (await fetch(`${await program.url()}metrics`)).text();
        const [, seconds] =
          new RegExp(`^pprofql_cpu_seconds_total{.*target="${name}".*} (.*)$`, 'm').exec(text) ??
          [];
        return Number(seconds) * 1_000;
      }
      const before = await cpuMs();
      await work('burn', 1_000);
      await vi.waitFor(async () => expect(await cpuMs()).toBeGreaterThan(before + 950), UNTIL_SEEN);
      // Counted twice it would be 2,000; what else the worker does meanwhile takes longer on a crowded machine.
      expect(await cpuMs()).toBeLessThan(before + 1_500);
    });

    it('what waits on promises, by an enumeration of their heap', async () => {
      const waiting = async () => {
        const { groups } = await client.target(name).goroutines({ exact: true });
        return groups
          .filter(({ stackKind }) => stackKind === 'WAITS')
          .map(({ count, frames }) => [
            count,
            ...frames.map(
              (frame) => `${frame.function} ${frame.path.split('/').at(-1)}:${frame.line}`,
            ),
          ]);
      };
      await work('order', 23);
      const reserves = `reserveStock worker.mjs:${lineOf('stock.takers.push')}`;
      const checksOut = `checkOut worker.mjs:${lineOf('await reserveStock()')}`;
      expect(await waiting()).toEqual([[23, reserves, checksOut]]);
      await work('deliver', 0);
      expect(await waiting()).toEqual([]);
    });

    it('what they allocate and keep, without a number of objects that nobody counts', async () => {
      const table = async () => {
        const { inuseAllocations, allocationProfile } = await client.target(name).pprof();
        expect(allocationProfile?.samplingIntervalBytes).toBe(SAMPLING_INTERVAL_BYTES);
        return inuseAllocations ?? [];
      };
      await table();
      await work('keep', 60);
      const rows = (await table()).filter((row) => row.function === 'keep');
      const bytes = rows.reduce((sum, row) => sum + row.bytes, 0);
      expect(bytes).toBeGreaterThan(40e6);
      expect(bytes).toBeLessThan(80e6);
      for (const row of rows) expect(row).toMatchObject({ count: null, liveCount: null });
    });
  });

  it('carry the route of the request that they were made in', async () => {
    program.write('report');
    await program.printed(/^reported$/m);
    await vi.waitFor(async () => {
      const { targets } = await program.ask<{
        targets: {
          title: string | null;
          thread: { threadId: number; route: string | null } | null;
        }[];
      }>('{ targets { title thread { threadId route } } }');
      const [reporter] = targets.filter(({ title }) => title?.endsWith(' of reporter'));
      expect(reporter?.thread?.route).toBe('GET /reports/:id');
      const others = targets.filter(({ thread }) => thread?.route === null);
      expect(others).toHaveLength(5);
    }, UNTIL_SEEN);
  });

  it('that spin are named with their line, also while the main thread is blocked', async () => {
    program.write('spin 0 Infinity');
    const stuck = async () => {
      for (const { name } of await workers(/worker\.mjs/)) {
        const loop = await client.target(name).eventLoop();
        if (loop.state === 'RUNNING_JAVASCRIPT') return loop.sentence;
      }
      return null;
    };
    const line = /^Blocked for [\d.]+ s by JavaScript: findEdge \(.*worker\.mjs:10\)\.$/;
    await vi.waitFor(async () => expect(await stuck()).toMatch(line), UNTIL_SEEN);
    const free = join(temporaryFolder(), 'free');
    program.write(`block ${free}`);
    await vi.waitFor(async () => {
      expect((await client.eventLoop()).sentence).toMatch(/blockMain/);
    }, UNTIL_SEEN);
    expect(await stuck()).toMatch(line);
    writeFileSync(free, '');
    const told = await vi.waitFor(async () => {
      const { findings } = await client.health();
      const found = findings.find(({ sentence }) => /^worker-\d+ of worker\.mjs/.test(sentence));
      return found ?? expect.fail('no finding');
    }, UNTIL_SEEN);
    expect(told).toMatchObject({ kind: 'BLOCKED_LOOP', severity: 'NOTICE' });
    expect(told.sentence).toMatch(
      /^(worker-\d+) of worker\.mjs spins in findEdge \(\S*worker\.mjs:10\)/,
    );
    const [name] = told.sentence.split(' ');
    await expect(client.target(name!).goroutines({ exact: true })).rejects.toMatchObject({
      code: 'PROCESS_NOT_RESPONDING',
    });
    const { findings } = await client.target(name!).health();
    expect(findings.map(({ kind, culprit }) => [kind, culprit?.function])).toEqual([
      ['BLOCKED_LOOP', 'findEdge'],
    ]);
  });

  it('that have ended are not there any more', async () => {
    const before = await names();
    program.write('terminate 0');
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
      stdout: expect.stringMatching(
        /^ready\nqueue done\n(?:(?:id|churn|burn|order|deliver|keep) .*\n){6}reported\nterminated 1\nquick done\n$/,
      ),
    });
    expect(stderr).toBe(`pprofql: ${await program.url()}\n`);
  });
});
