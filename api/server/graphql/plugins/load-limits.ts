/** How operations wait for their turn, and how many subscriptions there may be. */
import type { SubscribePayload } from 'graphql-ws';
import type { Plugin } from 'graphql-yoga';
import { DiagnosticsError } from '../../../base/errors.ts';
import type { Load } from '../../load/load.ts';
import { refusedByLoad } from '../operation-errors.ts';
import type { OperationRequest } from '../operation-request.ts';

/** What waits for its turn, in bytes. */
export function bytesOf({ query, variables }: SubscribePayload): number {
  return query.length + JSON.stringify(variables ?? null).length;
}

/** Over WebSockets a turn begins earlier, before the operation is parsed. */
export function turnsOverHttp({ turns }: Load): Plugin<object, OperationRequest> {
  return {
    onParams({ context, paramsHandler, setParamsHandler }) {
      const { http, signal } = context as unknown as OperationRequest;
      if (http === undefined) return;
      setParamsHandler(async (payload) => {
        const turn = { bytes: bytesOf(payload.params as SubscribePayload), signal };
        const done = await turns.take(http.reader, turn).catch(refuse);
        try {
          return await paramsHandler(payload);
        } finally {
          done();
        }
      });
    },
  };
}

/** Each subscription holds a place until its signal fires. */
export function subscriptionPlaces(load: Load): Plugin<OperationRequest> {
  return {
    onSubscribe({ args }) {
      const { http, signal } = args.contextValue as OperationRequest;
      try {
        if (http !== undefined) load.holdEventStream(signal);
        load.holdSubscription(signal);
      } catch (error) {
        refuse(error);
      }
    },
  };
}

function refuse(error: unknown): never {
  throw error instanceof DiagnosticsError ? refusedByLoad(error) : error;
}
