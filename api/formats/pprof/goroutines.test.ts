import { expect, it } from 'vitest';
import { foldedStacks } from '../testing/folded-profile.ts';
import { framesOf, taskGroup } from '../testing/task-group.ts';
import { goroutineProfile } from './goroutines.ts';

it('counts the tasks of every group, and says what they wait for and for whom', () => {
  const groups = [
    taskGroup({ count: 3, frames: framesOf('tick@/app/tick.js:1'), state: 'timer' }),
    taskGroup({
      count: 12,
      category: 'PER_REQUEST',
      routes: [
        { route: 'GET /a', count: 10 },
        { route: 'GET /b', count: 2 },
      ],
    }),
  ];
  const profile = goroutineProfile(groups, 1_000);
  expect(foldedStacks(profile)).toEqual([
    ['handle;load', 12],
    ['tick', 3],
  ]);
  expect(profile.samples.map((sample) => sample.labels)).toEqual([
    { category: 'per-request', route: 'GET /a', state: 'await' },
    { category: 'unknown', state: 'timer' },
  ]);
  expect(profile).toMatchObject({
    sampleTypes: [{ type: 'goroutine', unit: 'count' }],
    periodType: { type: 'goroutine', unit: 'count' },
    period: 1,
    startedAtMs: 1_000,
  });
});

it('shares the frames of groups', () => {
  const groups = [taskGroup({ state: 'await' }), taskGroup({ state: 'timer' })];
  expect(goroutineProfile(groups, 0).frames).toEqual(
    framesOf('load@/app/load.js:7', 'handle@/app/server.js:30'),
  );
});

it('is empty without tasks', () => {
  expect(goroutineProfile([], 0)).toMatchObject({ frames: [], samples: [] });
});
