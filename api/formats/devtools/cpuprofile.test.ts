import { expect, it } from 'vitest';
import { cpuReading as reading } from '../testing/cpu-reading.ts';
import { cpuprofile } from './cpuprofile.ts';

it('is the tree of calls below a root, and the samples in time', () => {
  const { nodes, ...times } = cpuprofile(reading);
  const outline = nodes.map(({ id, callFrame, hitCount, children }) => [
    id,
    callFrame.functionName,
    hitCount,
    children,
  ]);
  expect(outline).toEqual([
    [1, '(root)', 0, [2, 4]],
    [2, 'main', 1, [3]],
    [3, 'work', 2, []],
    [4, '(idle)', 1, []],
  ]);
  expect(times).toEqual({
    startTime: 1_000_000,
    endTime: 1_004_000,
    samples: [2, 3, 3, 4],
    timeDeltas: [500, 1_000, 1_000, 1_500],
  });
});

it('counts lines and columns from 0, and gives scripts as URLs', () => {
  const work = cpuprofile(reading).nodes[2];
  expect(work?.callFrame).toMatchObject({
    url: 'file:///app/main.js',
    lineNumber: 6,
    columnNumber: 4,
  });
});

it('spreads samples evenly where their times are unknown', () => {
  expect(cpuprofile({ ...reading, sampleAtUs: null }).timeDeltas).toEqual([0, 1_000, 1_000, 1_000]);
});

it('is a bare root without samples', () => {
  const empty = { ...reading, parent: [], functionName: [], file: [], line: [], column: [] };
  const file = cpuprofile({ ...empty, sampleNode: [], sampleAtUs: [] });
  expect(file.nodes).toHaveLength(1);
  expect(file.samples).toEqual([]);
});
