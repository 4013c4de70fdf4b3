/** The one execution path: parse, check, validate and run, the same for every transport. */
import { type DocumentNode, GraphQLError, getOperationAST, parse } from 'graphql';
import { createYoga, type Plugin } from 'graphql-yoga';
import type { SchemaContext } from '../../../schema/context.ts';
import { schema } from '../../../schema/index.ts';
import type { TargetedDiagnostics } from '../../targets/target.ts';
import type { ServerLimits } from '../gates/limits.ts';
import type { Log } from '../unexpected.ts';
import type { Accepted } from './accept.ts';
import { checkDocument, limitError } from './document-limits.ts';
import type { Results } from './event-stream.ts';
import { toPublicError } from './operation-errors.ts';

/** What a transport says about one operation. */
export interface OperationRequest {
  /** Fires when nobody waits for the answer any more. */
  signal: AbortSignal;
  /** Only queries are answered, as for HTTP GET. */
  isReadOnly: boolean;
  /** Takes the results to send as events, where the transport can. */
  events?: {
    accepted: Accepted['events'];
    take: (results: Results) => void;
  };
}

export interface OperationParams {
  query: string;
  operationName?: string | null;
  variables?: Record<string, unknown> | null;
}

type OperationContext = OperationRequest & { params: OperationParams };

export type Operations = ReturnType<typeof createOperations>;

function operationError(message: string, code: string, status: number): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status } } });
}

function parseWithin(limits: ServerLimits): typeof parse {
  return (source, options) => {
    try {
      return parse(source, { ...options, maxTokens: limits.documentTokens });
    } catch (error) {
      // The parser says so only in words.
      if (/tokens?\. Parsing aborted/.test((error as Error).message)) {
        throw limitError('tokens', null, limits.documentTokens);
      }
      throw new GraphQLError((error as GraphQLError).message, {
        source: (error as GraphQLError).source,
        positions: (error as GraphQLError).positions,
        extensions: { code: 'GRAPHQL_PARSE_FAILED', http: { spec: true, status: 400 } },
      });
    }
  };
}

/** Refuses a document without the named operation, and anything but a query where only reading is allowed. */
function checkOperation(document: DocumentNode, { params, isReadOnly }: OperationContext): void {
  const operation = getOperationAST(document, params?.operationName);
  if (operation === null || operation === undefined) {
    throw operationError(
      params?.operationName
        ? `The document has no operation named ${JSON.stringify(params.operationName)}.`
        : 'The document has several operations or none; name one in operationName.',
      'OPERATION_RESOLUTION_FAILURE',
      400,
    );
  }
  if (isReadOnly && operation.operation !== 'query') {
    throw operationError(`A ${operation.operation} needs a POST request.`, 'BAD_REQUEST', 405);
  }
}

function operationChecks(limits: ServerLimits): Plugin<OperationContext> {
  const parseDocument = parseWithin(limits);
  return {
    onParse({ setParseFn }) {
      setParseFn(parseDocument);
      return ({ result, context }) => {
        if (result instanceof Error || result === null) return;
        checkOperation(result, context as unknown as OperationContext);
      };
    },
    onValidate({ params, setResult }) {
      // Before validation, whose own cost grows faster than the document.
      const errors = checkDocument(params.documentAST, limits);
      if (errors.length > 0) setResult(errors);
    },
  };
}

/** Hands results over as they are, so that the transport sets the pace and sees the reader leave. */
function eventHandover(): Plugin<OperationContext, OperationRequest> {
  return {
    onResultProcess({ result, serverContext: { events }, setResultProcessor }) {
      if (events === undefined || events.accepted === 'none' || Array.isArray(result)) return;
      if (events.accepted === 'subscriptions' && !(Symbol.asyncIterator in result)) return;
      setResultProcessor((_result, { Response }) => {
        events.take(result as Results);
        return new Response();
      }, 'text/event-stream');
    },
  };
}

/** Runs operations against one diagnostics object. */
export function createOperations({
  diagnostics,
  limits,
  log,
}: {
  diagnostics: TargetedDiagnostics;
  limits: ServerLimits;
  log: Log;
}) {
  return createYoga<OperationRequest, SchemaContext>({
    schema,
    context: ({ signal }) => ({ diagnostics, signal }),
    plugins: [operationChecks(limits), eventHandover()],
    maskedErrors: { maskError: (error) => toPublicError(error, log) },
    // The transports here have their own pages, body limit and logging.
    graphiql: false,
    landingPage: false,
    cors: false,
    batching: false,
    multipart: false,
    maxRequestBodySize: false,
    logging: false,
    // A thousand parsed documents could hold more memory than the program under observation.
    parserAndValidationCache: false,
  });
}
