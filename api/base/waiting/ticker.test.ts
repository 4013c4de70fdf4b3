import { afterEach, expect, it, vi } from 'vitest';
import { atTickAfter, everyTick, TICK_MS } from './ticker.ts';

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

it('does all that is to recur in one turn of the loop, whatever one of it throws', async () => {
  const turns: number[] = [];
  let turn = 0;
  const countTurns = setInterval(() => {
    turn += 1;
  }, 1);
  ends.push(() => clearInterval(countTurns));
  ends.push(
    everyTick(() => {
      turns.push(turn);
      throw new Error('of a test');
    }),
  );
  await new Promise((resolve) => setTimeout(resolve, 30));
  ends.push(everyTick(() => turns.push(turn)));
  await vi.waitFor(() => expect(turns.length).toBeGreaterThanOrEqual(4));
  expect(turns[0]).toBe(turns[1]);
  expect(turns[2]).toBe(turns[3]);
});

it('does something once, at the first tick after so long, wherever between two it was begun', async () => {
  let turn = 0;
  ends.push(everyTick(() => (turn += 1)));
  await vi.waitFor(() => expect(turn).toBe(1), { interval: 1 });
  await new Promise((resolve) => setTimeout(resolve, 0.8 * TICK_MS));
  const beganMs = performance.now();
  let times = 0;
  const doneMs = await new Promise<number>((resolve) => {
    ends.push(
      atTickAfter(1.5 * TICK_MS, () => {
        times += 1;
        resolve(performance.now());
      }),
    );
  });
  expect(doneMs - beganMs).toBeGreaterThanOrEqual(1.5 * TICK_MS);
  const turnAtFirst = turn;
  await vi.waitFor(() => expect(turn).toBeGreaterThan(turnAtFirst + 2));
  expect(times).toBe(1);
});

it('does nothing that was canceled before', async () => {
  let isDone = false;
  atTickAfter(TICK_MS, () => {
    isDone = true;
  })();
  let turn = 0;
  ends.push(everyTick(() => (turn += 1)));
  await vi.waitFor(() => expect(turn).toBeGreaterThan(3));
  expect(isDone).toBe(false);
});

it('ends the timer with the last work', async () => {
  const timers = () => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
  const before = timers();
  const end = everyTick(() => {});
  const other = everyTick(() => {});
  end();
  other();
  other();
  expect(timers()).toBe(before);
});
