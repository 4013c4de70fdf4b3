import { expect, it } from 'vitest';
import { createStamp } from './stamp.ts';

it('keeps a value on an object, and another instead', () => {
  const stamp = createStamp<number>();
  const object = {};
  expect(stamp.get(object)).toBeUndefined();
  stamp.set(object, 1);
  stamp.set(object, 2);
  expect(stamp.get(object)).toBe(2);
});

it('adds nothing that a program could see, copy or stumble over', () => {
  const stamp = createStamp<number>();
  const object = { a: 1 };
  stamp.set(object, 7);
  expect(Reflect.ownKeys(object)).toEqual(['a']);
  expect(stamp.get({ ...object })).toBeUndefined();
  expect(stamp.get(Object.create(object))).toBeUndefined();
});

it('works on a frozen object, whose prototype it leaves alone', () => {
  const stamp = createStamp<string>();
  const frozen = Object.freeze(Object.create(null));
  stamp.set(frozen, 'x');
  expect(stamp.get(frozen)).toBe('x');
  expect(Object.getPrototypeOf(frozen)).toBeNull();
});

it('is another one for each that makes it, and nothing on what is no object', () => {
  const [one, other] = [createStamp<number>(), createStamp<number>()];
  const object = {};
  one.set(object, 1);
  expect(other.get(object)).toBeUndefined();
  for (const value of [null, undefined, 7, 'text']) expect(one.get(value)).toBeUndefined();
});
