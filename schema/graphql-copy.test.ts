import { createGraphQLError } from '@graphql-tools/utils';
import { GraphQLError, isSchema } from 'graphql';
import { expect, it } from 'vitest';
import { schema } from './index.ts';

// Two copies would not recognize each other's errors, and mask our own as unexpected ones.
it('loads one copy of graphql for the tests, the schema and the server', () => {
  expect(isSchema(schema)).toBe(true);
  expect(createGraphQLError('x')).toBeInstanceOf(GraphQLError);
});
