import { describe, expect, it, vi } from 'vitest';
import type { TaskProofs } from '../methods/holders.ts';
import { type DiffNumbers, diffOf } from '../testing/diffs.ts';
import { expectNoLeaks, type NoLeaksOptions } from './expect-no-leaks.ts';
import { LeakFoundError } from './leak-found-error.ts';

/** Calls of functions in `/app/name.js` that can never go on, and of such that wait. */
function proofsOf(stuck: Record<string, number>, waiting: [string, number][]): TaskProofs {
  const functionOf = (name: string, count: number, isStuck: boolean, sentence: string) => {
    const place = {
      function: name,
      file: `/app/${name}.js`,
      path: `${name}.js`,
      line: 1,
      origin: 'OWN' as const,
    };
    return { ...place, count, isStuck, sentence, frames: [place] };
  };
  const gone = 'nobody can settle it any more';
  const turn = 'still waits for what `queue` Array can settle';
  return {
    functions: [
      ...Object.entries(stuck).map(([name, count]) => functionOf(name, count, true, gone)),
      ...waiting.map(([name, count]) => functionOf(name, count, false, turn)),
    ],
  } as unknown as TaskProofs;
}

/** A process whose growth after the nth measured run is what the function says. */
function processThat(
  grows: (run: number) => DiffNumbers,
  warmup = 1,
  stuck: (run: number) => Record<string, number> = () => ({}),
) {
  let runs = -warmup;
  const work = vi.fn(() => {
    runs += 1;
  });
  const source = {
    capture: vi.fn(async (_name: string) => {}),
    deleteCapture: vi.fn(async (_name: string) => true),
    diff: vi.fn(async (_request: { base: string }) => diffOf(grows(runs))),
    holders: vi.fn(async (_allocation: string) => ({
      paths: [{ sentence: '`users` Map in login.js, 5 entries, 98 %' }],
    })),
    proveTasks: vi.fn(async () => proofsOf(stuck(runs), [['waitForTurn', 10 * runs]])),
  };
  const check = (options?: NoLeaksOptions) =>
    expectNoLeaks(source, work, { settleMs: 0, warmup, ...options });
  return { work, source, check };
}

const leak = (run: number) => ({ memory: { 'remember<login': run * 5_000 } });

describe('expectNoLeaks', () => {
  it('is content with one run that leaves nothing', async () => {
    const { check, work } = processThat(() => ({}));
    expect(await check()).toEqual({ runs: 1, visibleFrom: { bytes: 4_000, tasks: 2 } });
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('runs the work again before it accuses, five times unless told otherwise', async () => {
    const patient = processThat(leak);
    await expect(patient.check()).rejects.toThrow(LeakFoundError);
    expect(patient.work).toHaveBeenCalledTimes(1 + 6);

    const hasty = processThat(leak, 0);
    await expect(hasty.check({ retries: 0 })).rejects.toThrow(LeakFoundError);
    expect(hasty.work).toHaveBeenCalledTimes(1);
  });

  it('names who holds what it accuses, where that is asked for', async () => {
    const { check, source } = processThat(leak);
    const told = check({ holders: true, retries: 0 });
    await expect(told).rejects.toThrow(/^ {4}held by `users` Map in login\.js, 5 entries, 98 %$/m);
    expect(source.holders).toHaveBeenCalledTimes(1);
    source.holders.mockRejectedValue(new Error('it is off'));
    await expect(check({ holders: true, retries: 0 })).rejects.toThrow(
      /remember[\s\S]*Who holds it is not known: it is off/,
    );
    await expect(check({ retries: 0 })).rejects.not.toThrow(/held by/);
  });

  describe('with proof', () => {
    it('accuses after one run what nobody can settle any more, however little', async () => {
      const { check, work } = processThat(
        () => ({}),
        1,
        (run) => ({ askForgotten: 3 + run, old: 5 }),
      );
      await expect(check({ proof: true })).rejects.toThrow(
        /^1 leak found[\s\S]*\+1 task \(await\) of askForgotten\n[\s\S]*nobody can settle it any more$/,
      );
      expect(work).toHaveBeenCalledTimes(2);
      expect(await check({ proof: true, ignore: [/askForgotten/] })).toMatchObject({ runs: 1 });
      expect(await check()).toMatchObject({ runs: 1 });
    });

    it('leaves all else to the growth, and says for what it still waits', async () => {
      const { check, source } = processThat((run) => ({
        tasks: { 'node:wait<waitForTurn': run * 7 },
      }));
      await expect(check({ proof: true, retries: 1 })).rejects.toThrow(
        /growing over 2 runs[\s\S]*still waits for what `queue` Array can settle$/,
      );
      expect(source.proveTasks).toHaveBeenCalledTimes(3);
      const quiet = processThat(() => ({}));
      expect(await quiet.check({ proof: true })).toMatchObject({ runs: 1 });
    });

    it('is not quiet where it could not look', async () => {
      const { check, source } = processThat(() => ({}));
      source.proveTasks.mockRejectedValue(new Error('it is off'));
      await expect(check({ proof: true })).rejects.toThrow('it is off');
      expect(source.deleteCapture).toHaveBeenCalledTimes(1);
    });
  });

  it('withdraws a suspicion when the growth ends', async () => {
    const { check } = processThat((run) => leak(Math.min(run, 3)));
    expect(await check()).toMatchObject({ runs: 4 });
  });

  it('gives what has grown a moment to go', async () => {
    const { check, source } = processThat(() => ({}));
    source.diff.mockResolvedValueOnce(diffOf(leak(9)));
    expect(await check()).toMatchObject({ runs: 1 });
    expect(source.diff).toHaveBeenCalledTimes(2);
  });

  describe('where the runtime cannot collect garbage', () => {
    it('runs the work until V8 must have done so, and says so', async () => {
      const { check, work } = processThat((run) => ({
        ...leak(run),
        includesGarbage: true,
        heapUsedBytes: 1_000_000 + run * 200_000,
      }));
      await expect(check()).rejects.toThrow(/objects that are dead already/);
      expect(work).toHaveBeenCalledTimes(1 + 15);
    });

    it('accuses after 60 more runs at the latest', async () => {
      const { check, work } = processThat((run) => ({ ...leak(run), includesGarbage: true }));
      await expect(check()).rejects.toThrow(LeakFoundError);
      expect(work).toHaveBeenCalledTimes(1 + 61);
    });
  });

  it('names the stacks, with bytes, counts and the growth of each run', async () => {
    const { check } = processThat((run) => ({
      memory: { 'remember<login': run * 1024 * 1024 },
      tasks: { 'node:wait<hang<main': run * 7 },
      route: 'GET /slow',
    }));
    const error = await check({ retries: 2 }).catch((reason) => reason);
    expect(error).toBeInstanceOf(LeakFoundError);
    expect(error.message).toBe(
      `2 leaks found, growing over 3 runs:

+3.15 MB in 31,457 objects of remember
    after each run: +1.05 MB, +2.10 MB, +3.15 MB
    at remember (/app/remember.js:1)
    at login (/app/login.js:1)

+21 tasks (await) of node:wait, for GET /slow
    after each run: +7 tasks, +14 tasks, +21 tasks
    at node:wait (node:wait:1)
    at hang (/app/hang.js:1)
    at main (/app/main.js:1)`,
    );
    expect(
      error.leaks.map(({ kind, count }: { kind: string; count: number }) => [kind, count]),
    ).toEqual([
      ['memory', 31457.28],
      ['tasks', 21],
    ]);
  });

  it('shows the largest leaks and the top of their stacks, and counts the rest', async () => {
    const deep = Array.from({ length: 10 }, (_, depth) => `f${depth}`).join('<');
    const { check } = processThat((run) => ({
      memory: Object.fromEntries(
        Array.from({ length: 7 }, (_, at) => [`leak${at}<${deep}`, run * (9_000 - at)]),
      ),
    }));
    const { message } = await check({ retries: 1 }).catch((reason) => reason);
    expect(message).toMatch(/^7 leaks found/);
    expect(message.match(/of leak\d$/gm)).toEqual([0, 1, 2, 3, 4].map((at) => `of leak${at}`));
    expect(message).toMatch(/and 3 frames below/);
    expect(message).toMatch(/and 2 more$/);
  });

  it('removes its capture, whatever happens', async () => {
    const { check, source, work } = processThat(leak);
    await check().catch(() => {});
    work
      .mockImplementationOnce(() => {})
      .mockImplementationOnce(() => {
        throw new Error('broken work');
      });
    await expect(check()).rejects.toThrow('broken work');
    expect(source.deleteCapture.mock.calls).toEqual(
      source.capture.mock.calls.map(([name]) => [name]),
    );
    expect(source.capture).toHaveBeenCalledTimes(2);
  });

  it('keeps the leak in sight where the capture cannot be removed', async () => {
    const { check, source } = processThat(leak);
    source.deleteCapture.mockRejectedValue(new Error('unreachable'));
    await expect(check()).rejects.toThrow(LeakFoundError);
  });

  it('ends with its signal before the next run', async () => {
    const leaving = new AbortController();
    const { check, work } = processThat((run) => {
      if (run === 2) leaving.abort();
      return leak(run);
    });
    await expect(check({ signal: leaving.signal })).rejects.toMatchObject({ name: 'AbortError' });
    expect(work).toHaveBeenCalledTimes(1 + 2);
  });
});
