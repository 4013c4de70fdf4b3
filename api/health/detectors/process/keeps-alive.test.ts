import { describe, expect, test } from 'vitest';
import type { Evidence } from '../../evidence/evidence.ts';
import type { OutsideEvidence, OutsideLevel } from '../../evidence/outside.ts';
import type { TaskEvidence } from '../../evidence/tasks.ts';
import { aFrame, aGroup, NOW_MS } from '../../testing/evidence.ts';
import { aMade } from '../../testing/outside.ts';
import { told } from '../../testing/told.ts';
import { keepsAlive } from './keeps-alive.ts';

const START = aFrame('startTelemetry', '/app/telemetry.mjs', 2);
const MAIN = aFrame('(anonymous)', '/app/app.mjs', 6);
const SET_INTERVAL = aFrame('setInterval', 'node:timers', 9);
const CONNECT = aFrame('connect', '/app/node_modules/pg/client.js', 9);

const TIMER = aGroup({
  state: 'timer',
  stackKind: 'CREATED',
  count: 1,
  refed: 1,
  frames: [SET_INTERVAL, START],
});
const SOCKET = aGroup({
  state: 'IO wait',
  stackKind: 'CREATED',
  count: 1,
  refed: 1,
  frames: [CONNECT, MAIN],
});

const SERVED = {
  route: 'GET /',
  count: 3,
  p99Ms: null,
  maxMs: null,
  waits: [],
  waitsInARow: 0,
  rowFrames: [],
  waitsForEventShare: null,
  recent: { count: 0, meanMs: 0 },
};
const STDOUT = aFrame('process.getStdout', 'node:internal/bootstrap/switches', 9);
const STDIN = aFrame('process.getStdin', 'node:internal/bootstrap/switches', 7);
const WITH_CHILD = { handles: { ProcessWrap: 1, PipeWrap: 4 } };
const LEFT = { Timeout: 1, TCPSocketWrap: 1, PipeWrap: 2 };

function level(secondsAgo: number, given: Partial<OutsideLevel> = {}): OutsideLevel {
  return {
    atMs: NOW_MS - secondsAgo * 1_000,
    arrayBuffersBytes: 0,
    nativeBytes: 0,
    restBytes: 0,
    handles: LEFT,
    descriptors: null,
    workers: 0,
    ...given,
  };
}

/** Nothing has changed for a minute and a half. */
function doneWith(
  given: Partial<OutsideLevel> = {},
  { tasks = [SOCKET, TIMER], ...more }: Partial<Evidence> = {},
  made: OutsideEvidence['made'] = [],
): Partial<Evidence> {
  const levels = Array.from({ length: 10 }, (_, index) => level(90 - 10 * index, given));
  return {
    tasks,
    outside: { levels, made, buffersWatched: null, openFiles: [], cores: 2 },
    ...more,
  };
}

describe('a program that is done', () => {
  test('is told what keeps it from ending', () => {
    expect(told(keepsAlive, doneWith())).toBe(
      'NOTICE: Nothing has happened for 90 s, and nothing listens: the program is kept from ending by a timer of startTelemetry (telemetry.mjs:2) and a socket of (anonymous) (app.mjs:6).',
    );
  });

  test('is not kept by what it writes to', () => {
    const output = { ...SOCKET, frames: [STDOUT, MAIN] };
    expect(told(keepsAlive, doneWith({}, { tasks: [TIMER, output] }))).toMatch(
      /kept from ending by a timer of startTelemetry \(telemetry\.mjs:2\)\.$/,
    );
  });

  test('is kept by a file that it still watches, and by a worker with nothing to do', () => {
    const LOAD = aFrame('loadConfig', '/app/config.mjs', 6);
    const watcher = { ...SOCKET, state: 'file watch', frames: [LOAD] };
    expect(
      told(keepsAlive, doneWith({ handles: { FSEventWrap: 1 } }, { tasks: [watcher] })),
    ).toMatch(/kept from ending by a file watcher of loadConfig \(config\.mjs:6\)\.$/);
    const worker = { ...SOCKET, state: 'worker', frames: [LOAD] };
    const idle = [aMade({ kind: 'WORKER', settled: 1, kept: 1, idle: 1 })];
    expect(
      told(keepsAlive, doneWith({ handles: {}, workers: 1 }, { tasks: [worker] }, idle)),
    ).toMatch(/kept from ending by a worker thread of loadConfig \(config\.mjs:6\)\.$/);
  });

  const BEAT = aFrame('Client.beat', '/app/node_modules/broker/client.js', 9);
  const heartbeat = { ...TIMER, newestWaitMs: 900, topFrame: BEAT, frames: [SET_INTERVAL, BEAT] };

  test('is kept by a client whose package keeps its connection alive', () => {
    expect(told(keepsAlive, doneWith({}, { tasks: [SOCKET, heartbeat] }))).toMatch(
      /kept from ending by a socket of \(anonymous\) \(app\.mjs:6\) and a timer of Client\.beat \(node_modules\/broker\/client\.js:9\)\.$/,
    );
  });

  test('is kept by a child process with nothing to do, whose pipes are told with it', () => {
    const CONVERT = aFrame('startConverter', '/app/convert.mjs', 4);
    const spawn = aFrame('spawn', 'node:child_process', 810);
    const child = { ...SOCKET, state: 'child process', frames: [spawn, CONVERT] };
    const pipes = { ...SOCKET, count: 2, frames: [spawn, CONVERT] };
    const children = { idleSinceMs: NOW_MS - 60_000, areListening: false };
    expect(told(keepsAlive, doneWith(WITH_CHILD, { tasks: [pipes, child], children }))).toMatch(
      /kept from ending by a child process of startConverter \(convert\.mjs:4\)\.$/,
    );
  });

  test('is kept by the input that it still reads', () => {
    const ASK = aFrame('askName', '/app/prompt.mjs', 3);
    const input = { ...SOCKET, frames: [STDIN, ASK, MAIN] };
    const output = { ...SOCKET, frames: [STDOUT, MAIN] };
    expect(
      told(keepsAlive, doneWith({ handles: { PipeWrap: 2 } }, { tasks: [input, output] })),
    ).toMatch(/kept from ending by the standard input of askName \(prompt\.mjs:3\)\.$/);
  });

  test('is kept by a port that it listens to', () => {
    const CALL = aFrame('callOnce', '/app/rpc.mjs', 4);
    const port = { ...SOCKET, state: 'message port', frames: [CALL] };
    expect(told(keepsAlive, doneWith({ handles: { MessagePort: 1 } }, { tasks: [port] }))).toMatch(
      /kept from ending by a message port of callOnce \(rpc\.mjs:4\)\.$/,
    );
  });

  const LISTEN = aFrame('startMockApi', '/app/mock-api.mjs', 5);
  const server = { ...SOCKET, state: 'listen', frames: [LISTEN] };
  const WITH_SERVER = { handles: { TCPServerWrap: 1 } };
  const OWN_TEST = { tasks: [server], routes: [SERVED], hasServedItself: true };

  test('is kept by a server that nobody but itself has asked', () => {
    expect(told(keepsAlive, doneWith(WITH_SERVER, OWN_TEST))).toBe(
      'NOTICE: Nothing has happened for 90 s, and nobody but the program itself has asked it: the program is kept from ending by a server of startMockApi (mock-api.mjs:5).',
    );
  });

  test('is kept by what a callback without a name began, at its line', () => {
    const nameless = aFrame('(anonymous)', '/app/mock-api.mjs', 7);
    const created = { ...server, frames: [nameless, aFrame('new Promise', '', 0), LISTEN] };
    expect(told(keepsAlive, doneWith(WITH_SERVER, { ...OWN_TEST, tasks: [created] }))).toMatch(
      /by a server of startMockApi \(mock-api\.mjs:7\)\.$/,
    );
  });

  const CHANNEL = { ...TIMER, state: 'untracked', topFrame: aFrame('PipeWrap', '') } as const;
  const polling = aGroup({ stackKind: 'WAITS', refed: null, frames: [BEAT] });
  const loop: TaskEvidence = aGroup({ stackKind: 'WAITS', refed: null, frames: [MAIN] });
  test.each<[string, Partial<Evidence>]>([
    ['listens', doneWith({ handles: { ...LEFT, TCPServerWrap: 1 } })],
    ['waits for another process', doneWith({ handles: { ...LEFT, ProcessWrap: 1 } })],
    [
      'has a worker thread that works',
      doneWith({ workers: 2 }, {}, [aMade({ kind: 'WORKER', idle: 1 })]),
    ],
    [
      'has nothing but its own output open',
      doneWith({ handles: { PipeWrap: 2 } }, { tasks: [{ ...SOCKET, frames: [STDOUT, MAIN] }] }),
    ],
    [
      'serves whoever writes to its input, by a package',
      doneWith(
        { handles: { PipeWrap: 2 } },
        { tasks: [{ ...SOCKET, frames: [STDIN, BEAT, MAIN] }] },
      ),
    ],
    [
      'has a child process that works',
      doneWith(WITH_CHILD, { children: { idleSinceMs: NOW_MS - 20_000, areListening: false } }),
    ],
    [
      'has a child process that listens',
      doneWith(WITH_CHILD, { children: { idleSinceMs: NOW_MS - 70_000, areListening: true } }),
    ],
    ['has served requests', doneWith({}, { routes: [SERVED] })],
    ['was asked by others', doneWith(WITH_SERVER, { ...OWN_TEST, hasServedItself: false })],
    [
      'also listens to datagrams',
      doneWith({ handles: { ...WITH_SERVER.handles, UDPWrap: 1 } }, OWN_TEST),
    ],
    ['stands at an await', doneWith({}, { tasks: [TIMER, loop] })],
    [
      'takes jobs by a package that waits for one',
      doneWith({}, { tasks: [SOCKET, heartbeat, polling] }),
    ],
    [
      'is told what to do by the process that has begun it',
      doneWith({}, { tasks: [TIMER, CHANNEL] }),
    ],
    ['has a schedule alone that a package keeps', doneWith({}, { tasks: [heartbeat] })],
    ['has set a timer lately', doneWith({}, { tasks: [{ ...TIMER, newestWaitMs: 900 }] })],
    [
      'works',
      doneWith({}, { cpuTime: { lastedMs: 30_000, ranMs: 9_000, waitedMs: 0, quota: null } }),
    ],
    [
      'has just closed something',
      {
        tasks: [TIMER],
        outside: {
          levels: [level(90, { handles: { Timeout: 5 } }), level(30), level(0)],
          made: [],
          buffersWatched: null,
          openFiles: [],
          cores: 2,
        },
      },
    ],
  ])('is not what one is called that %s', (_name, given) => {
    expect(told(keepsAlive, given)).toBeNull();
  });
});
