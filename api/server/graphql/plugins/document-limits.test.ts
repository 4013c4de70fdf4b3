import { parse } from 'graphql';
import { expect, it } from 'vitest';
import { measureDocument } from './document-limits.ts';

it.each([
  ['{ a }', { depth: 1, fields: 1, aliases: 0, named: { a: 1 } }],
  ['{ a { b } c: a { b } }', { depth: 2, fields: 4, aliases: 1, named: { a: 1, b: 2, c: 1 } }],
  ['{ a a a }', { depth: 1, fields: 3, aliases: 0, named: { a: 3 } }],
  [
    '{ ... { a } ... on Query { b { c } } }',
    { depth: 2, fields: 3, aliases: 0, named: { a: 1, b: 1, c: 1 } },
  ],
  [
    '{ ...F ...F } fragment F on Query { x: a { b } }',
    { depth: 2, fields: 4, aliases: 2, named: { x: 2, b: 2 } },
  ],
  [
    '{ a { ...F } } fragment F on A { b { c } }',
    { depth: 3, fields: 3, aliases: 0, named: { a: 1, b: 1, c: 1 } },
  ],
  ['{ ...Missing }', { depth: 0, fields: 0, aliases: 0, named: {} }],
  ['{ ...F } fragment F on Query { a ...F }', { depth: 1, fields: 1, aliases: 0, named: { a: 1 } }],
  [
    'query A { a } query B { a c: d { e } }',
    { depth: 2, fields: 4, aliases: 1, named: { a: 2, c: 1, e: 1 } },
  ],
  ['fragment F on Query { a }', { depth: 0, fields: 0, aliases: 0, named: {} }],
])('measures %s', (text, { named, ...size }) => {
  expect(measureDocument(parse(text))).toEqual({ ...size, named: new Map(Object.entries(named)) });
});

it('measures fragments that multiply without doing the multiplication', () => {
  const doubling = Array.from(
    { length: 60 },
    (_, n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`,
  ).join(' ');
  const document = parse(`{ ...F0 } ${doubling} fragment F60 on Query { a }`);
  expect(measureDocument(document).fields).toBe(2 ** 60);
});
