/** The sidecar thread: serves the API from its own event loop, whatever the observed one does. */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { DiagnosticsError, type ErrorCode } from '../base/errors.ts';
import { logLine } from '../base/log.ts';
import { isLoopbackHost } from '../base/options/exposure.ts';
import type { ResolvedOptions } from '../base/options/options.ts';
import { createProbeDiagnostics } from '../diagnostics/diagnostics.ts';
import { accessLoop, type LoopOffer } from '../link/observed-loop.ts';
import type { ProbeLink } from '../link/probe-link.ts';
import { linkThread } from '../link/thread.ts';
import type { HeapAvailability } from '../probe/readings/heap.ts';
import type { ProcessReading } from '../probe/readings/process.ts';
import { createApi } from '../server/api.ts';
import { listen } from '../server/listen.ts';
import { withTargets } from '../targets/list.ts';
import { giveFirstSign } from './first-sign.ts';
import { startPulse } from './pulse.ts';
import { surviveRejections } from './rejections.ts';

export interface SidecarData {
  port: MessagePort;
  /** What the probe would answer: the observed loop may be stuck from its first turn on. */
  known: { process: ProcessReading; heapAvailability: HeapAvailability };
  loop: LoopOffer;
  options: ResolvedOptions;
  /** Whether another port will do where the wanted one is busy. */
  mayMove: boolean;
  /** Whether to print the URL on stderr. */
  printsUrl: boolean;
  /** For `giveFirstSign`. */
  firstSign: SharedArrayBuffer;
  /** For `startPulse`. */
  pulse: SharedArrayBuffer;
}

export type SidecarMessage =
  | { kind: 'listening'; url: string }
  | { kind: 'failed'; code: ErrorCode | null; reason: string }
  | { kind: 'stopped' };

/**
 * `stop` lets go of everything; `exit`, once `stopped` is reported, ends the thread. In two steps:
 * Node aborts the process when a thread ends whose inspector session the observed one has yet to close.
 */
export type SidecarOrder = 'stop' | 'exit';

const { port, known, loop, options, mayMove, printsUrl, firstSign, pulse } =
  workerData as SidecarData;

async function run(): Promise<void> {
  const link = linkThread(port);
  let initialAvailability: HeapAvailability | null = known.heapAvailability;
  const probe: ProbeLink['probe'] = {
    ...link.probe,
    describe: async () => known.process,
    heapAvailability: async () => {
      const availability = initialAvailability ?? (await link.probe.heapAvailability());
      initialAvailability = null;
      return availability;
    },
  };
  const own = await createProbeDiagnostics({ ...link, probe }, options, accessLoop(loop));
  const diagnostics = withTargets(own, options);
  const api = createApi({
    diagnostics,
    access: {
      token: options.token,
      // Elsewhere a token is required, which no rebound name can know.
      hosts: isLoopbackHost(options.host) ? 'loopback' : 'any',
      allowedHosts: options.allowedHosts,
      allowedOrigins: options.allowedOrigins,
    },
    log: logLine,
  });
  const { host } = options;
  const server = await listen(api, { host, port: options.port, mayMove, log: logLine });

  parentPort!.on('message', async (order: SidecarOrder) => {
    if (order === 'exit') process.exit();
    await server.stop();
    await api.stop();
    diagnostics.stopTargets();
    own.stop();
    report({ kind: 'stopped' });
  });
  if (printsUrl) logLine(server.url);
  report({ kind: 'listening', url: server.url });
}

function report(message: SidecarMessage): void {
  parentPort!.postMessage(message);
}

surviveRejections(logLine);
startPulse(pulse);
const attempt = run().catch((error) => {
  const code = error instanceof DiagnosticsError ? error.code : null;
  report({ kind: 'failed', code, reason: error instanceof Error ? error.message : String(error) });
});
void attempt.finally(() => giveFirstSign(firstSign));
