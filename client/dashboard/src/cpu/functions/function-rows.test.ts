import { expect, test } from 'vitest';
import type { CpuFunctionFragment } from '../../../generated/graphql.ts';
import { aFrame } from '../../testing/frames.ts';
import { functionRows } from './function-rows.ts';

const aFunction = (name: string, given: Partial<CpuFunctionFragment>): CpuFunctionFragment => ({
  ...aFrame(name, `/app/src/${name}.ts`, 3),
  column: 1,
  isPprofql: false,
  selfMs: 0,
  selfPercent: 0,
  selfCpuMs: null,
  selfSamples: 0,
  totalMs: 0,
  totalPercent: 0,
  ...given,
});

const FUNCTIONS = [
  aFunction('sort', { selfMs: 30, selfCpuMs: 29, totalMs: 31 }),
  aFunction('readSync', { selfMs: 40, selfCpuMs: 1, totalMs: 40 }),
  aFunction('main', { selfMs: 1, totalMs: 90 }),
];

test.each([
  { sort: 'self', text: '', names: ['readSync', 'sort', 'main'] },
  { sort: 'cpu', text: '', names: ['sort', 'readSync', 'main'] },
  { sort: 'total', text: '', names: ['main', 'readSync', 'sort'] },
  { sort: 'self', text: 'SYNC.ts:3', names: ['readSync'] },
  { sort: 'self', text: 'nowhere', names: [] },
] as const)('by $sort time with "$text": $names', ({ sort, text, names }) => {
  expect(functionRows(FUNCTIONS, text, sort).map((row) => row.function)).toEqual(names);
});
