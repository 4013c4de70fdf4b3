import { expect, it } from 'vitest';
import { createWakers } from './wakers.ts';

/** What has settled by now, of promises that are awaited in this turn. */
async function settledOf(waits: Record<string, Promise<void>>): Promise<string[]> {
  const settled: string[] = [];
  for (const [name, wait] of Object.entries(waits)) wait.then(() => settled.push(name));
  await new Promise(setImmediate);
  return settled;
}

it('wakes everybody at the next change, and nobody before', async () => {
  const wakers = createWakers();
  const waits = { a: wakers.nextChange(), b: wakers.nextChange(new AbortController().signal) };
  expect(await settledOf(waits)).toEqual([]);
  wakers.wakeAll();
  expect(await settledOf(waits)).toEqual(['a', 'b']);
  expect(await settledOf({ next: wakers.nextChange() })).toEqual([]);
});

it('wakes the one whose signal fires, or has fired', async () => {
  const wakers = createWakers();
  const leaving = new AbortController();
  const waits = { leaving: wakers.nextChange(leaving.signal), other: wakers.nextChange() };
  leaving.abort();
  expect(await settledOf(waits)).toEqual(['leaving']);
  expect(await settledOf({ late: wakers.nextChange(AbortSignal.abort()) })).toEqual(['late']);
});

it('lets nobody wait once it has ended', async () => {
  const wakers = createWakers();
  const before = wakers.nextChange();
  wakers.end();
  expect(await settledOf({ before, after: wakers.nextChange() })).toEqual(['before', 'after']);
});
