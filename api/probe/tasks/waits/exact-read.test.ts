import { once } from 'node:events';
import { createServer, get } from 'node:http';
import { Session } from 'node:inspector';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it, onTestFinished } from 'vitest';
import { createHeapWalk } from '../../overhead/pauses/heap-walk.ts';
import { createPauseBudget } from '../../overhead/pauses/pause-budget.ts';
import type { TasksReading } from '../../readings/tasks.ts';
import { createRequestContext } from '../../requests/context/context.ts';
import { createAsyncTracker } from '../tracker.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function track({ maxRecords = 10_000, percent = 100 } = {}) {
  const requestContext = createRequestContext();
  const heapWalk = createHeapWalk({
    budget: createPauseBudget(percent, performance.now.bind(performance)),
    pauseBudgetPercent: percent,
    heapUsedBytes: () => process.memoryUsage().heapUsed,
  });
  const tracker = createAsyncTracker({
    requestContext,
    maxRecords,
    overheadBudgetPercent: 50,
    heapWalk,
  });
  onTestFinished(() => {
    tracker.stop();
    requestContext.stop();
  });
  return tracker;
}

/** Promises that nobody settles, though somebody could. */
function holdUp(): () => Promise<void> {
  const held = new Set<() => void>();
  onTestFinished(() => {
    for (const settle of held) settle();
  });
  return () => new Promise((resolve) => void held.add(resolve));
}

/** How many tasks there are by their stack, of those that pass through a function of this name. */
function through({ tasks, stacks }: TasksReading, name: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { stack, stackKind, weight } of tasks) {
    const names = (stacks[stack] ?? []).map((frame) => frame.function);
    if (!names.includes(name)) continue;
    const key = `${stackKind} ${names.slice(0, names.indexOf(name) + 1).join(' < ')}`;
    counts[key] = (counts[key] ?? 0) + weight;
  }
  return counts;
}

it('tells who waits on promises from before the tracker', async () => {
  const hold = holdUp();
  async function oldLock() {
    await hold();
  }
  async function oldCaller() {
    await oldLock();
  }
  for (let count = 0; count < 7; count++) void oldCaller();
  const tracker = track();
  expect(through(await tracker.read(), 'oldCaller')).toEqual({});
  const reading = await tracker.readExactly();
  expect(reading.isExact).toBe(true);
  expect(through(reading, 'oldCaller')).toEqual({ 'WAITS oldLock < oldCaller': 7 });
  expect(reading.tasks.some(({ createdAtMs }) => createdAtMs === null)).toBe(true);
});

it('counts each of many that sampling has left out', async () => {
  const hold = holdUp();
  const tracker = track({ maxRecords: 100 });
  async function lock() {
    await hold();
  }
  async function lockCaller() {
    await lock();
  }
  async function allCallers() {
    await Promise.all(Array.from({ length: 2_000 }, lockCaller));
  }
  void allCallers();
  const reading = await tracker.readExactly();
  expect(through(reading, 'allCallers')).toEqual({
    'WAITS lock < lockCaller < Promise.all < allCallers': 2_000,
  });
});

it('counts functions that share a promise once each, where others await them', async () => {
  const hold = holdUp();
  const tracker = track();
  const shared = hold();
  async function sharing() {
    await shared;
  }
  async function sharers() {
    await Promise.all(Array.from({ length: 20 }, sharing));
  }
  void sharers();
  const reading = await tracker.readExactly();
  expect(through(reading, 'sharers')).toEqual({ 'WAITS Promise.all < sharers': 20 });
  expect(through(reading, 'sharing')).toEqual({});
});

it('counts functions that share a promise once each, where nobody awaits them', async () => {
  const hold = holdUp();
  const tracker = track();
  const shared = hold();
  async function sharing() {
    await shared;
  }
  for (let count = 0; count < 20; count++) void sharing();
  const reading = await tracker.readExactly();
  expect(through(reading, 'sharing')).toEqual({ 'CREATED sharing': 20 });
});

it('shows a timer and the promise that waits for it as one task', async () => {
  const tracker = track();
  const timers: NodeJS.Timeout[] = [];
  onTestFinished(() => timers.forEach(clearTimeout));
  async function napping() {
    await new Promise<void>((resolve) => void timers.push(setTimeout(resolve, 1_000_000)));
  }
  for (let count = 0; count < 3; count++) napping().catch(() => {});
  const reading = await tracker.readExactly();
  expect(through(reading, 'napping')).toEqual({ 'WAITS napping': 3 });
  const types = reading.tasks.map(({ type }) => type);
  expect(types.filter((type) => type === 'Timeout').length).toBeGreaterThanOrEqual(3);
});

it('is refused where the budget is spent, with what it would cost', async () => {
  const tracker = track({ percent: 0.001 });
  const { exactReadPauseMs } = tracker.instrumentation();
  expect(exactReadPauseMs).toBeGreaterThan(50);
  await expect(tracker.readExactly()).rejects.toMatchObject({
    code: 'PAUSE_BUDGET_SPENT',
    estimatedPauseMs: expect.closeTo(exactReadPauseMs!, -2),
  });
});

it('leaves alone what a debugger of the program holds, and the global object', async () => {
  const tracker = track();
  const debuggerSession = new Session();
  debuggerSession.connect();
  onTestFinished(() => debuggerSession.disconnect());
  const events: string[] = [];
  const post = <Answer>(method: string, params = {}): Answer => {
    let answer: unknown;
    debuggerSession.post(method, params, (error, value) => {
      answer = error ?? value;
    });
    return answer as Answer;
  };
  post('Runtime.enable');
  post('Debugger.enable');
  const { result } = post<{ result: { objectId: string } }>('Runtime.evaluate', {
    expression: '({ kept: 7 })',
  });
  const names = Reflect.ownKeys(globalThis);
  debuggerSession.on('inspectorNotification', ({ method }) => events.push(method));
  await tracker.readExactly();
  expect(Reflect.ownKeys(globalThis)).toEqual(names);
  // It may be told of scripts that are loaded meanwhile, as ever.
  expect(events.filter((method) => method !== 'Debugger.scriptParsed')).toEqual([]);
  const { objectId } = result;
  expect(post('Runtime.getProperties', { objectId, ownProperties: true })).toMatchObject({
    result: [{ name: 'kept', value: { value: 7 } }],
  });
});

it('is shared by those who ask at the same time', async () => {
  const tracker = track();
  const readings = await Promise.all([tracker.readExactly(), tracker.readExactly()]);
  expect(readings[0]).toBe(readings[1]);
});

it('lets every promise go that it has looked at', async () => {
  const hold = holdUp();
  const tracker = track();
  async function waiting() {
    await hold();
  }
  for (let count = 0; count < 400; count++) void waiting();
  const usedBytesAfter = async (reads: number) => {
    for (let read = 0; read < reads; read++) await tracker.readExactly();
    collectGarbage();
    return process.memoryUsage().heapUsed;
  };
  const beforeBytes = await usedBytesAfter(3);
  expect((await usedBytesAfter(5)) - beforeBytes).toBeLessThan(500_000);
});

it('tells a wait for what another request has made of the request that waits', async () => {
  const hold = holdUp();
  const tracker = track();
  let last: Promise<void> | null = null;
  async function waitsForTurn() {
    const before = last;
    last = hold();
    await (before ?? hold());
  }
  const server = createServer(() => void waitsForTurn()).listen(0, '127.0.0.1');
  onTestFinished(() => void server.close().closeAllConnections());
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (let sent = 0; sent < 3; sent += 1) {
    get({ host: '127.0.0.1', port, agent: false }).on('error', () => {});
    await once(server, 'request');
  }
  const { tasks, stacks, requests } = await tracker.readExactly();
  const waits = tasks.filter(
    ({ stack, stackKind }) =>
      stackKind === 'WAITS' && stacks[stack]?.[0]?.function === waitsForTurn.name,
  );
  const ids = requests.map(({ id }) => id).sort((a, b) => a - b);
  expect(ids).toHaveLength(3);
  expect(waits.map(({ request, behind }) => [request, behind]).sort()).toEqual([
    [ids[0], undefined],
    [ids[1], ids[0]],
    [ids[2], ids[1]],
  ]);
});
