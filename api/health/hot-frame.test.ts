import { expect, test } from 'vitest';
import { hotFrameOf } from './hot-frame.ts';
import { aFrame } from './testing/evidence.ts';

const SORT = aFrame('Array.sort', '');
const COMPARE = aFrame('(anonymous)', '/app/src/rank.ts', 5);
const RANK = aFrame('rank', '/app/src/rank.ts', 4);
const HANDLER = aFrame('Server.<anonymous>', '/app/src/index.ts', 9);
const PACKAGE = aFrame('map', '/app/node_modules/lodash/map.js', 9);

test.each([
  ['the first of the program', [PACKAGE, RANK, HANDLER], RANK],
  ['who called a callback of its file', [COMPARE, SORT, RANK], RANK],
  [
    'a callback that another file was given',
    [COMPARE, aFrame('each', '/app/src/each.ts')],
    COMPARE,
  ],
  ['a handler that has no name', [SORT, HANDLER], HANDLER],
  ['nobody in code of others', [SORT, PACKAGE], null],
])('running code is told by %s', (_name, frames, expected) => {
  expect(hotFrameOf(frames)).toBe(expected);
});
