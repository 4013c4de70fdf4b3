import { expect, it } from 'vitest';
import { beforeTakenBack, noteTakenBack } from './taken-back.ts';

it('puts back what nobody of ours stands in for any more', () => {
  const [program, first, second, third] = [1, 2, 3, 4].map((of) => () => of) as (() => number)[];
  expect(beforeTakenBack(program!)).toBe(program);
  noteTakenBack(second!, first!);
  expect(beforeTakenBack(second!)).toBe(first);
  noteTakenBack(first!, program!);
  expect(beforeTakenBack(second!)).toBe(program);
  expect(beforeTakenBack(third!)).toBe(third);
});
