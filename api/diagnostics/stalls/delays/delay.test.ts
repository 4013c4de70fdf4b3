import { expect, it } from 'vitest';
import { aFrame } from '../../../health/testing/evidence.ts';
import { type Delay, sumOfDelays } from './delay.ts';

const EXPORT = aFrame('exportOrders', '/app/orders.ts', 5);
const IMPORT = aFrame('importOrders', '/app/orders.ts', 15);

function delay(lastedMs: number, given: Partial<Delay> = {}): Delay {
  return { endedAtMs: 10_000, lastedMs, waitedMs: 0, sights: [], ...given };
}

function seen(...frames: Delay['sights'][number]['frames'][number][]): Delay['sights'][number] {
  return { frames, isNative: false, isOwnWork: false };
}

it('adds up by function what each delay lasted without waiting for a core', () => {
  const delays = [
    delay(300, { sights: [seen({ ...EXPORT, line: 6 })] }),
    delay(400, { waitedMs: 100, sights: [seen(EXPORT), { ...seen(IMPORT), isNative: true }] }),
    delay(200),
  ];
  expect(sumOfDelays(delays, 60_000)).toEqual({
    watchedMs: 60_000,
    sinceMs: 9_700,
    count: 3,
    totalMs: 800,
    worstMs: 300,
    starvedMs: 100,
    ownWorkMs: 0,
    unseenMs: 200,
    places: [
      { frames: [{ ...EXPORT, line: 6 }], ms: 450, nativeMs: 0 },
      { frames: [IMPORT], ms: 150, nativeMs: 150 },
    ],
  });
});

it('counts short ones where they take much of the time, and long ones do not matter', () => {
  const short = (count: number) =>
    Array.from({ length: count }, () => delay(45, { sights: [seen(EXPORT)] }));
  expect(sumOfDelays(short(400), 60_000)).toMatchObject({ count: 400, totalMs: 18_000 });
  expect(sumOfDelays(short(200), 60_000)).toMatchObject({ count: 0, totalMs: 0, places: [] });
  const long = Array.from({ length: 5 }, () => delay(300, { sights: [seen(IMPORT)] }));
  expect(sumOfDelays([...short(400), ...long], 60_000)).toMatchObject({
    count: 5,
    totalMs: 1_500,
    places: [{ frames: [IMPORT] }],
  });
});

it('counts neither what pprofql made nor what would have been short with a core', () => {
  const delays = [
    delay(900, { sights: [{ frames: [], isNative: true, isOwnWork: true }] }),
    delay(490, { waitedMs: 450, sights: [seen(EXPORT)] }),
  ];
  expect(sumOfDelays(delays, 60_000)).toMatchObject({
    count: 0,
    totalMs: 0,
    starvedMs: 450,
    ownWorkMs: 900,
    places: [],
  });
});
