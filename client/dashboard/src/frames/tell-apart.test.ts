import { expect, test } from 'vitest';
import { aFrame } from '../testing/frames.ts';
import { tellApart } from './tell-apart.ts';

/** `a<b:2<main`: each function with its line, 1 unless it is said. */
function row(id: string, stack: string) {
  const frames = stack.split('<').map((text) => {
    const [name, line = '1'] = text.split(':');
    return aFrame(name!, '/app/a.ts', Number(line));
  });
  return { id, frames };
}

const marksOf = (...rows: ReturnType<typeof row>[]) =>
  Object.fromEntries(tellApart(rows, ({ frames }) => frames[0]!.function));

test('rows that look the same are told apart by the functions in which their stacks part', () => {
  expect(marksOf(row('1', 'a<b<main'), row('2', 'a<c<main'), row('3', 'z<main'))).toEqual({
    1: 'b',
    2: 'c',
  });
});

test('those that part in one function are told apart by its lines', () => {
  expect(marksOf(row('1', 'a<b:2'), row('2', 'a<b:3'))).toEqual({ 1: 'b a.ts:2', 2: 'b a.ts:3' });
});

test('those that still look the same are told apart further down', () => {
  expect(marksOf(row('1', 'a<b<c'), row('2', 'a<b<d'), row('3', 'a<e'))).toEqual({
    1: 'c',
    2: 'd',
    3: 'e',
  });
});

test('a stack that ends where another goes on is the outermost', () => {
  expect(marksOf(row('1', 'a<b'), row('2', 'a'))).toEqual({ 1: 'b', 2: 'the outermost' });
});

test('a row that looks like no other, and rows of one stack, need no mark', () => {
  expect(marksOf(row('1', 'a<b'), row('2', 'c<b'), row('3', 'c<b'))).toEqual({});
});
