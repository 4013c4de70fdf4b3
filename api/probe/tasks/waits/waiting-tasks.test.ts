import { describe, expect, it } from 'vitest';
import { startTimeSlices } from '../pace/time-slices.ts';
import { createStackStore, EMPTY_STACK } from '../stack-store.ts';
import type { AwaitedTask } from './awaited-task.ts';
import { waitingTasks } from './waiting-tasks.ts';

const store = createStackStore(16);

/** `load:7` is short for `load (/app.js:7:1)`, `node.stat:7` for one of Node's; others have no file. */
function lineOf(text: string): string {
  const [, name, line] = /^(.*):(\d+)$/.exec(text) ?? [];
  if (name === undefined) return `${text} (<anonymous>)`;
  return `${name} (${name.startsWith('node.') ? 'node:internal' : '/app.js'}:${line}:1)`;
}

const textOf = (frames: string, prefix = '') =>
  ['Error', ...frames.split(' < ').map((frame) => `    at ${prefix}${lineOf(frame)}`)].join('\n');

const created = (frames: string) => store.format({ stack: textOf(frames) });
const awaited = (frames: string) =>
  frames === '' ? EMPTY_STACK : store.formatAwaits({ stack: textOf(frames, 'async ') });

type Row = [asyncId: number, parentId: number, type: string, created: string, waits: string];

const toTask =
  (weight: number) =>
  ([asyncId, parentId, type, stack, waits]: Row): AwaitedTask => ({
    asyncId,
    parentId,
    type,
    weight,
    request: null,
    isStanding: false,
    stack: created(stack),
    waits: awaited(waits),
  });

async function shown(rows: Row[], weight = 1): Promise<string[]> {
  const tasks = await waitingTasks(rows.map(toTask(weight)), startTimeSlices());
  return tasks
    .map(({ task, stack, stackKind }) =>
      [`${task.type} ${stackKind}`, ...stack.frames.map((frame) => frame.function)].join(' < '),
    )
    .sort();
}

/** A wait of `load` in `handler`, as many promises as V8 makes. */
const wait = (id: number): Row[] => [
  [id, 0, 'PROMISE', 'handler:1', ''],
  [id + 1, 0, 'PROMISE', 'load:4 < handler:2', 'handler:2'],
  [id + 2, 0, 'PROMISE', 'new Promise < load:5 < handler:2', 'load:5 < handler:2'],
  [id + 3, id + 2, 'PROMISE', 'load:5 < handler:2', ''],
  [id + 4, id + 1, 'PROMISE', 'handler:2', ''],
];

describe('waitingTasks', () => {
  const cases: { name: string; rows: Row[]; expected: string[] }[] = [
    { name: 'nothing', rows: [], expected: [] },
    {
      name: 'a chain of async functions: the innermost, with all that wait',
      rows: wait(1),
      expected: ['PROMISE WAITS < load < handler'],
    },
    {
      name: 'a promise nobody awaits: where it was made',
      rows: [[1, 0, 'PROMISE', 'new Promise < load:7', '']],
      expected: ['PROMISE CREATED < new Promise < load'],
    },
    {
      name: 'a shared promise: each that awaits it',
      rows: [
        [1, 0, 'PROMISE', 'new Promise < open:7', ''],
        [2, 1, 'PROMISE', 'handler:2', ''],
        [3, 1, 'PROMISE', 'handler:2', ''],
      ],
      expected: ['PROMISE CREATED < handler', 'PROMISE CREATED < handler'],
    },
    {
      name: 'a promise that waits for a timer: the timer, where it is awaited',
      rows: [
        [1, 0, 'PROMISE', 'sleep:1', ''],
        [2, 0, 'PROMISE', 'new Promise < sleep:2', 'sleep:2'],
        [3, 0, 'Timeout', 'node.setTimeout:5 < executor:3 < new Promise < sleep:2', ''],
        [4, 2, 'PROMISE', 'sleep:2', ''],
      ],
      expected: ['Timeout WAITS < sleep'],
    },
    {
      name: 'a timer beside a wait for something else: both',
      rows: [
        [1, 0, 'Timeout', 'node.setTimeout:5 < handler:2', ''],
        [2, 0, 'PROMISE', 'new Promise < handler:3', 'handler:3'],
        [3, 2, 'PROMISE', 'handler:3', ''],
      ],
      expected: ['PROMISE WAITS < handler', 'Timeout CREATED < node.setTimeout < handler'],
    },
    {
      name: 'a request that Node makes for what is awaited: one',
      rows: [
        [1, 0, 'PROMISE', 'node.stat:1 < load:7', 'node.stat:1 < load:7'],
        [2, 0, 'FSREQPROMISE', 'node.stat:1 < load:7', ''],
        [3, 1, 'PROMISE', 'node.stat:1 < load:7', ''],
        [4, 0, 'PROMISE', 'node.stat:0 < load:7', 'load:7'],
        [5, 4, 'PROMISE', 'load:7', ''],
      ],
      expected: ['FSREQPROMISE WAITS < node.stat < load'],
    },
    {
      name: 'a request whose host is still looked up: the lookup',
      rows: [
        [1, 0, 'PROMISE', 'new Promise < get:2', 'get:2'],
        [2, 0, 'HTTPCLIENTREQUEST', 'node.request:5 < executor:3 < new Promise < get:2', ''],
        [3, 0, 'GETADDRINFOREQWRAP', 'node.lookup:5 < executor:3 < new Promise < get:2', ''],
        [4, 1, 'PROMISE', 'get:2', ''],
      ],
      expected: ['GETADDRINFOREQWRAP WAITS < get'],
    },
    {
      name: 'Promise.all of two: the two',
      rows: [
        [1, 0, 'PROMISE', 'handler:1', ''],
        [2, 0, 'PROMISE', 'new Promise < a:4 < handler:2', 'Promise.all < handler:2'],
        [3, 0, 'PROMISE', 'new Promise < b:5 < handler:2', 'Promise.all < handler:2'],
        [4, 0, 'PROMISE', 'Promise.all < handler:2', 'handler:2'],
        [5, 2, 'PROMISE', 'Promise.then < Promise.all < handler:2', ''],
        [6, 3, 'PROMISE', 'Promise.then < Promise.all < handler:2', ''],
        [7, 4, 'PROMISE', 'handler:2', ''],
      ],
      expected: ['PROMISE WAITS < Promise.all < handler', 'PROMISE WAITS < Promise.all < handler'],
    },
    {
      name: 'Promise.race of two: one',
      rows: [
        [2, 0, 'PROMISE', 'new Promise < handler:2', 'handler:2'],
        [3, 0, 'PROMISE', 'new Promise < handler:2', 'handler:2'],
        [4, 0, 'PROMISE', 'Promise.race < handler:2', 'handler:2'],
        [5, 2, 'PROMISE', 'Promise.then < Promise.race < handler:2', 'handler:2'],
        [6, 3, 'PROMISE', 'Promise.then < Promise.race < handler:2', 'handler:2'],
        [7, 4, 'PROMISE', 'handler:2', ''],
      ],
      expected: ['PROMISE WAITS < handler'],
    },
    {
      name: 'functions that were collected at their await: their outcomes',
      rows: [[1, 0, 'PROMISE', 'lost:1', ''], [2, 0, 'PROMISE', 'lost:1', ''], ...wait(3)],
      expected: [
        'PROMISE CREATED < lost',
        'PROMISE CREATED < lost',
        'PROMISE WAITS < load < handler',
      ],
    },
    {
      name: 'such functions of which some are not collected yet: each once',
      rows: [
        [1, 0, 'PROMISE', 'lost:1', ''],
        [2, 0, 'PROMISE', 'lost:1', ''],
        [3, 0, 'PROMISE', 'lost:1', ''],
        [5, 4, 'PROMISE', 'lost:2', ''],
      ],
      expected: ['PROMISE CREATED < lost', 'PROMISE CREATED < lost', 'PROMISE CREATED < lost'],
    },
    {
      name: 'an await of what was made before anybody looked: where it stands',
      rows: [[5, 1, 'PROMISE', 'handler:2', '']],
      expected: ['PROMISE CREATED < handler'],
    },
  ];

  it.each(cases)('shows of $name', async ({ rows, expected }) => {
    expect(await shown(rows)).toEqual(expected);
  });

  it('counts a wait once, however deep it is, also where every fourth promise was recorded', async () => {
    const rows = Array.from({ length: 400 }, (_, index) => wait(1 + 5 * index)).flat();
    // Each promise by itself, as a sampler does, with numbers that are the same in every run.
    let seed = 1;
    const recorded = rows.filter(() => {
      seed = (seed * 48_271) % 2_147_483_647;
      return seed % 4 === 0;
    });
    const found = await shown(recorded, 4);
    expect(new Set(found)).toEqual(new Set(['PROMISE WAITS < load < handler']));
    expect(found.length * 4).toBeGreaterThan(250);
    expect(found.length * 4).toBeLessThan(550);
  });

  describe('of loops that are all known, with what they wait for sampled coarsely', () => {
    const loop = (id: number, name: string): Row => [id, 0, 'PROMISE', `${name}:1`, ''];
    const round = (id: number, name: string): Row[] => [
      [id, 0, 'Timeout', `node.sleep:5 < ${name}:2`, ''],
      [id + 1, 0, 'PROMISE', `node.sleep:5 < ${name}:2`, `${name}:2`],
      [id + 2, id + 1, 'PROMISE', `${name}:2`, ''],
    ];
    const countsOf = async (loops: Row[], rounds: Row[]) => {
      const tasks = [...loops.map(toTask(1)), ...rounds.map(toTask(90))];
      const counts: Record<string, number> = {};
      for (const { task, stack, stackKind, weight } of await waitingTasks(
        tasks,
        startTimeSlices(),
      )) {
        const kind = `${task.type} ${stackKind} ${stack.frames.at(-1)!.function}`;
        counts[kind] = Math.round((counts[kind] ?? 0) + weight);
      }
      return counts;
    };

    it('counts the loops, and shows what they wait for', async () => {
      const loops = Array.from({ length: 100 }, (_, id) => loop(1 + id, 'poll'));
      const rounds = [...round(1_000, 'poll'), ...round(2_000, 'poll')];
      expect(await countsOf(loops, rounds)).toEqual({ 'Timeout WAITS poll': 100 });
    });

    it('counts a loop that is not met at its wait, whatever else is sampled', async () => {
      const rounds = [...round(1_000, 'other'), ...round(2_000, 'other')];
      expect(await countsOf([loop(1, 'watch')], rounds)).toEqual({
        'PROMISE CREATED watch': 1,
        'Timeout WAITS other': 180,
      });
    });

    it('leaves what others have begun before they were recorded', async () => {
      const rounds = Array.from({ length: 50 }, (_, id) => round(1_000 + 3 * id, 'poll')).flat();
      expect(await countsOf([loop(1, 'poll')], rounds)).toEqual({ 'Timeout WAITS poll': 4_500 });
    });
  });

  it('gives a promise made elsewhere to the request that awaits it', async () => {
    const request = {};
    const [promise, waits] = [
      toTask(1)([1, 0, 'PROMISE', 'new Promise < connect:7', 'handler:2']),
      { ...toTask(1)([2, 1, 'PROMISE', 'handler:2', '']), request },
    ];
    const [task, ...others] = await waitingTasks([promise, waits], startTimeSlices());
    expect(others).toEqual([]);
    expect(task!.owner.request).toBe(request);
  });
});

describe('a promise that one request has made and another waits for', () => {
  const [first, second, third] = [{ name: 'first' }, { name: 'second' }, { name: 'third' }];

  /** Whose wait each is, where, and whose promise it waits for. */
  async function behindIn(rows: readonly (readonly [object, Row])[]): Promise<string[]> {
    const tasks = rows.map(([request, row]) => ({ ...toTask(1)(row), request }));
    const nameOf = (task: AwaitedTask) => (task.request as typeof first).name;
    return (await waitingTasks(tasks, startTimeSlices())).map(
      ({ owner, stack, behind }) =>
        `${nameOf(owner)} in ${stack.frames.map((frame) => frame.function).join(' < ')} behind ${behind ? nameOf(behind) : 'nobody'}`,
    );
  }

  it('holds up the one that waits, as in a lock that is a chain of promises', async () => {
    expect(
      await behindIn([
        [first, [1, 0, 'PROMISE', 'new Promise < withLock:7', 'withLock:8 < handler:2']],
        [second, [2, 1, 'PROMISE', 'withLock:8 < handler:2', '']],
        [second, [3, 0, 'PROMISE', 'new Promise < withLock:7', 'withLock:8 < handler:2']],
        [third, [4, 3, 'PROMISE', 'withLock:8 < handler:2', '']],
      ]),
    ).toEqual([
      'second in withLock < handler behind first',
      'third in withLock < handler behind second',
    ]);
  });

  it('does so where the one that waits derives its own from it, as in a queue', async () => {
    expect(
      await behindIn([
        [first, [1, 0, 'PROMISE', 'Promise.then < post:5 < shotOf:5', '']],
        [first, [2, 1, 'PROMISE', 'Promise.catch < post:6 < shotOf:5', '']],
        [second, [3, 2, 'PROMISE', 'Promise.then < post:5 < shotOf:5', '']],
      ]),
    ).toContain('second in Promise.then < post < shotOf behind first');
  });
});
