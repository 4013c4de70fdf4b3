import { describe, expect, it, test } from 'vitest';
import type { RequestsReading } from '../../probe/readings/requests.ts';
import type { TaskReading, TasksReading } from '../../probe/readings/tasks.ts';
import { requestWaits } from './request-waits.ts';

const NOW_MS = 100_000;
const LISTED = {
  requests: [
    { id: 1, method: 'GET', route: '/poll', startedAtMs: 0, ageMs: 20_000, state: 'handling' },
  ],
} as unknown as RequestsReading;

const frame = (name: string, file: string, line = 1) => ({
  function: name,
  file,
  line,
  column: 1,
  isAsync: false,
});
const POLL = frame('poll', '/app/poll.js', 7);
const HANDLER = frame('handler', '/app/server.js', 3);
const SET_TIMEOUT = frame('setTimeout', 'node:timers');
const SIGNAL = frame('timeout', 'node:internal/abort_controller');
const PACKAGE = frame('acquire', '/app/node_modules/pool/index.js');

interface Begun extends Partial<TaskReading> {
  frames: TasksReading['stacks'][number];
}

function tasksOf(begun: readonly Begun[]): TasksReading {
  return {
    takenAtMs: NOW_MS,
    tasks: begun.map(({ frames: _, ...task }, stack) => ({
      id: stack,
      type: 'PROMISE',
      request: 1,
      createdAtMs: 80_000,
      weight: 1,
      stack,
      stackKind: 'WAITS',
      isRefed: null,
      ...task,
    })),
    stacks: begun.map(({ frames }) => frames),
    requests: [{ id: 1, method: 'GET', route: '/poll', endedAtMs: null }],
  } as unknown as TasksReading;
}

const WAIT: Begun = { frames: [POLL, HANDLER] };
const timer = (...frames: Begun['frames']): Begun => ({
  type: 'Timeout',
  stackKind: 'CREATED',
  frames,
});
const hasTimeLimit = (...begun: Begun[]) => requestWaits(LISTED, tasksOf(begun))[0]!.hasTimeLimit;

describe('a request', () => {
  const PRICE = frame('priceOf', '/app/price.js', 5);
  const ORDER = frame('priceOrder', '/app/order.js', 9);
  /** Functions that wait for each other, and when the innermost was called. */
  const calling = (calledAtMs: number): TasksReading => {
    const reading = tasksOf([
      { frames: [ORDER, HANDLER], createdAtMs: calledAtMs },
      { frames: [PRICE, ORDER, HANDLER] },
    ]);
    const [call] = reading.tasks;
    return { ...reading, tasks: [{ ...call!, standsIn: 1 }] };
  };

  it('goes from one wait to the next in the function that calls another again and again', () => {
    expect(requestWaits(LISTED, calling(NOW_MS - 40))).toMatchObject([
      { frames: [PRICE, ORDER, HANDLER], waitMs: 40, rowFrames: [ORDER, HANDLER] },
    ]);
  });

  it('does so as well where only what the other one waits for tells when it was called', () => {
    const FETCH = frame('fetch', 'node:internal/deps/undici/undici');
    const reading = (made: TasksReading['stacks'][number]) => {
      const { stacks, tasks, ...rest } = tasksOf([
        { frames: [PRICE, ORDER, HANDLER], createdAtMs: NOW_MS - 40, madeAt: 1 },
        { frames: made },
      ]);
      return { ...rest, stacks, tasks: [tasks[0]!] };
    };
    const rowFramesOf = (made: TasksReading['stacks'][number]) =>
      requestWaits(LISTED, reading(made))[0]!.rowFrames;
    const later = { ...HANDLER, isAsync: true };
    expect(rowFramesOf([FETCH, PRICE, ORDER, later])).toEqual([ORDER, HANDLER]);
    const goesOn = { ...ORDER, isAsync: true };
    expect(rowFramesOf([FETCH, PRICE, goesOn, later])).toEqual([PRICE, ORDER, HANDLER]);
  });

  it('waits where it was called long ago', () => {
    expect(requestWaits(LISTED, calling(NOW_MS - 15_000))).toMatchObject([
      { frames: [PRICE, ORDER, HANDLER], waitMs: null, rowFrames: [PRICE, ORDER, HANDLER] },
    ]);
  });
});

describe('what a request waits for', () => {
  const NEW = frame('new Promise', '', 0);
  const EXISTS = frame('exists', '/app/storage.js', 4);
  const promisedBy = (...made: TasksReading['stacks'][number]) => {
    const reading = tasksOf([WAIT, { frames: made, request: null }]);
    const [wait] = reading.tasks;
    return requestWaits(LISTED, { ...reading, tasks: [{ ...wait!, madeAt: 1 }] })[0]!.promisedBy;
  };

  it('was promised by a function that the waiting one has called', () => {
    expect(promisedBy(NEW, EXISTS, POLL, HANDLER)).toEqual([NEW, EXISTS, POLL, HANDLER]);
  });

  it('was promised by the line itself, or by Node or a package on its behalf', () => {
    expect(promisedBy(NEW, POLL, HANDLER)).toEqual([]);
    expect(promisedBy(PACKAGE, POLL, HANDLER)).toEqual([]);
    expect(promisedBy(NEW, EXISTS)).toEqual([]);
  });
});

describe('a wait', () => {
  it('has a time limit where the function that waits has begun one beside', () => {
    expect(hasTimeLimit(WAIT, timer(SIGNAL, POLL, HANDLER))).toBe(true);
    expect(hasTimeLimit(WAIT, timer(SET_TIMEOUT, frame('withTimeout', '/app/t.js'), POLL))).toBe(
      true,
    );
  });

  it('is for an event where nothing was asked of others, and a timer will end it', () => {
    const waitsForEvent = (...begun: Begun[]) =>
      requestWaits(LISTED, tasksOf(begun))[0]!.waitsForEvent;
    const limit = timer(SIGNAL, POLL, HANDLER);
    const once = { frames: [frame('once', 'node:events'), POLL, HANDLER] };
    expect(waitsForEvent(WAIT, once, limit)).toBe(true);
    expect(waitsForEvent(WAIT, once)).toBe(false);
    const asked = frame('fetch', 'node:internal/deps/undici/undici');
    expect(waitsForEvent(WAIT, limit, { frames: [asked, POLL, HANDLER] })).toBe(false);
    expect(waitsForEvent(WAIT, limit, { frames: [PACKAGE, POLL, HANDLER] })).toBe(false);
  });

  test.each([
    ['nothing else was begun', []],
    ['a package has begun one of its own', [timer(SET_TIMEOUT, PACKAGE, POLL, HANDLER)]],
    ['another function has begun one', [timer(SET_TIMEOUT, HANDLER)]],
    ['it beats', [timer(frame('setInterval', 'node:timers'), POLL)]],
  ])('has none where %s', (_, more) => {
    expect(hasTimeLimit(WAIT, ...more)).toBe(false);
  });
});

describe('what a request has begun', () => {
  const opened: Begun = { frames: [PACKAGE, POLL, HANDLER], stackKind: 'CREATED' };
  const leftOf = (...begun: Begun[]) => requestWaits(LISTED, tasksOf(begun))[0]!.left;

  it('is left where it has gone on since, such as a connection that a pool has opened for it', () => {
    expect(leftOf(WAIT, { ...opened, createdAtMs: 79_000 })).toEqual([opened.frames]);
  });

  it('is not where it was made with what is waited for, or is waited for itself', () => {
    expect(leftOf(WAIT, { ...opened, createdAtMs: 79_999 })).toEqual([]);
    expect(leftOf(WAIT, { ...opened, createdAtMs: 79_000, stackKind: 'WAITS' })).toEqual([]);
    expect(leftOf(opened)).toEqual([]);
  });
});
