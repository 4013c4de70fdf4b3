/**
 * The program that the soak watches: pprofql itself, with everything it consists of on the main
 * thread. Once mounted in a server, which also observes it; and once as in a sidecar, its probe on
 * another thread. Prints where, as JSON.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MessageChannel, Worker } from 'node:worker_threads';
import { logLine } from '../../api/base/log.ts';
import { resolveOptions } from '../../api/base/options/resolve.ts';
import { createProbeDiagnostics } from '../../api/diagnostics/diagnostics.ts';
import { createDiagnosticsHandler } from '../../api/handler.ts';
import { linkThread } from '../../api/link/thread.ts';
import { createApi } from '../../api/server/api.ts';
import { listen } from '../../api/server/listen.ts';
import { withTargets } from '../../api/targets/list.ts';

export interface SoakAddresses {
  /** Of an app that allocates and forgets, with the diagnostics that watch it at `/debug`. */
  app: string;
  /** Of the diagnostics whose probe is on another thread. */
  sidecar: string;
}

/** Points often, so that visitors need not wait for one. */
const INTERVAL_MS = 50;
/** Finer than the default, so that a small leak is seen in few visits. */
const SAMPLING_INTERVAL_BYTES = 64 * 1024;
const NOISE_OBJECTS = 2_000;

const remembered: object[] = [];

function makeNoise(): object[] {
  return Array.from({ length: NOISE_OBJECTS }, (_, id) => ({ id, name: `noise ${id}` }));
}

/** The leak that the soak has to find. */
function remember(): void {
  remembered.push(makeNoise());
}

async function serveApp(): Promise<string> {
  const diagnostics = createDiagnosticsHandler({
    basePath: '/debug',
    intervalMs: INTERVAL_MS,
    heapSamplingIntervalBytes: SAMPLING_INTERVAL_BYTES,
    // Nobody’s program is slowed down here: every task is recorded. Visitors share reads of the heap.
    overheadBudgetPercent: 100,
    pauseBudgetPercent: 50,
  });
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/debug')) return diagnostics(request, response);
    if (request.url === '/remember') remember();
    setImmediate(() => response.end(String(makeNoise().length)));
  });
  server.on('upgrade', diagnostics.handleUpgrade);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

async function serveSidecar(): Promise<string> {
  const { port1, port2 } = new MessageChannel();
  new Worker(new URL('probe-thread.ts', import.meta.url), {
    workerData: port2,
    transferList: [port2],
  });
  const options = resolveOptions({ intervalMs: INTERVAL_MS }, {});
  const diagnostics = withTargets(
    await createProbeDiagnostics(linkThread(port1), options),
    options,
  );
  const access = { token: null, hosts: 'loopback', allowedHosts: [] } as const;
  const api = createApi({ diagnostics, access, log: logLine });
  const { url } = await listen(api, { host: '127.0.0.1', port: 0, log: logLine });
  return url;
}

const addresses: SoakAddresses = { app: await serveApp(), sidecar: await serveSidecar() };
console.log(JSON.stringify(addresses));
