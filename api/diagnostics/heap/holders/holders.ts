/**
 * Who holds what a stack has allocated, and which tasks nobody can settle any more: one search at a time,
 * from a heap snapshot that nobody keeps.
 */
import { randomUUID } from 'node:crypto';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiagnosticsError } from '../../../base/errors.ts';
import { bytesText } from '../../../base/text/bytes.ts';
import { stoppedError } from '../../../base/waiting/stopped.ts';
import type { HolderNode, HolderPath, ToldStep } from '../../../heap-snapshot/holders/holders.ts';
import { holderSentence } from '../../../heap-snapshot/holders/sentence.ts';
import {
  proveBySnapshot,
  type SearchOptions,
  searchSnapshot,
} from '../../../heap-snapshot/search.ts';
import type {
  HeapSnapshotReading,
  HeapSnapshotRequest,
} from '../../../probe/readings/heap-snapshot.ts';
import { displayPath } from '../../../profile/display-path.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { FrameLocator } from '../../../source-maps/frame-locator.ts';
import { type ProofsFound, toldProofs } from './proofs.ts';
import { createSnapshotCostEstimator, type HeapSize, type SnapshotCost } from './snapshot-cost.ts';
import { type LocatedSizes, stackOfAllocation } from './stack-samples.ts';

export type HolderPathTold = HolderPath & { sentence: string };

export interface HoldersFound {
  /** Of the search. */
  id: string;
  stackId: string;
  /** Of the stack, top frame first. */
  frames: Frame[];
  takenAtMs: number;
  pauseMs: number;
  estimate: SnapshotCost;
  paths: HolderPathTold[];
  tree: HolderNode[];
  samples: number;
  found: number;
  objectCount: number;
}

export type HoldersPhase = 'WRITING' | 'READING';

export interface HoldersSearch {
  id: string;
  phase: HoldersPhase;
  startedAtMs: number;
  /** 0 to 1. */
  progress: number;
}

export interface HoldersRequest {
  /** Whether a stack is the one that is asked for. */
  isMeant: (stackId: string) => boolean;
  /** The longest stop of the program that the caller agrees to; null: none. */
  maxPauseMs: number | null;
  /** Ends the search; not the writing, once it has begun. */
  signal?: AbortSignal | undefined;
}

export interface HolderSearches {
  /** @throws DiagnosticsError `UNAVAILABLE` where snapshots are off, or the target is another process */
  estimate(): Promise<SnapshotCost>;
  /**
   * @throws DiagnosticsError `PAUSE_BUDGET_SPENT` with the estimate where it is beyond what the caller agrees
   * to, `NOT_FOUND` for a stack that holds nothing, `PROFILE_ALREADY_RUNNING`, `LIMIT_EXCEEDED`,
   * `PROCESS_NOT_RESPONDING`, `STOPPED` where it was cancelled, `UNAVAILABLE`
   */
  find(request: HoldersRequest): Promise<HoldersFound>;
  /**
   * Which tasks nobody can settle any more.
   * @throws DiagnosticsError as `find`, without `NOT_FOUND`
   */
  prove(request: Omit<HoldersRequest, 'isMeant'>): Promise<ProofsFound>;
  running(): HoldersSearch | null;
  /** False where there was none. */
  cancel(): boolean;
  /** What was last found of a stack; null where nothing was, or it is no longer kept. */
  last(isMeant: (stackId: string) => boolean): HoldersFound | null;
  /** Rows of a table that has other ids than its stacks, as a diff: the last ones are known by them. */
  noteRows(rows: readonly { id: string; stackId: string }[]): void;
  /** Null for a row that is not known. */
  stackOfRow(id: string): string | null;
  stop(): void;
}

export interface HolderSearchesOptions {
  /** Why there is none; null where there is. */
  unavailable: string | null;
  memoryLimitBytes: number;
  programRoot: string;
  write: (request: HeapSnapshotRequest) => Promise<HeapSnapshotReading>;
  heapSize: () => Promise<HeapSize>;
  /** Ids of the stacks that hold something, by the last read of the heap. */
  knownStacks: () => Promise<readonly string[]>;
  locateTree: (tree: LocatedSizes) => Promise<LocatedSizes>;
  locatePlaces: (steps: readonly ToldStep[]) => Promise<ToldStep[]>;
  locateStacks: FrameLocator['locateStacks'];
}

const KEPT = 10;
/** Ids of rows that are remembered: those of some diffs. */
const NOTED_ROWS = 4_000;
const FOLDER_PREFIX = 'pprofql-';
const FILE_NAME = 'holders.heapsnapshot';
/** A thread that is busy for longer does not begin any more. */
const START_PATIENCE_MS = 10_000;
/** Of the whole, what writing takes. */
const WRITING_SHARE = 0.5;

export const HOLDERS_SWITCHED_OFF =
  'what holds an allocation is found by a heap snapshot, which stops the program for seconds: under NODE_ENV=production that is off; switch it on with the option heapSnapshots or PPROFQL_HEAP_SNAPSHOTS=on';

interface Search extends HoldersSearch {
  estimate: SnapshotCost;
  abort: AbortController;
}

/** What is told of every search. */
interface Taken {
  id: string;
  takenAtMs: number;
  pauseMs: number;
  estimate: SnapshotCost;
}

export function createHolderSearches(options: HolderSearchesOptions): HolderSearches {
  const estimator = createSnapshotCostEstimator();
  const kept: HoldersFound[] = [];
  const stackOfRow = new Map<string, string>();
  let current: Search | null = null;
  let isStopped = false;

  function checkAvailable(): void {
    if (isStopped) throw stoppedError();
    if (options.unavailable !== null)
      throw new DiagnosticsError('UNAVAILABLE', options.unavailable);
  }

  /**
   * Writes the snapshot and gives it to the reader.
   * @param look tells what was found in it
   */
  async function carryOut<Found>(
    search: Search,
    size: HeapSize,
    withSizes: boolean,
    look: (reading: HeapSnapshotReading, file: SearchOptions) => Promise<Found>,
  ): Promise<Found & Taken> {
    // Readable by this user alone.
    const folder = await mkdtemp(join(tmpdir(), FOLDER_PREFIX));
    const remove = () => rm(folder, { recursive: true, force: true });
    try {
      const file = join(folder, FILE_NAME);
      const latestStartMs = Date.now() + START_PATIENCE_MS;
      const reading = await options.write({ file, latestStartMs, withSizes });
      search.abort.signal.throwIfAborted();
      const { pauseMs, collectedAtMs } = reading;
      estimator.learn(size, pauseMs);
      const handle = await open(file);
      // Open files outlive their names where the system allows it: then no crash leaves one behind.
      await remove().catch(() => {});
      try {
        const { size: bytes } = await handle.stat();
        const found = await look(reading, {
          fd: handle.fd,
          bytes,
          memoryLimitBytes: options.memoryLimitBytes,
          onProgress: (share) => {
            search.progress = WRITING_SHARE + (1 - WRITING_SHARE) * share;
          },
          signal: search.abort.signal,
        });
        return {
          ...found,
          id: search.id,
          takenAtMs: collectedAtMs,
          pauseMs,
          estimate: search.estimate,
        };
      } finally {
        await handle.close();
      }
    } finally {
      await remove().catch(() => {});
    }
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
    const holders = await told(await searchSnapshot(stack, file));
    return { ...holders, stackId: stack.stackId, frames: stack.frames };
  }

  /** One at a time, where the caller agrees to what it costs. */
  async function alone<Found>(
    { maxPauseMs, signal }: Omit<HoldersRequest, 'isMeant'>,
    work: (search: Search, size: HeapSize) => Promise<Found>,
  ): Promise<Found> {
    const size = await options.heapSize();
    const estimate = estimator.estimate(size);
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
      return await work(search, size);
    } finally {
      current = null;
      signal?.removeEventListener('abort', leave);
    }
  }

  /** With the places where it was written, and in words. */
  async function told<Found extends { paths: HolderPath[]; tree: HolderNode[] }>(found: Found) {
    const pathOf = (file: string) => displayPath(file, options.programRoot);
    const paths = await Promise.all(
      found.paths.map(async (path) => {
        const [steps, below] = await Promise.all([
          options.locatePlaces(path.steps),
          options.locatePlaces(path.below),
        ]);
        const located = { ...path, steps, below };
        return { ...located, sentence: holderSentence(located, pathOf) };
      }),
    );
    const places = await options.locatePlaces(found.tree);
    return { ...found, paths, tree: found.tree.map((node, at) => ({ ...node, ...places[at]! })) };
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
      const found = await alone(agreed, (search, size) =>
        carryOut(search, size, true, (reading, file) => findIn(search, isMeant, reading, file)),
      );
      kept.unshift(found);
      if (kept.length > KEPT) kept.pop();
      return found;
    },
    async prove(agreed) {
      checkAvailable();
      if (current !== null) throw alreadyRunning();
      return alone(agreed, (search, size) =>
        carryOut(search, size, false, async (_reading, file) => {
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
    noteRows(rows) {
      for (const { id, stackId } of rows) stackOfRow.set(id, stackId);
      for (const id of stackOfRow.keys()) {
        if (stackOfRow.size <= NOTED_ROWS) break;
        stackOfRow.delete(id);
      }
    },
    stackOfRow: (id) => stackOfRow.get(id) ?? null,
    stop() {
      isStopped = true;
      current?.abort.abort(stoppedError());
    },
  };
}

/** For what is no Node process of ours. */
export function noHolderSearches(reason: string): HolderSearches {
  const refuse = async () => {
    throw new DiagnosticsError('UNAVAILABLE', reason);
  };
  return {
    estimate: refuse,
    find: refuse,
    prove: refuse,
    running: () => null,
    cancel: () => false,
    last: () => null,
    noteRows: () => {},
    stackOfRow: () => null,
    stop: () => {},
  };
}

function alreadyRunning(): DiagnosticsError {
  return new DiagnosticsError(
    'PROFILE_ALREADY_RUNNING',
    'a search in a heap snapshot is under way: wait for it, or end it with cancelHolders',
  );
}

function noSuchStack(): DiagnosticsError {
  return new DiagnosticsError(
    'NOT_FOUND',
    'no stack of this id holds memory now: take the id or stackId of a row of inuseAllocations, topAllocations or a diff',
  );
}

function cancelled(): DiagnosticsError {
  return new DiagnosticsError('STOPPED', 'the search for holders was cancelled');
}

function notAgreed(estimate: SnapshotCost, maxPauseMs: number | null): DiagnosticsError {
  const { pauseMs, memoryBytes } = estimate;
  const agreed =
    maxPauseMs === null ? 'no pause was agreed to' : `${Math.floor(maxPauseMs)} ms were agreed to`;
  return new DiagnosticsError(
    'PAUSE_BUDGET_SPENT',
    `the search would stop the program for about ${pauseMs} ms and take about ${bytesText(memoryBytes)} of memory, and ${agreed}: ask again with maxPauseMs of ${pauseMs} or more`,
    { estimatedPauseMs: pauseMs, estimatedMemoryBytes: memoryBytes },
  );
}

function refuseBeyondMemory(estimate: SnapshotCost, limitBytes: number): void {
  if (estimate.memoryBytes <= limitBytes) return;
  throw new DiagnosticsError(
    'LIMIT_EXCEEDED',
    `the search would take about ${bytesText(estimate.memoryBytes)} of memory, and ${bytesText(limitBytes)} are allowed: raise heapSnapshotMemoryBytes`,
    { estimatedPauseMs: estimate.pauseMs, estimatedMemoryBytes: estimate.memoryBytes },
  );
}
