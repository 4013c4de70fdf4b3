/** Which of its operations a document may run: the one that is named, and by GET a query only. */
import { type DocumentNode, type GraphQLError, getOperationAST } from 'graphql';
import type { Plugin } from 'graphql-yoga';
import { refusedOperation } from '../operation-errors.ts';
import type { OperationParams, OperationRequest } from '../operation-request.ts';

type OperationContext = OperationRequest & {
  params?: OperationParams;
  /** Over HTTP. */
  request?: Request;
};

function refusalOf(
  document: DocumentNode,
  { params, request, http }: OperationContext,
): GraphQLError | null {
  const operation = getOperationAST(document, params?.operationName)?.operation;
  if (operation === undefined) {
    return refusedOperation({
      status: 400,
      code: 'OPERATION_RESOLUTION_FAILURE',
      message: params?.operationName
        ? `The document has no operation named ${JSON.stringify(params.operationName)}.`
        : 'The document has several operations or none; name one in operationName.',
    });
  }
  if (request?.method === 'GET' && operation !== 'query') {
    return refusedOperation({
      status: 405,
      code: 'BAD_REQUEST',
      message: `A ${operation} needs a POST request.`,
      headers: { allow: 'POST' },
    });
  }
  if (operation === 'subscription' && http?.events === 'none') {
    return refusedOperation({
      status: 406,
      code: 'BAD_REQUEST',
      message: 'A subscription is answered by events: accept text/event-stream.',
    });
  }
  return null;
}

/** Yoga has the second rule for mutations alone, and learns of the third when the source is running. */
export function operationRules(): Plugin<OperationContext> {
  return {
    onParse: () => {
      return ({ result, context }) => {
        if (result instanceof Error || result === null) return;
        const refusal = refusalOf(result, context as unknown as OperationContext);
        if (refusal !== null) throw refusal;
      };
    },
  };
}
