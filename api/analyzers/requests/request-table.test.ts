import { expect, it } from 'vitest';
import type { RequestsReading } from '../../probe/readings/requests.ts';
import type { TasksReading } from '../../probe/readings/tasks.ts';
import { requestTable } from './request-table.ts';

const listed = (ids: readonly number[], total = ids.length): RequestsReading => ({
  takenAtMs: 0,
  total,
  beyondLimit: 0,
  requests: ids.map((id) => ({
    id,
    method: 'GET',
    route: '/a',
    startedAtMs: 0,
    ageMs: 100 - id,
    state: 'handling',
  })),
});

/** Tasks of the program, each of a request and at a function. */
const tasksAt = (places: readonly [request: number, name: string][]): TasksReading =>
  ({
    takenAtMs: 0,
    tasks: places.map(([request], stack) => ({ request, stack, type: 'PROMISE', weight: 1 })),
    stacks: places.map(([, name]) => [
      { function: 'sleep', file: 'node:timers', line: 1, column: 1, isAsync: false },
      { function: name, file: '/app.js', line: 3, column: 1, isAsync: true },
    ]),
    requests: [...new Set(places.map(([request]) => request))].map((id) => ({
      id,
      method: 'GET',
      route: '/a',
      endedAtMs: null,
    })),
  }) as unknown as TasksReading;

it('gives each request the line of the program that it waits at', () => {
  const { rows, placeKnown } = requestTable(listed([1, 2]), tasksAt([[2, 'load']]), 'run');
  expect(rows.map(({ key, waitsAt }) => [key, waitsAt?.function ?? null])).toEqual([
    ['run-1', null],
    ['run-2', 'load'],
  ]);
  expect(rows[1]!.frames).toHaveLength(2);
  expect(placeKnown).toBe(1);
});

it('shows the first of several things that one waits for', () => {
  const tasks = tasksAt([
    [1, 'first'],
    [1, 'second'],
  ]);
  const { rows, placeKnown } = requestTable(listed([1]), tasks, 'run');
  expect(rows[0]!.waitsAt?.function).toBe('first');
  expect(placeKnown).toBe(1);
});

it('does not count the tasks of requests that are over', () => {
  const tasks = tasksAt([
    [1, 'load'],
    [9, 'gone'],
  ]);
  expect(requestTable(listed([1, 2]), tasks, 'run')).toMatchObject({ total: 2, placeKnown: 1 });
});

it('counts also those that the list has no room for', () => {
  const tasks = tasksAt([
    [1, 'load'],
    [2, 'load'],
    [3, 'load'],
  ]);
  expect(requestTable(listed([1], 5), tasks, 'run')).toMatchObject({ total: 5, placeKnown: 3 });
});

it('lists the requests where nothing is known of tasks', () => {
  const table = requestTable(listed([1]), null, 'run');
  expect(table.rows[0]).toMatchObject({ waitsAt: null, frames: [] });
  expect(table.placeKnown).toBe(0);
});
