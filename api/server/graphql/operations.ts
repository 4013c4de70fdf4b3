/**
 * The one execution path, for every transport: graphql-yoga with the limits as its plugins. Over HTTP
 * it also reads the parameters, and writes the answer and its status.
 */
import { createServerAdapter } from '@whatwg-node/server';
import { YogaServer } from 'graphql-yoga';
import type { SchemaContext } from '../../../schema/context.ts';
import { schema } from '../../../schema/index.ts';
import type { TargetedDiagnostics } from '../../targets/target.ts';
import type { ServerLimits } from '../gates/limits.ts';
import type { Load } from '../load/load.ts';
import type { Log } from '../unexpected.ts';
import { toPublicError } from './operation-errors.ts';
import type { OperationRequest } from './operation-request.ts';
import { documentLimits } from './plugins/document-limits.ts';
import { eventStream } from './plugins/event-stream.ts';
import { subscriptionPlaces, turnsOverHttp } from './plugins/load-limits.ts';
import { operationRules } from './plugins/operation-rules.ts';
import { plainParameterErrors } from './plugins/parameter-errors.ts';

export type Operations = ReturnType<typeof createOperations>;

export interface OperationsOptions {
  diagnostics: TargetedDiagnostics;
  limits: ServerLimits;
  load: Load;
  log: Log;
}

/** Runs operations against one diagnostics object. */
export function createOperations({ diagnostics, limits, load, log }: OperationsOptions) {
  const server = new YogaServer<OperationRequest, SchemaContext>({
    schema,
    context: ({ signal }) => ({ diagnostics, signal }),
    // In the order in which a request meets them.
    plugins: [
      plainParameterErrors(),
      turnsOverHttp(load),
      documentLimits(limits),
      operationRules(),
      subscriptionPlaces(load),
      eventStream(),
    ],
    maskedErrors: { maskError: (error) => toPublicError(error, log) },
    multipart: false,
    // A thousand parsed documents could hold more memory than the program under observation.
    parserAndValidationCache: false,
    // These are before it: see `http.ts`, `pages/graphiql/` and the gates.
    maxRequestBodySize: false,
    graphiql: false,
    landingPage: false,
    cors: false,
    logging: false,
  });
  // As `createYoga` does it, but for the answer to what it would find out by loading Node's own `fetch`:
  // that reads `process.stderr`, which makes a pipe there non-blocking for a program it is mounted in.
  return createServerAdapter(server, {
    fetchAPI: server.fetchAPI,
    // biome-ignore lint/complexity/useLiteralKeys: it is private, and `createYoga` takes it this way, too.
    plugins: server['plugins'],
    __useCustomAbortCtrl: true,
  });
}
