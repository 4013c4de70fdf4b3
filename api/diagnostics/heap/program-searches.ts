/** The searches in heap snapshots of the program that a probe of ours is in. */
import type { ResolvedOptions } from '../../base/options/options.ts';
import type {
  HeapSnapshotReading,
  HeapSnapshotRequest,
} from '../../probe/readings/memory/heap-snapshot.ts';
import type { FrameLocator } from '../../source-maps/frame-locator.ts';
import type { Readings } from '../answers/readings.ts';
import type { StuckLoop } from '../answers/stuck-loop.ts';
import { createHolderSearches } from './holders/holders.ts';
import { locateSteps } from './holders/located-steps.ts';
import { sampledObjectsOf } from './holders/object-count.ts';
import { HOLDERS_SWITCHED_OFF } from './holders/refusals.ts';
import type { HolderSearches } from './holders/types.ts';
import type { HeapTables } from './tables.ts';

interface ProgramToSearch {
  options: Pick<ResolvedOptions, 'heapSnapshots' | 'heapSnapshotMemoryBytes'>;
  programRoot: string;
  untilFree: StuckLoop['untilFree'];
  write: (request: HeapSnapshotRequest) => Promise<HeapSnapshotReading>;
  readFigures: Readings['figures'];
  heapTables: Pick<HeapTables, 'lastProfile' | 'stackIds'>;
  locator: FrameLocator;
}

export function searchesOfProgram({
  options,
  programRoot,
  untilFree,
  write,
  readFigures,
  heapTables,
  locator,
}: ProgramToSearch): HolderSearches {
  return createHolderSearches({
    unavailable: mayTakeSnapshots(options) ? null : HOLDERS_SWITCHED_OFF,
    memoryLimitBytes: options.heapSnapshotMemoryBytes,
    programRoot,
    write: async (request) => {
      await untilFree(', and a heap snapshot is written by that thread alone');
      return write(request);
    },
    async heapSize() {
      const { heapUsedBytes: usedBytes, oldSpaceUsedBytes } = (await readFigures()).value.memory;
      const profile = heapTables.lastProfile();
      const sampled = profile && sampledObjectsOf(profile);
      return { usedBytes, oldSpaceUsedBytes, sampled };
    },
    knownStacks: heapTables.stackIds,
    locateTree: locator.locateTree,
    locatePlaces: (steps) => locateSteps(steps, locator),
    locateStacks: locator.locateStacks,
  });
}

/** A search that shows no values may be asked for wherever nobody depends on the program. */
function mayTakeSnapshots({ heapSnapshots }: Pick<ResolvedOptions, 'heapSnapshots'>): boolean {
  return heapSnapshots || process.env.NODE_ENV !== 'production';
}
