import { describe, expect, it } from 'vitest';
import type { Frame, Profile, ValueType } from '../../profile/profile.ts';
import { growthInTime } from '../testing/growth-in-time.ts';
import { type AllocationOptions, type AllocationRow, allocationTables } from './allocations.ts';

const ALLOC_OBJECTS = { type: 'alloc_objects', unit: 'count' };
const ALLOC_SPACE = { type: 'alloc_space', unit: 'bytes' };
const INUSE_OBJECTS = { type: 'inuse_objects', unit: 'count' };
const INUSE_SPACE = { type: 'inuse_space', unit: 'bytes' };
const ALL_FOUR = [ALLOC_OBJECTS, ALLOC_SPACE, INUSE_OBJECTS, INUSE_SPACE];

/** `['main;work', 1, 100, 1, 50]`: root first, then the values in the order of the sample types. */
type FoldedStack = [stack: string, ...values: number[]];

/** Every function `name` is in `/app/name.js`, line 1, unless written as `name@file:line`. */
function profileOf(folded: FoldedStack[], sampleTypes: ValueType[] = ALL_FOUR): Profile {
  const frames: Frame[] = [];
  const indexByName = new Map<string, number>();
  const indexOf = (name: string) => {
    const known = indexByName.get(name);
    if (known !== undefined) return known;
    const [functionName = '', place = `/app/${name}.js:1`] = name.split('@');
    const [file = '', line = '0'] = place.split(':');
    indexByName.set(name, frames.length);
    return frames.push({ function: functionName, file, line: Number(line) }) - 1;
  };
  const samples = folded.map(([stack, ...values]) => ({
    stack: stack === '' ? [] : stack.split(';').reverse().map(indexOf),
    values,
  }));
  return { sampleTypes, frames, samples };
}

const folded = ({ frames }: AllocationRow) => frames.map((frame) => frame.function).join('<');

/** `['work<main', bytes, count]` a row */
const table = (rows: AllocationRow[] | null) =>
  rows?.map((row) => [folded(row), row.bytes, row.count]);

const tablesOf = (stacks: FoldedStack[], options?: AllocationOptions) =>
  allocationTables(profileOf(stacks), options);

describe('allocation tables', () => {
  it('are empty for an empty profile', () => {
    expect(tablesOf([])).toEqual({
      cumulative: [],
      live: [],
      totals: { liveBytes: 0, cumulativeBytes: 0, stacks: 0 },
    });
  });

  it('sum samples with the same full stack and keep different callers apart', () => {
    const tables = tablesOf([
      ['main;work', 1, 100, 1, 10],
      ['main;other;work', 5, 500, 0, 0],
      ['main;work', 2, 200, 3, 30],
    ]);
    expect(table(tables.cumulative)).toEqual([
      ['work<other<main', 500, 5],
      ['work<main', 300, 3],
    ]);
    expect(table(tables.live)).toEqual([['work<main', 40, 4]]);
    expect(tables.totals).toEqual({ liveBytes: 40, cumulativeBytes: 800, stacks: 2 });
  });

  it('keep apart equal function names on different lines and in different files', () => {
    const tables = tablesOf([
      ['f@/app/a.js:1', 1, 10, 0, 0],
      ['f@/app/a.js:2', 1, 20, 0, 0],
      ['f@/app/b.js:1', 1, 30, 0, 0],
    ]);
    expect(tables.cumulative?.map(({ frames }) => `${frames[0]?.file}:${frames[0]?.line}`)).toEqual(
      ['/app/b.js:1', '/app/a.js:2', '/app/a.js:1'],
    );
  });

  it('keep each depth of a recursion as a stack of its own, counted once', () => {
    const tables = tablesOf([
      ['main;walk', 1, 10, 0, 0],
      ['main;walk;walk', 1, 20, 0, 0],
      ['main;walk;walk;walk', 1, 40, 0, 0],
      ['main;walk;walk', 1, 20, 0, 0],
    ]);
    expect(table(tables.cumulative)).toEqual([
      ['walk<walk<main', 40, 2],
      ['walk<walk<walk<main', 40, 1],
      ['walk<main', 10, 1],
    ]);
    expect(tables.totals.cumulativeBytes).toBe(90);
  });

  it('give a live row its cumulative values although it is cut from the cumulative table', () => {
    const tables = tablesOf(
      [
        ['hot', 100, 9_000, 0, 0],
        ['hotter', 100, 9_500, 0, 0],
        ['leak', 4, 400, 3, 300],
      ],
      { limit: 1 },
    );
    expect(table(tables.cumulative)).toEqual([['hotter', 9_500, 100]]);
    expect(tables.live).toMatchObject([
      { bytes: 300, count: 3, cumulativeBytes: 400, cumulativeCount: 4, retention: 0.75 },
    ]);
    expect(tables.totals).toEqual({ liveBytes: 300, cumulativeBytes: 18_900, stacks: 3 });
  });

  it('show 50 rows unless told otherwise', () => {
    const stacks = Array.from({ length: 60 }, (_, at): FoldedStack => [`f${at}`, 1, at, 1, at]);
    expect(tablesOf(stacks).live).toHaveLength(50);
    expect(tablesOf(stacks, { limit: 60 }).live).toHaveLength(60);
  });

  it.each([
    { live: 0, cumulative: 100, retention: 0 },
    { live: 25, cumulative: 100, retention: 0.25 },
    { live: 100, cumulative: 100, retention: 1 },
    { live: 120, cumulative: 100, retention: 1 },
    { live: 100, cumulative: 0, retention: 1 },
  ])('put retention at $retention for $live live of $cumulative bytes', (row) => {
    const tables = tablesOf([['f', 1, row.cumulative, 1, row.live]]);
    expect((tables.cumulative?.[0] ?? tables.live[0])?.retention).toBe(row.retention);
  });

  it('order by bytes, then count, then stack, whatever the order of the samples', () => {
    const stacks: FoldedStack[] = [
      ['main;b', 1, 100, 1, 100],
      ['main;a', 1, 100, 1, 100],
      ['a', 1, 100, 1, 100],
      ['many', 2, 100, 2, 100],
      ['big', 1, 200, 1, 200],
    ];
    const expected = [
      ['big', 200, 1],
      ['many', 100, 2],
      ['a', 100, 1],
      ['a<main', 100, 1],
      ['b<main', 100, 1],
    ];
    for (const samples of [stacks, stacks.toReversed()]) {
      expect(table(tablesOf(samples).cumulative)).toEqual(expected);
      expect(table(tablesOf(samples).live)).toEqual(expected);
    }
  });

  it('read the sample types in any order and ignore types they do not know', () => {
    const cpu = { type: 'cpu', unit: 'nanoseconds' };
    const types = [INUSE_SPACE, cpu, ALLOC_SPACE, INUSE_OBJECTS, ALLOC_OBJECTS];
    const tables = allocationTables(profileOf([['f', 10, 777, 100, 1, 5]], types));
    expect(tables.live).toMatchObject([
      { liveBytes: 10, liveCount: 1, cumulativeBytes: 100, cumulativeCount: 5 },
    ]);
  });

  it('say that there is nothing cumulative in a profile of live objects only', () => {
    const tables = allocationTables(profileOf([['f', 2, 20]], [INUSE_OBJECTS, INUSE_SPACE]));
    expect(tables.cumulative).toBeNull();
    expect(tables.totals.cumulativeBytes).toBeNull();
    expect(tables.live).toMatchObject([
      { bytes: 20, count: 2, cumulativeBytes: null, cumulativeCount: null, retention: null },
    ]);
  });

  it('say of a profile of differences what shrank as well as what grew, by how much it was', () => {
    const tables = tablesOf([
      ['shrunk', -5, -500, -5, -500],
      ['grown', 3, 300, 3, 300],
      ['grown', -1, -100, -1, -100],
    ]);
    const rows = [
      ['shrunk', -500, -5],
      ['grown', 200, 2],
    ];
    expect(table(tables.cumulative)).toEqual(rows);
    expect(table(tables.live)).toEqual(rows);
    expect(tables.live.map(({ retention }) => retention)).toEqual([0, 1]);
    expect(tables.totals).toEqual({ liveBytes: -300, cumulativeBytes: -300, stacks: 2 });
  });

  it('keep what shrank most when they are cut', () => {
    const grown = Array.from({ length: 3 }, (_, at): FoldedStack => [`grown${at}`, 1, 100, 1, 100]);
    const { live } = tablesOf([...grown, ['shrunk', -1, -900, -1, -900]], { limit: 2 });
    expect(table(live)).toEqual([
      ['shrunk', -900, -1],
      ['grown0', 100, 1],
    ]);
  });

  it('leave out samples without a stack', () => {
    expect(tablesOf([['', 1, 100, 1, 100]]).totals.stacks).toBe(0);
  });

  describe('with own files', () => {
    const options: AllocationOptions = {
      isOwnFile: (file) => file.startsWith('/own/'),
      isRuntimeFile: (file) => file === '' || file.startsWith('node:'),
    };

    it.each([
      { what: 'a top frame of ours', stack: 'main;hook@/own/hook.js:1', kept: false },
      {
        what: 'a builtin called by ours',
        stack: 'main;hook@/own/hook.js:1;push@:0',
        kept: false,
      },
      { what: 'our frame below the program', stack: 'run@/own/cli.js:1;main', kept: true },
      {
        what: 'a builtin called by the program',
        stack: 'run@/own/cli.js:1;main;push@:0',
        kept: true,
      },
      { what: 'nothing but builtins', stack: 'push@:0', kept: true },
      {
        what: 'a program file that only looks like ours',
        stack: 'hook@/app/own/hook.js:1',
        kept: true,
      },
    ])('$what: kept is $kept', ({ stack, kept }) => {
      const tables = tablesOf([[stack, 1, 100, 1, 100]], options);
      expect(tables.live).toHaveLength(kept ? 1 : 0);
      expect(tables.totals.liveBytes).toBe(kept ? 100 : 0);
    });
  });

  it('take time in proportion to the stacks', () => {
    const profileWith = (count: number) =>
      profileOf(
        Array.from(
          { length: count },
          (_, at): FoldedStack => [
            `main;route${at % 100};handler${at % 1_000};f${at}`,
            1,
            at,
            1,
            at,
          ],
        ),
      );
    const [small, large] = [profileWith(5_000), profileWith(50_000)];
    expect(allocationTables(large).totals.stacks).toBe(50_000);
    const mostGrowth = 50;
    const growth = growthInTime(
      () => allocationTables(small),
      () => allocationTables(large),
      mostGrowth,
    );
    expect(growth).toBeLessThan(mostGrowth);
  });
});
