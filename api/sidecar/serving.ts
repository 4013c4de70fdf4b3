/** What the sidecar serves: the diagnostics of the observed thread, on one port. */
import { parentPort } from 'node:worker_threads';
import { logLine } from '../base/log.ts';
import { isLoopbackHost } from '../base/options/exposure.ts';
import type { BlackBoxKeeper } from '../diagnostics/black-box/black-box.ts';
import { createProbeDiagnostics } from '../diagnostics/diagnostics.ts';
import { accessLoop } from '../link/observed-loop.ts';
import type { ProbeLink } from '../link/probe-link.ts';
import { linkThread } from '../link/thread.ts';
import type { HeapAvailability } from '../probe/readings/heap.ts';
import { createApi } from '../server/api.ts';
import { listen } from '../server/listen.ts';
import { withTargets } from '../targets/list.ts';
import { followThreads } from '../targets/threads/threads.ts';
import type { SidecarData, SidecarMessage, SidecarOrder } from './messages.ts';

/** @throws DiagnosticsError where it cannot listen */
export async function serve(
  { port, known, loop, options, mayMove, printsUrl }: SidecarData,
  blackBox: BlackBoxKeeper,
  report: (message: SidecarMessage) => void,
): Promise<void> {
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
  const access = accessLoop(loop);
  const own = await createProbeDiagnostics({ ...link, probe }, options, access, blackBox);
  const { threads } = access;
  const { locateStack } = own;
  const diagnostics = withTargets(
    own,
    options,
    threads === null
      ? undefined
      : (registry) => followThreads({ ...options, locateStack, own, threads }, registry),
  );
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
