import { execFile } from 'node:child_process';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';
import { expect, it, vi } from 'vitest';
import { clearTimeout, nextTurn, setInterval, setTimeout } from './own-time.ts';

const modulePath = (file: string) => JSON.stringify(new URL(file, import.meta.url).href);

/** Its timers never fire and are no objects; its clock stands still, and no promise can be made. */
const PROGRAM = `
  const { createNodeProbe } = await import(${modulePath('../probe/node-probe.ts')});
  const { resolveOptions } = await import(${modulePath('./options/resolve.ts')});
  const { setTimeout: wait } = await import('node:timers/promises');
  const { setInterval: keepAlive, clearInterval: release } = await import('node:timers');
  const alive = keepAlive(() => {}, 1_000);
  const startedAtMs = Date.now();
  let fakeTimers = 0;
  const NodePromise = Promise;
  for (const name of ['setTimeout', 'setInterval', 'setImmediate']) {
    globalThis[name] = () => { fakeTimers += 1; return 7; };
  }
  globalThis.Date = class extends Date { static now() { return 0; } };
  globalThis.Promise = class extends Promise { constructor() { throw new Error('not ours'); } };

  const probe = createNodeProbe(resolveOptions({}));
  const held = [];
  for (let index = 0; index < 100; index++) held.push(new NodePromise(() => {}));
  // Its own timers make it look at them.
  while (probe.lastTasks() === null) await wait(10);
  probe.startCpuProfile({ id: 1, samplingIntervalUs: 10_000, durationMs: 1_000 });
  probe.cancelCpuProfile(1);
  const { tasks } = await probe.readTasks();
  const heap = await probe.readHeap();
  probe.readFigures({ closeInterval: true });
  const hanging = tasks.filter((task) => task.createdAtMs >= startedAtMs);
  console.log(JSON.stringify({ fakeTimers, hanging: hanging.length >= 100, wrong: tasks.length - hanging.length, heap: heap.collectedAtMs >= startedAtMs }));
  probe.stop();
  release(alive);
`;

it('keeps its own time in a program with timers and a clock of its own', async () => {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', PROGRAM],
    { cwd: tmpdir(), timeout: 120_000 },
  );
  expect(JSON.parse(stdout)).toEqual({ fakeTimers: 0, hanging: true, wrong: 0, heap: true });
});

it('makes Node warn of no wait that the program has spoiled', async () => {
  const warned = vi.fn();
  process.on('warning', warned);
  const timers = [setTimeout(() => {}, Number.NaN), setInterval(() => {}, Number.NaN)];
  // Node tells of warnings in a later turn.
  await nextTurn();
  await nextTurn();
  for (const timer of timers) clearTimeout(timer);
  process.off('warning', warned);
  expect(warned).not.toHaveBeenCalled();
});
