import { isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';
import { describe, expect, it } from 'vitest';
import { schema } from './index.ts';

/** A tooltip shows a description alone: it may not begin or end with what stands elsewhere. */
const LEANS_ON_A_NEIGHBOR =
  /^(The same|That of|That,|All of this|As above|Of those|Of these|With everything|They |Their |Why they|Why it |The latest of them|The first ten of them|The longest of them|It |Its |What it (?!is too early)|What its |When it |How often it |Where it |Whether that |Which one\b|How many there are)|as above|facts below|in between|beside it|\bthen\.$/;

const own = Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));

const described = own.flatMap((type) => {
  const parts: [name: string, description: string | null | undefined][] = [
    [type.name, type.description],
  ];
  if (isObjectType(type) || isInterfaceType(type)) {
    for (const field of Object.values(type.getFields())) {
      parts.push([`${type.name}.${field.name}`, field.description]);
      for (const { name, description } of field.args) {
        parts.push([`${type.name}.${field.name}(${name})`, description]);
      }
    }
  }
  if (isEnumType(type)) {
    for (const { name, description } of type.getValues()) {
      parts.push([`${type.name}.${name}`, description]);
    }
  }
  expect(isInputObjectType(type)).toBe(false);
  return parts;
});

const ofGraphql = ['Boolean', 'Float', 'ID', 'Int', 'String'];

describe('a description', () => {
  it('stands beside every type, field, argument and value', () => {
    expect(described.filter(([, text]) => !text).map(([name]) => name)).toEqual([]);
  });

  it('is understood alone', () => {
    const leaning = described.filter(
      ([name, text]) => !ofGraphql.includes(name) && LEANS_ON_A_NEIGHBOR.test(text ?? ''),
    );
    expect(leaning).toEqual([]);
  });
});
