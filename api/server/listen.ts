/** One node:http server for one API, and what stops it. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import type { Api } from './api.ts';
import { refuseUpgrade } from './gates/refusal.ts';
import { limitConnections } from './load/connection-places.ts';
import type { Log } from './unexpected.ts';

/** A client must have sent its headers, and its whole request, by then. */
const HEADERS_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 30_000;
/** Whoever takes nothing of an answer for so long is cut off. */
const STALLED_READER_MS = 60_000;
const TIMEOUT_CHECK_INTERVAL_MS = 5_000;
/** Above the limits on sockets and streams together, whose refusals explain themselves. */
const DEFAULT_CONNECTIONS = 4_096;

export interface ListenOptions {
  /** 0 picks a free port. */
  port: number;
  host: string;
  /** Told when the port is busy and another one is used. */
  log: Log;
  /** Uses another port where the wanted one is busy. @default true */
  mayMove?: boolean;
  /** Connections at a time; at the limit the one that has been idle for longest makes room. @default 4_096 */
  connections?: number;
}

export interface Listening {
  /** Where the dashboard is, such as `http://127.0.0.1:6060/`. */
  url: string;
  port: number;
  /** Ends every connection and the server. Idempotent; settles when all is closed. */
  stop(): Promise<void>;
}

function bind(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Binds, to a free port where the wanted one is busy. */
async function bindSomewhere(server: Server, options: ListenOptions): Promise<void> {
  const { port, host, log, mayMove = true } = options;
  try {
    await bind(server, port, host);
  } catch (error) {
    if (!mayMove || (error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    await bind(server, 0, host);
    log(`port ${port} is busy, using ${(server.address() as AddressInfo).port} instead`);
  }
}

/** Serves the API at a socket of the system, for whoever may open it. */
export async function listenAt(
  api: Api,
  path: string,
  connections = DEFAULT_CONNECTIONS,
): Promise<Listening> {
  const server = serverFor(api, connections);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => {
      server.off('error', reject);
      resolve();
    });
  });
  return { url: path, port: 0, stop: stopperOf(server, api) };
}

export interface Within {
  /** A connection of this thread to itself. */
  connect(): Duplex;
  /** Ends every connection. Idempotent. */
  stop(): Promise<void>;
}

/** Serves the API to whoever is in the same thread: no port and no socket is opened. */
export function serveWithin(api: Api, connections: number): Within {
  const server = serverFor(api, connections);
  const open = new Set<Duplex>();
  const stop = stopperOf(server, api);
  return {
    connect() {
      const [near, far] = duplexPair();
      open.add(near);
      near.once('close', () => {
        open.delete(near);
        far.destroy();
      });
      far.once('close', () => near.destroy());
      // Nothing is slow, or lost, within a thread.
      server.emit('connection', Object.assign(far, { setTimeout: () => far }));
      return near;
    },
    async stop() {
      for (const near of open) near.destroy();
      await stop();
    },
  };
}

function serverFor(api: Api, connections: number): Server {
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    connectionsCheckingInterval: TIMEOUT_CHECK_INTERVAL_MS,
  });
  limitConnections(server, connections);
  server.on('request', (_request, response) => {
    response.setTimeout(STALLED_READER_MS, () => {
      // One that is still worked on has nothing to be taken yet.
      if (response.writableLength > 0) response.destroy();
    });
  });
  server.on('request', api.handle);
  server.on('upgrade', (req, socket, head) => {
    if (api.handleUpgrade(req, socket, head)) return;
    refuseUpgrade(socket, {
      status: 404,
      code: 'NOT_FOUND',
      message: 'WebSockets are accepted at graphql only.',
    });
  });
  return server;
}

/**
 * Serves the API.
 * @throws the system's error where the address cannot be listened on; a busy port is one only without `mayMove`.
 */
export async function listen(api: Api, options: ListenOptions): Promise<Listening> {
  const server = serverFor(api, options.connections ?? DEFAULT_CONNECTIONS);
  await bindSomewhere(server, options);
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;

  return { url: `http://${host}:${port}/`, port, stop: stopperOf(server, api) };
}

function stopperOf(server: Server, api: Api): Listening['stop'] {
  let stopping: Promise<void> | undefined;
  async function close(): Promise<void> {
    const closed = new Promise((resolve) => server.close(resolve));
    // Subscribers are told first; then whoever still holds a connection is cut off.
    await api.stop();
    server.closeAllConnections();
    await closed;
  }
  return () => {
    stopping ??= close();
    return stopping;
  };
}
