import { expect, it } from 'vitest';
import type { TaskReading, TasksReading } from '../readings/tasks.ts';
import { requestPlaces } from './places.ts';

/** `load app.js:7` gives a frame; `new Promise` one of V8's. */
function stackOf(text: string) {
  return text.split(' < ').map((frame) => {
    const [, name = frame, file = '', line = '0'] = /^(\S+) (\S+):(\d+)$/.exec(frame) ?? [];
    return { function: name, file, line: Number(line), column: 1, isAsync: true };
  });
}

/** Where one request waits, each stack with when it began. */
function placesOf(
  waits: readonly [stack: string, createdAtMs: number, given?: Partial<TaskReading>][],
) {
  const reading = {
    takenAtMs: 1_000,
    tasks: waits.map(([, createdAtMs, given], stack) => ({
      type: 'PROMISE',
      createdAtMs,
      weight: 1,
      stack,
      stackKind: 'WAITS',
      request: 1,
      ...given,
    })),
    stacks: waits.map(([stack]) => stackOf(stack)),
    requests: [{ id: 1, method: 'GET', route: '/a', endedAtMs: null }],
  } as unknown as TasksReading;
  const { stacks } = requestPlaces(reading).get(1)!;
  return stacks.map((stack) => waits[stack]![0]);
}

it('leaves out a place that another stack leads on from', () => {
  const handler = 'Promise.all < handler /app.js:15';
  const inTree = 'readTree /app.js:12 < handler /app.js:15';
  expect(
    placesOf([
      [handler, 1],
      [inTree, 1],
    ]),
  ).toEqual([inTree]);
});

it('leaves out a function that has handed on what another one promised, which waits itself', () => {
  const handler = 'handler /app.js:4';
  const inLock = 'withLock /app.js:8 < handler /app.js:4';
  const handedOn = 'book /app.js:12 < handler /app.js:4';
  const made = { madeAt: 3, standsIn: 2, stack: 0 };
  expect(
    placesOf([
      [handler, 1, { request: null }],
      [inLock, 1],
      [handedOn, 2, made],
      ['book /app.js:11 < handler /app.js:4', 1, { request: null }],
    ]),
  ).toEqual([inLock]);
});

it('begins with what began last, which is innermost', () => {
  const first = 'readTree /app.js:12 < handler /app.js:15';
  const last = 'readSecret /app.js:8';
  expect(
    placesOf([
      [first, 1],
      [last, 20],
    ]),
  ).toEqual([last, first]);
});

it('leaves out what no code of the program waits for, where that waits for something', () => {
  const own = 'load /app.js:3';
  const ofPackage = 'query /app/node_modules/pg/client.js:5';
  expect(
    placesOf([
      [own, 1],
      [ofPackage, 20],
    ]),
  ).toEqual([own]);
});

it('takes where things were made only where nobody waits for one', () => {
  const made = 'load /app.js:3';
  const waits = 'handler /app.js:9';
  expect(
    placesOf([
      [made, 20, { stackKind: 'CREATED' }],
      [waits, 1],
    ]),
  ).toEqual([waits]);
  expect(placesOf([[made, 20, { stackKind: 'CREATED' }]])).toEqual([made]);
});

it('takes the function whose outcome is awaited for where it stands', () => {
  const inner = 'checkout /app.js:11 < handler /app.js:15';
  const waits = 'handler /app.js:15';
  expect(
    placesOf([
      [waits, 1, { standsIn: 1 }],
      [inner, 1, { request: null }],
    ]),
  ).toEqual([inner]);
});
