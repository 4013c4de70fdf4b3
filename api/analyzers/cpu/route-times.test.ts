import { describe, expect, it } from 'vitest';
import { foldedCpuProfile, withWallTimes } from '../testing/folded-cpu-profile.ts';
import { hotFunctions } from './hot-functions.ts';
import { routeTimes } from './route-times.ts';

describe('the routes by time', () => {
  const profile = foldedCpuProfile(
    'serve render 5 4 GET /page',
    'serve query 3 1 GET /list',
    'tick 2 2',
    'serve 2 2 GET /list',
  );

  it('adds up the samples of each, work outside of requests last', () => {
    expect(routeTimes(profile)).toMatchObject([
      { route: 'GET /list', times: { samples: 5, wallMs: 5, cpuMs: 3 } },
      { route: 'GET /page', times: { samples: 5, wallMs: 5, cpuMs: 4 } },
      { route: null, times: { samples: 2, wallMs: 2, cpuMs: 2 } },
    ]);
  });

  it('gives shares of the whole that make a hundred', () => {
    const percents = routeTimes(profile).map(({ percent }) => percent);
    expect(percents.map(Math.round)).toEqual([42, 42, 17]);
    expect(percents.reduce((sum, percent) => sum + percent)).toBeCloseTo(100);
  });

  it('has a profile of its own for each', () => {
    const rows = routeTimes(profile).map((route) =>
      hotFunctions(route.profile).map(({ frame, selfPercent }) => [frame.function, selfPercent]),
    );
    expect(rows).toEqual([
      [
        ['query', 60],
        ['serve', 40],
      ],
      [
        ['render', 100],
        ['serve', 0],
      ],
      [['tick', 100]],
    ]);
  });

  it('goes by time, however many samples it took to tell', () => {
    const requests = foldedCpuProfile('serve 5 1 GET /often', 'serve 2 1 GET /long');
    const routes = routeTimes(withWallTimes(requests, 20, 121));
    expect(routes.map(({ route }) => route)).toEqual(['GET /long', 'GET /often']);
  });

  it('has no rows for an empty profile', () => {
    expect(routeTimes(foldedCpuProfile())).toEqual([]);
  });
});
