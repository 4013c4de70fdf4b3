import { expect, it } from 'vitest';
import { type Change, changeOf, changeTables } from './diff.ts';

it.each<[string, number[], number[], Change | null]>([
  ['nothing before', [0, 0], [8, 1], 'NEW'],
  ['more bytes', [8, 1], [16, 1], 'GREW'],
  ['fewer bytes in more objects', [16, 1], [8, 2], 'SHRANK'],
  ['the same bytes in more objects', [8, 1], [8, 2], 'GREW'],
  ['nothing after', [8, 1], [0, 0], 'GONE'],
  ['the same', [8, 1], [8, 1], null],
  ['never anything', [0, 0], [0, 0], null],
])('judges %s', (_case, base, to, change) => {
  expect(changeOf(base, to)).toBe(change);
});

it('parts growth from loss, each most first, and counts before it cuts', () => {
  const rows = [
    { name: 'a', change: 'GREW', delta: 1 },
    { name: 'b', change: 'NEW', delta: 3 },
    { name: 'c', change: 'NEW', delta: 2 },
    { name: 'd', change: 'GONE', delta: -1 },
    { name: 'e', change: 'SHRANK', delta: -3 },
    { name: 'f', change: 'GONE', delta: -2 },
  ] as const;
  const tables = changeTables(rows, 2, (a, b) => b.delta - a.delta);
  expect(tables.grown.map(({ name }) => name)).toEqual(['b', 'c']);
  expect(tables.shrunk.map(({ name }) => name)).toEqual(['e', 'f']);
  expect(tables.rowCounts).toEqual({ NEW: 2, GREW: 1, SHRANK: 1, GONE: 2 });
});
