/** What is wrong with the text of a request, in plain words. */
import { GraphQLError } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { refusedOperation } from '../operation-errors.ts';

/** Yoga sends broken JSON back whole, and takes variables of a GET that are none for a defect. */
export function plainParameterErrors(): Plugin {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (requestParser === undefined) return;
      setRequestParser(async (request) => {
        try {
          return await requestParser(request);
        } catch (error) {
          throw refusedOperation({
            status: 400,
            code: 'BAD_REQUEST',
            message:
              error instanceof GraphQLError ? error.message : 'The variables are not valid JSON.',
          });
        }
      });
    },
  };
}
