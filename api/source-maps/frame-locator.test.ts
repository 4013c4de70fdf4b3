import { describe, expect, it } from 'vitest';
import type { StackFrame, TasksReading } from '../probe/readings/tasks.ts';
import { createFrameLocator } from './frame-locator.ts';
import { NO_SOURCE_MAPS, type SourceMaps } from './source-maps.ts';

/** Knows one place: column 9 of the first line of the bundle. */
const maps: SourceMaps = {
  ...NO_SOURCE_MAPS,
  originalsOf: async (places) =>
    places.map(({ file, line, column }) =>
      file === '/app/bundle.js' && line === 1 && column === 9
        ? { file: '/app/src/cart.ts', line: 40, column: 3 }
        : null,
    ),
};
const locator = createFrameLocator(maps, { programRoot: '/app' });

const frame = (column: number): StackFrame => ({
  function: 'e',
  file: '/app/bundle.js',
  line: 1,
  column,
  isAsync: false,
});

describe('a call tree', () => {
  const reading = () => ({
    strings: ['e', '/app/bundle.js', ''],
    functionName: [0, 0, 0],
    file: Int32Array.of(1, 1, 2),
    line: Int32Array.of(1, 1, 0),
    column: Int32Array.of(9, 5, 0),
  });

  it('gets the original places of the nodes that have one', async () => {
    const located = await locator.locateTree(reading());
    const placeOf = (node: number) =>
      `${located.strings[located.file[node]!]}:${located.line[node]}:${located.column[node]}`;
    expect([0, 1, 2].map(placeOf)).toEqual(['/app/src/cart.ts:40:3', '/app/bundle.js:1:5', ':0:0']);
  });

  it('is not changed itself, since its reader may give it again', async () => {
    const given = reading();
    await locator.locateTree(given);
    expect(given).toEqual(reading());
  });

  it('stays without columns where it has none', async () => {
    const located = await locator.locateTree({ ...reading(), column: undefined });
    expect(located.column).toBeUndefined();
    expect(Array.from(located.line)).toEqual([1, 1, 0]);
  });
});

it('locates every frame of every stack, and tells its path in the program', async () => {
  const reading = { stacks: [[frame(9), frame(5)], [], [frame(9)]] } as unknown as TasksReading;
  const { stacks } = await locator.locateStacks(reading);
  const cart = { file: '/app/src/cart.ts', path: 'src/cart.ts', line: 40, column: 3 };
  expect(stacks).toEqual([
    [
      { ...frame(9), ...cart },
      { ...frame(5), path: 'bundle.js' },
    ],
    [],
    [{ ...frame(9), ...cart }],
  ]);
});
