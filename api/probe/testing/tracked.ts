/** A tracker of tasks in the process of the test, servers whose requests hang, and what it tells of them. */
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, expect } from 'vitest';
import type { TaskReading, TasksReading } from '../readings/tasks.ts';
import { createRequestContext } from '../requests/context/context.ts';
import type { RequestContext } from '../requests/context/types.ts';
import type { AsyncTracker } from '../tasks/async-tracker.ts';
import { createAsyncTracker } from '../tasks/tracker.ts';

setFlagsFromString('--expose-gc');
export const collectGarbage = runInNewContext('gc') as (options?: { type: 'minor' }) => void;
export const scavenge = () => collectGarbage({ type: 'minor' });

/** Each test has its own. */
export const observed = {} as { requestContext: RequestContext; tracker: AsyncTracker };
export const cleanups: (() => unknown)[] = [];

beforeEach(() => {
  observed.requestContext = createRequestContext();
  observed.tracker = createAsyncTracker({
    requestContext: observed.requestContext,
    overheadBudgetPercent: 50,
  });
});

afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
  observed.tracker.stop();
  observed.requestContext.stop();
});

export async function serve(handler: http.RequestListener): Promise<number> {
  const server = http.createServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanups.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** Sends requests that nobody answers, and returns once the server has all of them. */
export async function sendHanging(port: number, count: number, path: (index: number) => string) {
  const clients = Array.from({ length: count }, (_, index) =>
    http.get({ host: '127.0.0.1', port, path: path(index), agent: false }).on('error', () => {}),
  );
  cleanups.push(() => {
    for (const client of clients) client.destroy();
  });
  await expect.poll(() => observed.requestContext.inFlight()).toBe(count);
}

export const functionsOf = (reading: TasksReading, { stack }: TaskReading) =>
  (reading.stacks[stack] ?? []).map((frame) => frame.function);

/** Tasks that some function of this name is on the stack of. */
export async function tasksThrough(name: string): Promise<TaskReading[]> {
  const reading = await observed.tracker.read();
  return reading.tasks.filter((task) =>
    functionsOf(reading, task).some((frame) => frame.split('.').at(-1) === name),
  );
}

export const typesThrough = async (name: string) =>
  (await tasksThrough(name)).map(({ type }) => type);

/** New tasks are held for a moment, which the timer of the tracker ends before this one is due. */
export const noLongerNew = () => pause(25);
