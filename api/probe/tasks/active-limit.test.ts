import { expect, it } from 'vitest';
import { limitToActive } from './active-limit.ts';
import { startTimeSlices } from './pace/time-slices.ts';

const timer = (weight: number, isRefed = true) => ({ type: 'Timeout', weight, isRefed });

async function limited(tasks: ReturnType<typeof timer>[], active: number): Promise<number[]> {
  const shown = tasks.map((task) => ({
    task,
    owner: task,
    stack: { frames: [], callKeys: [], isOwn: false, hasProgramFrame: false, callOfNode: null },
    stackKind: 'CREATED' as const,
    weight: task.weight,
  }));
  await limitToActive(shown, new Map([['Timeout', active]]), startTimeSlices());
  return shown.map(({ weight }) => weight);
}

it('lets an estimate be no more than Node counts', async () => {
  expect(await limited([timer(90), timer(30), timer(1)], 41)).toEqual([30, 10, 1]);
});

it('leaves what may be as many, and what Node does not count', async () => {
  expect(await limited([timer(90), timer(30), timer(1)], 200)).toEqual([90, 30, 1]);
  expect(await limited([timer(90, false)], 0)).toEqual([90]);
});
