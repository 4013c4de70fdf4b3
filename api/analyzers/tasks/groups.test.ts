import { describe, expect, it } from 'vitest';
import { MS_PER_MINUTE } from '../../base/numbers/units.ts';
import { groupTasks } from './groups.ts';
import type { Task, TaskGroupOptions } from './types.ts';

const NOW_MS = 10_000_000;

/** `load:7 handler:3` is a stack of two frames, top first, all in /app.js. */
function frames(stack: string): Task['frames'] {
  return stack
    .split(' ')
    .filter((text) => text !== '')
    .map((text) => {
      const [name, line] = text.split(':');
      const file = name?.startsWith('node_') ? 'node:internal/timers' : '/app.js';
      return { function: name ?? '', file, line: Number(line) };
    });
}

function task(stack: string, overrides: Partial<Task> = {}): Task {
  return {
    state: 'await',
    waitMs: 0,
    weight: 1,
    frames: frames(stack),
    stackKind: 'WAITS',
    request: null,
    isRefed: null,
    ...overrides,
  };
}

function request({ route = 'GET /a', ageMs = 0, endedMsAgo = null as number | null } = {}) {
  return {
    route,
    startedAtMs: NOW_MS - ageMs,
    endedAtMs: endedMsAgo === null ? null : NOW_MS - endedMsAgo,
  };
}

function group(tasks: Task[], options: Partial<TaskGroupOptions> = {}) {
  return groupTasks(tasks, {
    nowMs: NOW_MS,
    isRuntimeFile: (file) => file.startsWith('node:'),
    ...options,
  });
}

describe('grouping', () => {
  it('gives nothing for no tasks', () => {
    expect(group([])).toEqual({
      total: 0,
      groups: [],
      summary: { background: 0, perRequest: 0, unknown: 0, longWaiting: 0, potentiallyStuck: 0 },
    });
  });

  it('keeps tasks together that share state and every frame, and only those', () => {
    const { total, groups } = group([
      task('load:7 handler:3'),
      task('load:7 handler:3'),
      task('load:8 handler:3'),
      task('load:7 other:3'),
      task('load:7'),
      task('load:7 handler:3', { state: 'timer' }),
    ]);
    expect(total).toBe(6);
    expect(groups.map(({ count }) => count)).toEqual([2, 1, 1, 1, 1]);
  });

  it('keeps recursion of different depth apart, and of the same depth together', () => {
    const { groups } = group([
      task('walk:5 walk:9 main:1'),
      task('walk:5 walk:9 main:1'),
      task('walk:5 walk:9 walk:9 main:1'),
    ]);
    expect(groups.map(({ count, frames: { length } }) => [count, length])).toEqual([
      [2, 3],
      [1, 4],
    ]);
  });

  it('keeps the tasks of requests apart from the tasks of none', () => {
    const { groups, summary } = group([
      task('load:7', { request: request() }),
      task('load:7', { request: request() }),
      task('load:7'),
    ]);
    expect(groups.map(({ count, category }) => [count, category])).toEqual([
      [2, 'PER_REQUEST'],
      [1, 'UNKNOWN'],
    ]);
    expect(summary).toMatchObject({ perRequest: 2, unknown: 1, background: 0 });
  });

  it('counts a task as often as its weight says, and says how many records there were', () => {
    const { total, groups } = group([
      task('load:7', { weight: 10 }),
      task('load:7', { weight: 2.4 }),
    ]);
    expect(total).toBe(12);
    expect(groups[0]).toMatchObject({ count: 12, sampled: 2 });
  });

  it('names the first frame that is neither the runtime’s nor ours, else the very top one', () => {
    const isOwnFile = (file: string) => file === '/app.js';
    const top = (tasks: Task[], options = {}) =>
      group(tasks, options).groups[0]?.topFrame?.function;
    expect(top([task('node_timer:1 sleep:7 handler:3')])).toBe('sleep');
    expect(top([task('node_timer:1 sleep:7')], { isOwnFile })).toBe('node_timer');
    expect(top([task('')])).toBeUndefined();
  });

  it('counts the tasks that keep the process alive, where that means something', () => {
    const refed = (isRefed: boolean | null) => task('load:7', { isRefed });
    expect(group([refed(true), refed(true), refed(false)]).groups[0]?.refed).toBe(2);
    expect(group([refed(null)]).groups[0]?.refed).toBeNull();
  });
});

describe('waits', () => {
  const waitsOf = (...members: [waitMs: number | null, weight: number][]) => {
    const { oldestWaitMs, medianWaitMs, newestWaitMs } = group(
      members.map(([waitMs, weight]) => task('load:7', { waitMs, weight })),
    ).groups[0]!;
    return [oldestWaitMs, medianWaitMs, newestWaitMs];
  };

  it.each([
    { name: 'one task', members: [[5, 1]], expected: [5, 5, 5] },
    {
      name: 'an odd number',
      members: [
        [9, 1],
        [1, 1],
        [4, 1],
      ],
      expected: [9, 4, 1],
    },
    {
      name: 'an even number: the lower one',
      members: [
        [1, 1],
        [3, 1],
      ],
      expected: [3, 1, 1],
    },
    {
      name: 'a heavy one',
      members: [
        [1, 1],
        [2, 1],
        [90, 5],
      ],
      expected: [90, 90, 1],
    },
    {
      name: 'unknown ones aside',
      members: [
        [null, 9],
        [7, 1],
      ],
      expected: [7, 7, 7],
    },
    { name: 'all unknown', members: [[null, 1]], expected: [null, null, null] },
  ] as { name: string; members: [number | null, number][]; expected: (number | null)[] }[])(
    'gives oldest, median and newest of $name',
    ({ members, expected }) => {
      expect(waitsOf(...members)).toEqual(expected);
    },
  );

  it('counts as long-waiting from exactly the limit on', () => {
    const { groups, summary } = group([
      task('load:7', { waitMs: MS_PER_MINUTE - 1 }),
      task('load:7', { waitMs: MS_PER_MINUTE }),
      task('load:7', { waitMs: 2 * MS_PER_MINUTE, weight: 3 }),
    ]);
    expect(groups[0]?.longWaitingCount).toBe(4);
    expect(summary.longWaiting).toBe(4);
  });
});

describe('requests', () => {
  it('lists routes by their tasks, equal ones by name, and the age of the oldest request', () => {
    const { groups } = group([
      task('load:7', { request: request({ route: 'GET /b', ageMs: 10 }) }),
      task('load:7', { request: request({ route: 'GET /c', ageMs: 90 }), weight: 2 }),
      task('load:7', { request: request({ route: 'GET /a', ageMs: 20 }) }),
    ]);
    expect(groups[0]?.routes).toEqual([
      { route: 'GET /c', count: 2 },
      { route: 'GET /a', count: 1 },
      { route: 'GET /b', count: 1 },
    ]);
    expect(groups[0]?.oldestRequestMs).toBe(90);
  });

  it('accuses a task that waits for a minute, and says how long', () => {
    const { groups, summary } = group([
      task('load:7', { request: request(), waitMs: 61_000 }),
      task('load:7', { request: request(), waitMs: 5 * MS_PER_MINUTE }),
      task('load:7', { request: request({ route: 'GET /b' }), waitMs: 5_000 }),
    ]);
    expect(groups[0]).toMatchObject({
      count: 3,
      stuckCount: 2,
      stuckReason: '2 tasks of GET /a have waited 61 s to 5 min, over the limit of 60 s.',
    });
    expect(summary.potentiallyStuck).toBe(2);
  });

  it('accuses a task that outlived its request, however young it is', () => {
    const { groups } = group([
      task('load:7', { request: request({ ageMs: 900, endedMsAgo: 500 }), waitMs: 800 }),
    ]);
    expect(groups[0]).toMatchObject({
      outlivedRequest: 1,
      stuckCount: 1,
      stuckReason: '1 task of GET /a has stayed alive for 500 ms after the request ended.',
    });
  });

  it('counts a task once that is both, and gives both reasons where tasks differ', () => {
    const { groups } = group([
      task('load:7', {
        request: request({ endedMsAgo: MS_PER_MINUTE }),
        waitMs: 3 * MS_PER_MINUTE,
      }),
      task('load:7', { request: request({ route: 'GET /b' }), waitMs: 2 * MS_PER_MINUTE }),
    ]);
    expect(groups[0]).toMatchObject({
      stuckCount: 2,
      stuckReason:
        '1 task of GET /b has waited 2 min, over the limit of 60 s; ' +
        '1 task of GET /a has stayed alive for 60 s after the request ended.',
    });
  });

  it('accuses no young task, and no background task however old', () => {
    const rules = [{ category: 'BACKGROUND', function: /^loop$/ }] as const;
    const { groups, summary } = group(
      [
        task('load:7', { request: request(), waitMs: 1 }),
        task('loop:1', { waitMs: 60 * MS_PER_MINUTE }),
      ],
      { rules },
    );
    expect(groups.map(({ stuckCount, stuckReason }) => [stuckCount, stuckReason])).toEqual([
      [0, null],
      [0, null],
    ]);
    expect(summary).toMatchObject({ longWaiting: 1, potentiallyStuck: 0 });
  });

  it('accuses by rule where a runtime knows no requests', () => {
    const rules = [{ category: 'PER_REQUEST', function: /^serve$/ }] as const;
    const { groups } = group([task('read:1 serve:2', { waitMs: 2 * MS_PER_MINUTE })], { rules });
    expect(groups[0]?.stuckReason).toBe('1 task has waited 2 min, over the limit of 60 s.');
  });
});

describe('order', () => {
  it('puts the stuck first, then the longest wait, then the most tasks, then by name', () => {
    const { groups } = group([
      task('z:1', { waitMs: 5 }),
      task('a:1', { waitMs: 5 }),
      task('many:1', { waitMs: 5 }),
      task('many:1', { waitMs: 5 }),
      task('old:1', { waitMs: 9 * MS_PER_MINUTE }),
      task('unknown:1', { waitMs: null }),
      task('stuck:1', { waitMs: MS_PER_MINUTE, request: request() }),
    ]);
    expect(groups.map(({ topFrame }) => topFrame?.function)).toEqual([
      'stuck',
      'old',
      'many',
      'a',
      'z',
      'unknown',
    ]);
  });

  it('does not depend on the order of the tasks', () => {
    const tasks = ['c:1', 'a:1', 'b:1', 'a:2', 'a:1'].map((stack) => task(stack, { waitMs: 5 }));
    expect(group([...tasks].reverse())).toEqual(group(tasks));
  });
});
