import { expect, test } from 'vitest';
import { aPoint } from '../../../health/testing/evidence.ts';
import { mayBeBrieflyHeld } from './brief-delays.ts';

const HELD = aPoint({ eventLoopDelayMaxMs: 32, eventLoopUtilization: 0.3 });

test.each([
  ['is held up in each interval, for much of the time', [HELD, HELD, HELD], true],
  ['was once', [aPoint(), aPoint(), HELD], false],
  ['was not in the latest', [HELD, HELD, aPoint()], false],
  ['is never held for long', Array(3).fill({ ...HELD, eventLoopDelayMaxMs: 6 }), false],
  ['is mostly idle', Array(3).fill({ ...HELD, eventLoopUtilization: 0.1 }), false],
  ['has only begun', [HELD], false],
])('a loop that %s', (_name, points, isSuspect) => {
  expect(mayBeBrieflyHeld(points)).toBe(isSuspect);
});
