import { expect, it } from 'vitest';
import { stackLines } from './frame.ts';

it('has a place for a function of the engine, and no line where none is known', () => {
  const frames = [
    { function: 'test', file: '', line: 0 },
    { function: 'load', file: '/app/load.js', line: 0 },
    { function: 'handle', file: '/app/server.js', line: 30 },
  ];
  expect(stackLines(frames)).toEqual([
    'test',
    '\t<builtin>',
    'load',
    '\t/app/load.js',
    'handle',
    '\t/app/server.js:30',
  ]);
});
