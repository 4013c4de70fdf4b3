import { expect, it } from 'vitest';
import { startTimeSlices } from '../tasks/pace/time-slices.ts';
import type { RequestRecord } from './context/types.ts';
import { requestShares } from './weights.ts';

const recordAt = (url: string): RequestRecord => ({
  id: 1,
  asyncId: 1,
  method: 'GET',
  url,
  startedAtMs: 0,
  endedAtMs: null,
  sampleWeight: 1,
  isLarge: false,
  hasTasks: false,
  span: null,
  pattern: null,
  findPattern: null,
  ticket: -1,
});

it.each([
  [
    'each for itself where all are recorded',
    { '/a': [1, 1], '/b': [1] },
    { '/a': [1, 1], '/b': [1] },
  ],
  ['for the others of its route where it is a sample', { '/a': [4, 0, 0] }, { '/a': [3] }],
  ['for fewer than it was taken for where there are fewer', { '/a': [250] }, { '/a': [1] }],
  [
    'in proportion where some were recorded before the rate fell',
    { '/a': [1, 3, 0, 0] },
    { '/a': [1, 3] },
  ],
  [
    'for itself where none of its route is recorded',
    { '/a': [0, 0], '/b': [8, 0] },
    { '/a': [1, 1], '/b': [2] },
  ],
  ['for nothing where there are none', {}, {}],
])('a request stands %s', async (_, weights: Record<string, number[]>, expected) => {
  const weightOf = new Map<RequestRecord, number>();
  for (const [route, ofRoute] of Object.entries(weights)) {
    for (const weight of ofRoute) weightOf.set(recordAt(route), weight);
  }
  const shares = await requestShares(
    weightOf.keys(),
    (request) => weightOf.get(request)!,
    startTimeSlices(),
  );
  const byRoute: Record<string, number[]> = {};
  for (const [{ url }, share] of shares) byRoute[url] = [...(byRoute[url] ?? []), share];
  expect(byRoute).toEqual(expected);
});
