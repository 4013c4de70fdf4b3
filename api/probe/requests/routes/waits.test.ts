import { expect, it } from 'vitest';
import type { TasksReading } from '../../readings/tasks.ts';
import { RouteWaits } from './waits.ts';

interface Seen {
  request: number;
  at?: string;
  type?: string;
  kind?: 'WAITS' | 'CREATED';
  weight?: number;
}

/** A reading in which each task belongs to a request and stands at a line of `app.js`. */
function reading(
  takenAtMs: number,
  tasks: readonly Seen[],
  ended: readonly number[] = [],
  leftOut: readonly number[] = [],
) {
  const stacks: TasksReading['stacks'] = [];
  const stackAt = (name: string) =>
    stacks.push([
      { function: 'wait', file: 'node:timers', line: 1, column: 1, isAsync: false },
      {
        function: name,
        file: name.startsWith('node:') ? name : '/app.js',
        line: 1,
        column: 1,
        isAsync: true,
      },
    ]) - 1;
  return {
    takenAtMs,
    tasks: tasks.map(({ request, at, type = 'PROMISE', kind = 'CREATED', weight = 1 }, id) => ({
      id,
      type,
      stackKind: kind,
      weight,
      request,
      stack: at === undefined ? -1 : stackAt(at),
      createdAtMs: 0,
      isRefed: null,
    })),
    stacks,
    requests: [...new Set(tasks.map(({ request }) => request))].map((id) => ({
      id,
      asyncId: 0,
      method: 'GET',
      route: '/a',
      startedAtMs: 0,
      endedAtMs: ended.includes(id) ? 1 : null,
      ...(leftOut.includes(id) && { isLeftOut: true }),
    })),
    untracked: {},
    isExact: false,
    longestSliceMs: 0,
  } as unknown as TasksReading;
}

const placesOf = (waits: RouteWaits) =>
  Object.fromEntries(
    (waits.read().get('GET /a') ?? []).map(({ frames, ms }) => [
      frames[1]?.function ?? 'unknown',
      ms,
    ]),
  );

it('gives each request that is seen the time since the look before', () => {
  const waits = new RouteWaits();
  waits.note(reading(1_000, [{ request: 1, at: 'load' }]));
  waits.note(
    reading(2_000, [
      { request: 1, at: 'load' },
      { request: 2, at: 'save' },
    ]),
  );
  expect(placesOf(waits)).toEqual({ load: 500 + 1_000, save: 1_000 });
});

it.each<[string, Seen[], Record<string, number>]>([
  [
    'divides it among the things that one waits for',
    [
      { request: 1, at: 'load' },
      { request: 1, at: 'save' },
    ],
    { load: 250, save: 250 },
  ],
  [
    'counts a request for as many as it stands for',
    [{ request: 1, at: 'load', weight: 8 }],
    { load: 4_000 },
  ],
  ['knows no place of one without a stack', [{ request: 1 }], { unknown: 500 }],
  [
    'takes the await, not the socket that it is for',
    [
      { request: 1, at: 'connect', type: 'TCPWRAP' },
      { request: 1, at: 'load' },
    ],
    { load: 500 },
  ],
  [
    'takes where it waits, not where something else was created',
    [
      { request: 1, at: 'begin' },
      { request: 1, at: 'load', kind: 'WAITS' },
    ],
    { load: 500 },
  ],
  [
    'takes a socket where there is nothing else',
    [{ request: 1, at: 'connect', type: 'TCPWRAP' }],
    { connect: 500 },
  ],
  [
    'knows no place in what Node does for itself',
    [{ request: 1, at: 'node:http' }],
    { unknown: 500 },
  ],
])('%s', (_what, tasks, expected) => {
  const waits = new RouteWaits();
  waits.note(reading(1_000, tasks));
  expect(placesOf(waits)).toEqual(expected);
});

it('passes over requests that have ended', () => {
  const waits = new RouteWaits();
  waits.note(reading(1_000, [{ request: 1, at: 'load' }], [1]));
  expect(placesOf(waits)).toEqual({});
});

it('learns nothing from a request whose tasks sampling left out', () => {
  const waits = new RouteWaits();
  waits.note(reading(1_000, [{ request: 1, at: 'load' }]));
  waits.note(reading(2_000, [{ request: 2 }], [], [2]));
  waits.note(reading(3_000, [{ request: 3 }]));
  expect(placesOf(waits)).toEqual({ load: 500, unknown: 1_000 });
});

it('takes the time of no more than five seconds for one look', () => {
  const waits = new RouteWaits();
  waits.note(reading(1_000, []));
  waits.note(reading(60_000, [{ request: 1, at: 'load' }]));
  expect(placesOf(waits)).toEqual({ load: 5_000 });
});

it('keeps a bounded number of places, and the time of the others as unknown', () => {
  const waits = new RouteWaits();
  for (let index = 0; index < 1_000; index++) {
    waits.note(reading(1_000 + index * 100, [{ request: 1, at: `place${index}` }]));
  }
  const places = placesOf(waits);
  expect(Object.keys(places).length).toBeLessThan(60);
  const total = Object.values(places).reduce((sum, ms) => sum + ms, 0);
  expect(total).toBe(500 + 999 * 100);
});
