import { describe, expect, it } from 'vitest';
import { startTimeSlices } from '../pace/time-slices.ts';
import type { ChainTask } from '../promises/promise-kinds.ts';
import { createStackStore } from '../stack-store.ts';
import { representatives } from './await-chains.ts';

const store = createStackStore(16);

/** Frames as V8 prints them; `load:7` is short for `load (/app.js:7:1)`, `new Promise` has no file. */
function stackOf(text: string) {
  const lines = text.split(' < ').map((frame) => {
    const [, name, line] = /^(.*):(\d+)$/.exec(frame) ?? [];
    return name === undefined
      ? `    at ${frame} (<anonymous>)`
      : `    at ${name} (/app.js:${line}:1)`;
  });
  return store.format({ stack: ['Error', ...lines].join('\n') });
}

type Row = [asyncId: number, parentId: number, type: string, stack: string];

async function kept(rows: Row[]): Promise<string[]> {
  const tasks = rows.map(
    ([asyncId, parentId, type, stack]): ChainTask => ({
      asyncId,
      parentId,
      type,
      weight: 1,
      stack: stackOf(stack),
    }),
  );
  const representing = await representatives(tasks, startTimeSlices());
  return representing
    .map(({ task, stack }) =>
      [task.type, ...stack.frames.map((frame) => frame.function)].join(' < '),
    )
    .sort();
}

describe('representatives', () => {
  const cases: { name: string; rows: Row[]; expected: string[] }[] = [
    { name: 'nothing', rows: [], expected: [] },
    {
      name: 'a promise nobody awaits',
      rows: [[1, 0, 'PROMISE', 'new Promise < load:7']],
      expected: ['PROMISE < new Promise < load'],
    },
    {
      name: 'an await of a promise made on the way: its deeper stack',
      rows: [
        [1, 0, 'PROMISE', 'handler:1 < serve:9'],
        [2, 0, 'PROMISE', 'new Promise < acquire:4 < handler:2 < serve:9'],
        [3, 2, 'PROMISE', 'handler:2 < serve:9'],
      ],
      expected: ['PROMISE < new Promise < acquire < handler < serve'],
    },
    {
      name: 'a chain of async functions: the innermost',
      rows: [
        [1, 0, 'PROMISE', 'handler:1 < serve:9'],
        [2, 0, 'PROMISE', 'load:4 < handler:2 < serve:9'],
        [3, 0, 'PROMISE', 'new Promise < load:5 < handler:2 < serve:9'],
        [4, 3, 'PROMISE', 'load:5 < handler:2 < serve:9'],
        [5, 2, 'PROMISE', 'handler:2 < serve:9'],
      ],
      expected: ['PROMISE < new Promise < load < handler < serve'],
    },
    {
      name: 'a promise that waits for a timer: the timer',
      rows: [
        [1, 0, 'PROMISE', 'sleep:1 < serve:9'],
        [2, 0, 'PROMISE', 'new Promise < sleep:2 < serve:9'],
        [3, 0, 'Timeout', 'setTimeout:5 < executor:3 < new Promise < sleep:2 < serve:9'],
        [4, 2, 'PROMISE', 'sleep:2 < serve:9'],
      ],
      expected: ['Timeout < setTimeout < executor < new Promise < sleep < serve'],
    },
    {
      name: 'a timer beside a wait for something else: both',
      rows: [
        [1, 0, 'Timeout', 'setTimeout:5 < handler:2 < serve:9'],
        [2, 0, 'PROMISE', 'new Promise < handler:3 < serve:9'],
        [3, 2, 'PROMISE', 'handler:3 < serve:9'],
      ],
      expected: [
        'PROMISE < new Promise < handler < serve',
        'Timeout < setTimeout < handler < serve',
      ],
    },
    {
      name: 'Promise.all of two: the two',
      rows: [
        [1, 0, 'PROMISE', 'handler:1 < serve:9'],
        [2, 0, 'PROMISE', 'new Promise < a:4 < handler:2 < serve:9'],
        [3, 0, 'PROMISE', 'new Promise < b:5 < handler:2 < serve:9'],
        [4, 0, 'PROMISE', 'Promise.all < handler:2 < serve:9'],
        [5, 2, 'PROMISE', 'Promise.then < Promise.all < handler:2 < serve:9'],
        [6, 3, 'PROMISE', 'Promise.then < Promise.all < handler:2 < serve:9'],
        [7, 4, 'PROMISE', 'handler:2 < serve:9'],
      ],
      expected: [
        'PROMISE < new Promise < a < handler < serve',
        'PROMISE < new Promise < b < handler < serve',
      ],
    },
    {
      name: 'what was chained on with then: where the chain starts',
      rows: [
        [1, 0, 'PROMISE', 'new Promise < load:7'],
        [2, 1, 'PROMISE', 'Promise.then < load:7'],
        [3, 2, 'PROMISE', 'Promise.then < load:8'],
      ],
      expected: ['PROMISE < new Promise < load'],
    },
    {
      name: 'two awaits of a promise made elsewhere: each by itself',
      rows: [
        [5, 1, 'PROMISE', 'handler:2 < serve:9'],
        [6, 1, 'PROMISE', 'handler:2 < serve:9'],
      ],
      expected: ['PROMISE < handler < serve', 'PROMISE < handler < serve'],
    },
    {
      name: 'workers of which one is in a deeper call: each once',
      rows: [
        [1, 0, 'PROMISE', 'new Promise < poll:3 < worker:2'],
        [2, 1, 'PROMISE', 'poll:3 < worker:2'],
        [3, 0, 'PROMISE', 'poll:1 < worker:2'],
        [4, 3, 'PROMISE', 'worker:2'],
        [5, 99, 'PROMISE', 'worker:5'],
      ],
      expected: ['PROMISE < new Promise < poll < worker', 'PROMISE < worker'],
    },
    {
      name: 'recursion: the innermost call',
      rows: [
        [1, 0, 'PROMISE', 'walk:1'],
        [2, 0, 'PROMISE', 'walk:1 < walk:2'],
        [3, 0, 'PROMISE', 'new Promise < walk:3 < walk:2'],
        [4, 3, 'PROMISE', 'walk:3 < walk:2'],
        [5, 2, 'PROMISE', 'walk:2'],
      ],
      expected: ['PROMISE < new Promise < walk < walk'],
    },
  ];

  it.each(cases)('keep of $name', async ({ rows, expected }) => {
    expect(await kept(rows)).toEqual(expected);
  });
});
