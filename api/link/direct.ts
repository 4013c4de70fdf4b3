/** The link within one thread: pprofql mounted in the observed program's own server. */

import { stoppedError } from '../base/waiting/stopped.ts';
import type { Probe } from '../probe/probe.ts';
import type { ProbeLink } from './probe-link.ts';

export function linkDirectly(probe: Probe): ProbeLink {
  let isClosed = false;
  const open = () => {
    if (isClosed) throw stoppedError();
    return probe;
  };
  return {
    via: 'DIRECT',
    probe: {
      describe: async () => open().describe(),
      readFigures: async (options) => open().readFigures(options),
      heapAvailability: async () => open().heapAvailability(),
      readHeap: async () => open().readHeap(),
      readTasksExactly: async () => open().readTasksExactly(),
      readTasks: async () => open().readTasks(),
      readRequests: async (question) => open().readRequests(question),
      readRoutes: async () => open().readRoutes(),
      readHeldCallbacks: async () => open().readHeldCallbacks(),
      readWorkers: async () => open().readWorkers(),
      startCpuProfile: async (request) => open().startCpuProfile(request),
      stopCpuProfile: async (id) => open().stopCpuProfile(id),
      cancelCpuProfile: async (id) => open().cancelCpuProfile(id),
      startAllocationProfile: async (request) => open().startAllocationProfile(request),
      stopAllocationProfile: async (id) => open().stopAllocationProfile(id),
      cancelAllocationProfile: async (id) => open().cancelAllocationProfile(id),
      watchOutside: async (request) => open().watchOutside(request),
      readOutside: async (question) => open().readOutside(question),
      readExternal: async (question) => open().readExternal(question),
      collectGarbage: async (request) => open().collectGarbage(request),
      readKept: async (question) => open().readKept(question),
      readLoadedMap: async (request) => open().readLoadedMap(request),
      writeHeapSnapshot: async (request) => open().writeHeapSnapshot(request),
    },
    close: () => {
      isClosed = true;
    },
  };
}
