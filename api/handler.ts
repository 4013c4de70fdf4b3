/** Diagnostics mounted inside the program's own HTTP server, behind that server's middleware. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { harmless } from './base/harmless.ts';
import { refusalOfBundle } from './base/launch/bundled.ts';
import { logLine } from './base/log.ts';
import { refusalOfNode } from './base/old-node.ts';
import { warnOfUnknownVariables } from './base/options/environment/unknown-variables.ts';
import type { DiagnosticsOptions } from './base/options/options.ts';
import { resolveHandlerOptions } from './base/options/resolve.ts';
import { createProbeDiagnostics } from './diagnostics/diagnostics.ts';
import { linkDirectly } from './link/direct.ts';
import { createNodeProbe } from './probe/node-probe.ts';
import { createApi, ownsUpgrade } from './server/api.ts';
import { withTargets } from './targets/list.ts';
import { followServices } from './targets/services/services.ts';

export interface HandlerOptions extends Omit<DiagnosticsOptions, 'port' | 'host'> {
  /** Path below which the handler is reachable, such as `/debug/pprofql`. @default '' */
  basePath?: string;
}

export interface DiagnosticsHandler extends AsyncDisposable {
  /** Answers a request to a path below `basePath`; fits `http.createServer` and `app.use`. */
  (request: IncomingMessage, response: ServerResponse): void;
  /** For the server's `upgrade` event: subscriptions over WebSocket. Leaves other paths alone. */
  handleUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Takes every hook out of the program again. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Starts observing the calling thread and gives a request handler for it. Who may call it is up to
 * the server it is mounted in, and to `token` where one is set. Being on the observed thread it
 * cannot answer while that thread is blocked: `startDiagnostics` can.
 *
 * On a Node that is too old, and in a bundle, it says so in one line on stderr, and answers every request with 503.
 *
 * @throws DiagnosticsError `INVALID_OPTION` naming every value that is not allowed.
 */
export function createDiagnosticsHandler(options: HandlerOptions = {}): DiagnosticsHandler {
  const refusal = refusalOfNode() ?? refusalOfBundle();
  if (refusal !== null) return refusingHandler(refusal);
  warnOfUnknownVariables();
  const { basePath, ...resolved } = resolveHandlerOptions(options);
  const probe = createNodeProbe(resolved);
  const started = start();
  // A failure to start is answered to every request; it must not be unhandled before the first.
  started.catch((error) => logLine(`could not start: ${error.message}`));

  async function start() {
    const own = await createProbeDiagnostics(linkDirectly(probe), resolved);
    const diagnostics = withTargets(own, resolved, (registry, decoder) =>
      followServices({ options: resolved, decoder }, registry),
    );
    const { token, allowedHosts, allowedOrigins } = resolved;
    const api = createApi({
      diagnostics,
      basePath,
      isGuest: true,
      access: { token, hosts: 'any', allowedHosts, allowedOrigins },
      log: logLine,
      leaveOut: probe.leaveOut,
    });
    return { api, diagnostics, own };
  }

  let stopping: Promise<void> | null = null;
  const stop = () => {
    stopping ??= started
      .then(async ({ api, diagnostics, own }) => {
        await api.stop();
        diagnostics.stopTargets();
        own.stop();
      })
      .catch(() => {})
      .then(() => probe.stop());
    return stopping;
  };

  const handler = (request: IncomingMessage, response: ServerResponse) => {
    started.then(
      harmless(({ api }) => api.handle(request, response)),
      harmless(() => response.writeHead(503).end()),
    );
  };
  const handleUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    started.then(
      harmless(({ api }) => api.handleUpgrade(request, socket, head)),
      // Another handler's sockets stay as they are.
      harmless(() => {
        if (ownsUpgrade(request, basePath)) socket.destroy();
      }),
    );
  };
  return Object.assign(handler, { handleUpgrade, stop, [Symbol.asyncDispose]: stop });
}

/** Leaves the program's sockets alone. */
function refusingHandler(refusal: string): DiagnosticsHandler {
  logLine(refusal);
  const handler = (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(503).end();
  };
  const stop = () => Promise.resolve();
  return Object.assign(handler, { handleUpgrade() {}, stop, [Symbol.asyncDispose]: stop });
}
