/** What the sidecar serves: the diagnostics of the observed thread, on one port. */
import path from 'node:path';
import { parentPort } from 'node:worker_threads';
import { programFile } from '../base/launch/program-file.ts';
import { loadAtOnce } from '../base/load-at-once.ts';
import { logLine } from '../base/log.ts';
import { requireTokenWhereExposed } from '../base/options/exposure.ts';
import type { BlackBoxKeeper } from '../diagnostics/black-box/black-box.ts';
import { createProbeDiagnostics } from '../diagnostics/diagnostics.ts';
import { accessLoop } from '../link/observed-loop.ts';
import type { ProbeLink } from '../link/probe-link.ts';
import { linkThread } from '../link/thread.ts';
import type { HeapAvailability } from '../probe/readings/memory/heap.ts';
import type { ProcessReading } from '../probe/readings/process.ts';
import { createApi, type LateModules } from '../server/api.ts';
import { type Access, accessOf } from '../server/gates/access.ts';
import { type Listening, listen, listenAt } from '../server/listen.ts';
import { followChildren } from '../targets/children/children.ts';
import type { FamilyPlace } from '../targets/children/place.ts';
import type { Decoder } from '../targets/decoding/decoder.ts';
import { type TargetParts, type TargetRegistry, withTargets } from '../targets/list.ts';
import { followServices } from '../targets/services/services.ts';
import { followThreads } from '../targets/threads/threads.ts';
import { findHome } from './family.ts';
import { giveFirstSign, loadUnderSign } from './first-sign.ts';
import { createMembership } from './fleet/membership.ts';
import type { SidecarData, SidecarMessage, SidecarOrder } from './messages.ts';
import { leaveNote } from './note.ts';

function lateModules({ firstSign }: SidecarData): LateModules {
  const load = <Module>(place: string) =>
    loadUnderSign<Module>(firstSign, () => loadAtOnce(place, import.meta.url));
  return {
    graphql: async () => load('../server/graphql/graphql'),
    graphiql: async () => load('@graphql-yoga/render-graphiql'),
  };
}

/** @throws DiagnosticsError where it cannot listen */
export async function serve(
  data: SidecarData,
  blackBox: BlackBoxKeeper,
  report: (message: SidecarMessage) => void,
): Promise<void> {
  const { known, options, family } = data;
  const link = linkThread(data.port);
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
  const access = accessLoop(data.loop);
  const own = await createProbeDiagnostics({ ...link, probe }, options, access, blackBox);
  const { threads } = access;
  const { locateStack } = own;
  const parts: TargetParts[] = [];
  let joinChildren = (_place: FamilyPlace) => {};
  const followParts = (registry: TargetRegistry, decoder: Decoder): TargetParts => {
    parts.push(followServices({ options, decoder }, registry));
    if (threads !== null) {
      parts.push(
        followThreads(
          { ...options, locateStack, own, threads, readOrigins: link.probe.readWorkers },
          registry,
        ),
      );
    }
    joinChildren = (place) => {
      parts.push(followChildren({ ...options, place, decoder, own }, registry));
    };
    return {
      refresh: async () => void (await Promise.all(parts.map(({ refresh }) => refresh()))),
      stop() {
        for (const { stop } of parts) stop();
      },
    };
  };
  const membership = createMembership({ ...data, diagnostics: own });
  const diagnostics = withTargets({ ...own, ...membership.shown }, options, followParts);
  const { host } = options;
  const modules = lateModules(data);
  const apiFor = (access: Access) => createApi({ diagnostics, access, log: logLine, modules });

  let takeNote = () => {};
  function tellOthers(url: string | null): void {
    takeNote();
    takeNote = leaveNote(url, data.isDetachable ? () => report({ kind: 'detach' }) : null);
  }

  async function listenOpenly(wasChild: boolean): Promise<Listening> {
    // As a child it was not exposed.
    if (wasChild) requireTokenWhereExposed(options);
    const api = apiFor(accessOf(options));
    const { mayMove, printsUrl, namesProgram } = data;
    const server = await listen(api, { host, port: options.port, mayMove, log: logLine });
    const program = wasChild || namesProgram ? ` (${programOf(known.process)})` : '';
    if (printsUrl) logLine(`${server.url}${program}`);
    tellOthers(server.url);
    return server;
  }

  // Nobody waits for a line, nor is to wait for an observer that is silent.
  if (family?.observer != null) giveFirstSign(data.firstSign);
  const home = await findHome({
    family,
    self: { process: known.process, diagnostics: own },
    listenOpenly,
    // Who may look into the folder is this user.
    listenAt: (path) => listenAt(apiFor({ token: null, hosts: 'any', allowedHosts: [] }), path),
    openDoor: joinChildren,
    onFailure: (error) => logLine(error instanceof Error ? error.message : String(error)),
  });
  if (home.url === null) tellOthers(null);
  // Who may ask through the engine is decided there.
  membership.join(() => apiFor({ token: null, hosts: 'any', allowedHosts: [] }));

  parentPort!.on('message', async (order: SidecarOrder) => {
    if (order === 'exit') process.exit();
    await Promise.all([home.stop(), membership.stop()]);
    diagnostics.stopTargets();
    own.stop();
    takeNote();
    report({ kind: 'stopped' });
  });
  report({ kind: 'listening', url: home.url });
}

/** The file without its folder; evaluated code has none. */
function programOf({ entryFile, title, pid }: ProcessReading): string {
  const file = programFile(entryFile);
  return file === null ? `${title}, pid ${pid}` : path.basename(file);
}
