/**
 * Who holds what a stack has allocated, and which tasks nobody can settle any more: one search at a time,
 * from a heap snapshot that nobody keeps.
 */
import { randomUUID } from 'node:crypto';
import { DiagnosticsError } from '../../../base/errors.ts';
import { stoppedError } from '../../../base/waiting/stopped.ts';
import {
  proveBySnapshot,
  type SearchOptions,
  searchSnapshot,
} from '../../../heap-snapshot/search.ts';
import type {
  HeapSnapshotReading,
  HeapSnapshotRequest,
} from '../../../probe/readings/memory/heap-snapshot.ts';
import type { FrameLocator } from '../../../source-maps/frame-locator.ts';
import { removeLeftFiles } from '../snapshot-folder.ts';
import { createNotedRows } from './noted-rows.ts';
import type { HeapSize } from './object-count.ts';
import { toldProofs } from './proofs.ts';
import {
  alreadyRunning,
  cancelled,
  noSuchStack,
  notAgreed,
  refuseBeyondMemory,
} from './refusals.ts';
import { createSnapshotCostEstimator, type SnapshotCost } from './snapshot-cost.ts';
import { type LocatedSizes, stackOfAllocation } from './stack-samples.ts';
import { inTemporarySnapshot } from './temporary-snapshot.ts';
import { type ToldHoldersOptions, toldHolders } from './told-holders.ts';
import type {
  HolderSearches,
  HoldersFound,
  HoldersRequest,
  HoldersSearch,
  SnapshotSearched,
} from './types.ts';

export interface HolderSearchesOptions extends ToldHoldersOptions {
  /** Why there is none; null where there is. */
  unavailable: string | null;
  memoryLimitBytes: number;
  write: (request: HeapSnapshotRequest) => Promise<HeapSnapshotReading>;
  heapSize: () => Promise<HeapSize>;
  /** Ids of the stacks that hold something, by the last read of the heap. */
  knownStacks: () => Promise<readonly string[]>;
  locateTree: (tree: LocatedSizes) => Promise<LocatedSizes>;
  locateStacks: FrameLocator['locateStacks'];
}

const KEPT = 10;
/** Of the whole, what writing takes. */
const WRITING_SHARE = 0.5;

interface Search extends HoldersSearch {
  estimate: SnapshotCost;
  abort: AbortController;
}

export function createHolderSearches(options: HolderSearchesOptions): HolderSearches {
  const estimator = createSnapshotCostEstimator();
  const kept: HoldersFound[] = [];
  const notedRows = createNotedRows();
  let current: Search | null = null;
  let isStopped = false;
  // Of a run before this one, which was killed.
  void removeLeftFiles();

  function checkAvailable(): void {
    if (isStopped) throw stoppedError();
    if (options.unavailable !== null)
      throw new DiagnosticsError('UNAVAILABLE', options.unavailable);
  }

  /**
   * Writes the snapshot and gives it to the reader.
   * @param look tells what was found in it
   */
  async function carryOut<Found extends Pick<SnapshotSearched, 'objectCount'>>(
    search: Search,
    withSizes: boolean,
    look: (reading: HeapSnapshotReading, file: SearchOptions) => Promise<Found>,
  ): Promise<Found & SnapshotSearched> {
    const { signal } = search.abort;
    return inTemporarySnapshot({
      withSizes,
      write: options.write,
      onWritten: ({ bookedMs }) => {
        signal.throwIfAborted();
        estimator.learn(search.estimate, bookedMs);
      },
      async look(reading, file) {
        const found = await look(reading, {
          ...file,
          memoryLimitBytes: options.memoryLimitBytes,
          onProgress: (share) => {
            search.progress = WRITING_SHARE + (1 - WRITING_SHARE) * share;
          },
          signal,
        });
        const { collectedAtMs: takenAtMs, pauseMs } = reading;
        return { ...found, id: search.id, takenAtMs, pauseMs, estimate: search.estimate };
      },
    });
  }

  function beginReading(search: Search): void {
    search.phase = 'READING';
    search.progress = WRITING_SHARE;
  }

  async function findIn(
    search: Search,
    isMeant: HoldersRequest['isMeant'],
    { sizes }: HeapSnapshotReading,
    file: SearchOptions,
  ) {
    if (sizes === null) {
      throw new DiagnosticsError('UNAVAILABLE', 'there is no heap sampler in this process');
    }
    const stack = await stackOfAllocation(sizes, isMeant, options.locateTree);
    beginReading(search);
    const holders = await toldHolders(await searchSnapshot(stack, file), options);
    return { ...holders, stackId: stack.stackId, frames: stack.frames };
  }

  /** One at a time, where the caller agrees to what it costs. */
  async function alone<Found>(
    { maxPauseMs, signal }: Omit<HoldersRequest, 'isMeant'>,
    work: (search: Search) => Promise<Found>,
  ): Promise<Found> {
    const estimate = await estimator.estimate(await options.heapSize());
    if (maxPauseMs === null || estimate.pauseMs > maxPauseMs) throw notAgreed(estimate, maxPauseMs);
    refuseBeyondMemory(estimate, options.memoryLimitBytes);
    if (current !== null) throw alreadyRunning();
    const search: Search = {
      id: randomUUID(),
      phase: 'WRITING',
      startedAtMs: Date.now(),
      progress: 0,
      estimate,
      abort: new AbortController(),
    };
    const leave = () => search.abort.abort(cancelled());
    signal?.addEventListener('abort', leave, { once: true });
    current = search;
    try {
      if (signal?.aborted) leave();
      search.abort.signal.throwIfAborted();
      return await work(search);
    } finally {
      current = null;
      signal?.removeEventListener('abort', leave);
    }
  }

  return {
    async estimate() {
      checkAvailable();
      return estimator.estimate(await options.heapSize());
    },
    async find({ isMeant, ...agreed }) {
      checkAvailable();
      if (current !== null) throw alreadyRunning();
      const known = await options.knownStacks();
      if (!known.some(isMeant)) throw noSuchStack();
      const found = await alone(agreed, (search) =>
        carryOut(search, true, (reading, file) => findIn(search, isMeant, reading, file)),
      );
      kept.unshift(found);
      if (kept.length > KEPT) kept.pop();
      return found;
    },
    async prove(agreed) {
      checkAvailable();
      if (current !== null) throw alreadyRunning();
      return alone(agreed, (search) =>
        carryOut(search, false, async (_reading, file) => {
          beginReading(search);
          const proofs = await proveBySnapshot(file);
          return toldProofs(proofs, options.programRoot, options.locateStacks);
        }),
      );
    },
    running() {
      if (current === null) return null;
      const { id, phase, startedAtMs, estimate } = current;
      const written = Math.min(0.99, (Date.now() - startedAtMs) / estimate.pauseMs);
      const progress = phase === 'WRITING' ? WRITING_SHARE * written : current.progress;
      return { id, phase, startedAtMs, progress };
    },
    cancel() {
      current?.abort.abort(cancelled());
      return current !== null;
    },
    last: (isMeant) => kept.find(({ stackId }) => isMeant(stackId)) ?? null,
    ...notedRows,
    stop() {
      isStopped = true;
      current?.abort.abort(stoppedError());
    },
  };
}
