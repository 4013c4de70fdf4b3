/** GraphQL over WebSocket (the graphql-transport-ws protocol): queries and subscriptions. */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type ExecutionArgs, type ExecutionResult, GraphQLError } from 'graphql';
import { handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type ServerOptions, type WebSocket, WebSocketServer } from 'ws';
import { type Access, checkToken } from '../gates/access.ts';
import type { ServerLimits } from '../gates/limits.ts';
import { refuseUpgrade } from '../gates/refusal.ts';
import { closeUnlessLoggedIn, keepAlive, sendWhenTaken } from '../gates/socket-care.ts';
import type { Load } from '../load/load.ts';
import type { Reader } from '../load/readers.ts';
import { createSocketPlaces } from '../load/socket-places.ts';
import { type Log, logUnexpected } from '../unexpected.ts';
import { formatError, formatResult, toPublicError } from './operation-errors.ts';
import type { Operations } from './operations.ts';
import { bytesOf } from './plugins/load-limits.ts';

const CLOSE_UNAUTHORIZED = 4401;
const CLOSE_GOING_AWAY = 1001;
const CLOSE_INTERNAL_ERROR = 4500;
/** A client that does not answer the closing handshake is cut off, and sooner at the end. */
const CLOSE_TIMEOUT_MS = 1_000;
const CLOSE_GRACE_MS = 250;
/** What is left of the time to log in while many wait to do so. */
const CROWDED_SHARE = 0.2;

interface Peer {
  socket: WebSocket;
  request: IncomingMessage;
  /** Called when it has logged in. */
  letIn: () => void;
  reader: Reader;
  /** Of its operations under way. */
  endings: Set<AbortController>;
}

/** An operation made ready by the shared execution path. */
interface PreparedArgs extends ExecutionArgs {
  run: ReturnType<Operations['getEnveloped']>;
  ending: AbortController;
  /** Called when there is a result, so that others may run. */
  done: () => void;
  /** Called when nothing is left that would have to be ended. */
  forget: () => void;
}

export interface GraphqlOverSocket {
  /** Takes over an upgrade that has already been let in. */
  accept(req: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Closes every socket. */
  stop(): Promise<void>;
}

export function createGraphqlOverSocket({
  operations,
  access,
  limits,
  load,
  log,
}: {
  operations: Operations;
  access: Access;
  limits: ServerLimits;
  load: Load;
  log: Log;
}): GraphqlOverSocket {
  // The types do not know `closeTimeout` yet.
  const options: ServerOptions & { closeTimeout: number } = {
    noServer: true,
    maxPayload: limits.messageBytes,
    perMessageDeflate: false,
    handleProtocols,
    closeTimeout: CLOSE_TIMEOUT_MS,
  };
  const sockets = new WebSocketServer(options);
  const places = createSocketPlaces(limits);

  /** Parse, check and validate; what is wrong is answered to this operation, the socket lives on. */
  async function prepare(
    payload: SubscribePayload,
    { reader, endings }: Peer,
    isWanted: () => boolean,
  ): Promise<PreparedArgs | GraphQLError[]> {
    const ending = new AbortController();
    const forget = () => endings.delete(ending);
    endings.add(ending);
    ending.signal.addEventListener('abort', forget, { once: true });
    try {
      const turn = { bytes: bytesOf(payload), signal: ending.signal };
      const done = await load.turns.take(reader, turn);
      const prepared = isWanted() ? await prepareNow(payload, ending) : [unwanted()];
      if (!Array.isArray(prepared)) return { ...prepared, done, forget };
      done();
      forget();
      return prepared;
    } catch (error) {
      forget();
      return [toPublicError(error, log)];
    }
  }

  async function prepareNow(
    payload: SubscribePayload,
    ending: AbortController,
  ): Promise<Omit<PreparedArgs, 'done' | 'forget'> | GraphQLError[]> {
    const request = { signal: ending.signal, params: payload };
    const run = operations.getEnveloped(request);
    try {
      const document = run.parse(payload.query);
      const errors = run.validate(run.schema, document);
      if (errors.length > 0) return [...errors];
      return {
        schema: run.schema,
        document,
        operationName: payload.operationName,
        variableValues: payload.variables,
        contextValue: await run.contextFactory(),
        run,
        ending,
      };
    } catch (error) {
      return [toPublicError(error, log)];
    }
  }

  const protocol = makeServer<Record<string, unknown>, Peer>({
    // Its own timer would keep a finished program alive; see closeUnlessLoggedIn.
    connectionInitWaitTimeout: 0,
    onConnect({ connectionParams, extra }) {
      const refusal = checkToken([connectionParams, extra.request.headers], access);
      if (refusal === null) {
        extra.letIn();
        return true;
      }
      extra.socket.close(CLOSE_UNAUTHORIZED, `${refusal.code}: ${refusal.message}`);
      return false;
    },
    onSubscribe({ subscriptions, extra }, id, payload) {
      if (Object.keys(subscriptions).length > limits.operationsPerSocket) {
        return [
          new GraphQLError(
            `At most ${limits.operationsPerSocket} operations run on one connection; complete one first.`,
            { extensions: { code: 'LIMIT_EXCEEDED' } },
          ),
        ];
      }
      return prepare(payload, extra, () => Object.hasOwn(subscriptions, id));
    },
    async execute(args) {
      const { run, done, forget } = args as PreparedArgs;
      try {
        return await run.execute(args);
      } finally {
        done();
        forget();
      }
    },
    async subscribe(args) {
      const { run, ending, done } = args as PreparedArgs;
      try {
        const result = await run.subscribe(args);
        if (!isAsyncGenerator(result)) ending.abort();
        return result;
      } catch (error) {
        ending.abort();
        return { errors: [toPublicError(error, log)] };
      } finally {
        done();
      }
    },
    onOperation: (_context, _id, _payload, args, result) =>
      isAsyncGenerator(result) ? endingOnReturn(result, (args as PreparedArgs).ending) : result,
    onError: (_context, _id, _payload, errors) =>
      (errors as GraphQLError[]).map((error) => formatError(error)),
    // Formatted, although the type of the hook asks for what would be formatted after it.
    onNext: (_context, _id, _payload, _args, result) => formatResult(result) as ExecutionResult,
  });

  /** Who brings the token with the request itself has nothing left to prove. */
  const hasToken = ({ headers }: IncomingMessage) =>
    access.token !== null && checkToken([headers], access) === null;

  function serve(socket: WebSocket, request: IncomingMessage): void {
    // A malformed frame closes the socket with the right code; nothing is left to be done.
    socket.on('error', () => {});
    const stopPinging = keepAlive(socket);
    const endings = new Set<AbortController>();
    const reader: Reader = {
      unreadBytes: () => socket.bufferedAmount,
      cutOff: () => socket.terminate(),
    };
    const forget = load.readers.add(reader);
    const place = places.take(() => socket.terminate());
    if (hasToken(request)) place.keep();
    const loginTimeoutMs = limits.loginTimeoutMs * (places.isCrowded() ? CROWDED_SHARE : 1);
    const clearLoginTimeout = closeUnlessLoggedIn(socket, loginTimeoutMs);
    const letIn = () => {
      clearLoginTimeout();
      place.keep();
    };
    const closed = protocol.opened(
      {
        protocol: socket.protocol,
        send: (data) => sendWhenTaken(socket, data),
        close: (code, reason) => socket.close(code, reason),
        onMessage: (receive) =>
          socket.on('message', (data) => {
            if (socket.bufferedAmount > limits.socketBacklogBytes) return socket.terminate();
            receive(String(data)).catch((error: unknown) => {
              logUnexpected(error, log);
              socket.close(CLOSE_INTERNAL_ERROR, 'Internal server error');
            });
          }),
      },
      { socket, request, letIn, reader, endings },
    );
    socket.once('close', (code, reason) => {
      stopPinging();
      clearLoginTimeout();
      place.leave();
      forget();
      // Nobody is left to be answered.
      for (const ending of endings) ending.abort();
      closed(code, String(reason)).catch((error: unknown) => logUnexpected(error, log));
    });
  }

  return {
    accept(req, socket, head) {
      if (!places.hasRoom()) {
        return refuseUpgrade(socket, {
          status: 503,
          code: 'LIMIT_EXCEEDED',
          message: `Already serving ${limits.sockets} connections; close one first.`,
        });
      }
      sockets.handleUpgrade(req, socket, head, (webSocket) => serve(webSocket, req));
    },
    async stop() {
      const closed = [...sockets.clients].map(
        (socket) => new Promise((resolve) => socket.once('close', resolve)),
      );
      for (const socket of sockets.clients) socket.close(CLOSE_GOING_AWAY, 'Going away');
      const cutOff = setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, CLOSE_GRACE_MS);
      await Promise.all(closed);
      clearTimeout(cutOff);
    },
  };
}

/** For an operation that its client has completed before its turn came; nobody is told. */
function unwanted(): GraphQLError {
  return new GraphQLError('The operation was completed.', { extensions: { code: 'STOPPED' } });
}

function isAsyncGenerator(value: unknown): value is AsyncGenerator<never> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

/** A generator waiting for its next value cannot return by itself: the signal wakes it first. */
function endingOnReturn<T>(
  results: AsyncGenerator<T, void, void>,
  ending: AbortController,
): AsyncGenerator<T, void, void> {
  const generator = {
    async next() {
      const result = await results.next();
      if (result.done) ending.abort();
      return result;
    },
    return: (value: undefined) => {
      ending.abort();
      return results.return(value);
    },
    throw(error: unknown) {
      ending.abort();
      return results.throw(error);
    },
    [Symbol.asyncIterator]: () => generator,
    [Symbol.asyncDispose]: async () => void (await generator.return(undefined)),
  };
  return generator;
}
