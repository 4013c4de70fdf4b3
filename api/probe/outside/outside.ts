/**
 * What lives outside the heap, and who made it: one part of the probe. Workers and buffers are seen from
 * the start on; handles and native objects while somebody suspects them.
 */

import { getActiveResourcesInfo, OwnWeakRef } from '../../base/builtins.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { math } from '../../base/numbers/math.ts';
import { clearTimeout, setTimeout, threadClockMs, wallClockMs } from '../../base/own-time.ts';
import type { HeapWalk } from '../overhead/pauses/heap-walk.ts';
import type { BufferReading, ExternalQuestion } from '../readings/memory/external.ts';
import type {
  CollectionReading,
  CollectionRequest,
  OutsideQuestion,
  OutsideReading,
  OutsideWatch,
} from '../readings/memory/outside.ts';
import { createStackStore } from '../tasks/stack-store.ts';
import { createBodyWatch } from './buffers/bodies.ts';
import { createBufferSampler, type SampledBuffer } from './buffers/buffers.ts';
import { createBufferLedger } from './buffers/ledger.ts';
import { collectAll, collectSoon } from './collection.ts';
import { readMade } from './reading.ts';
import { BUFFER, type MadeRecord, recordOf, stillThere, WORKER } from './record.ts';
import { createMadeRecords } from './records.ts';
import { createResourceWatch } from './resources/resources.ts';
import { watchWorkers } from './resources/workers.ts';

export interface OutsideObserver {
  /** Active handles and timers by the name Node gives them; those that do not keep the process alive are not told. */
  handles(): Record<string, number>;
  /** Workers that have not ended, of those made since the start. */
  workers(): number;
  watch(request: OutsideWatch): void;
  read(question: OutsideQuestion): OutsideReading;
  /** Collects all garbage at once. @throws DiagnosticsError `PAUSE_BUDGET_SPENT` where it would stop the program for too long */
  collect(request?: CollectionRequest): CollectionReading;
  /** The same as soon as the loop has turned, with a shorter pause. Rejects with the same. */
  collectSoon(request?: CollectionRequest): Promise<CollectionReading>;
  /** Milliseconds that all this has taken on this thread since the start, as far as it is frequent; an estimate. */
  spentMs(): number;
  /** Buffers by the stack that made them. Collects garbage where it is asked to and may. */
  readExternal(question: ExternalQuestion): BufferReading;
  stop(): void;
}

export interface OutsideOptions {
  heapWalk: HeapWalk;
  /** That of collections that go through no objects. */
  collections: HeapWalk;
  /** When all garbage was last collected, on the clock of the thread. */
  lastMajorMs: () => number;
  /** Whether buffers are seen from the start on. */
  seesBuffers: boolean;
}

/** Twice what the usual frames of a `fetch` take. */
const STACK_DEPTH = 24;
/** What was made longer ago says nothing of what grows now, but for workers that live. */
const REMEMBERED_MS = 30 * 60_000;
const LONGEST_WATCH_MS = 10 * 60_000;
/** What was made since then may be garbage, but has not become much. */
const COLLECTED_LATELY_MS = 1_000;
const ZLIB = 'ZLIB';
const SWITCHED_OFF =
  'buffers are not sampled: that is switched off (option bufferSampling, PPROFQL_BUFFERS)';
/** Nobody has asked for this pause. */
const LONGEST_COLLECTION_MS = 300;

export function startOutsideObserver({
  heapWalk,
  collections,
  lastMajorMs,
  seesBuffers,
}: OutsideOptions): OutsideObserver {
  const stacks = createStackStore(STACK_DEPTH);
  const records = createMadeRecords(stacks);
  const buffers = createBufferSampler({ stacks, onSample: takeBuffer });
  const ledger = createBufferLedger({ stacks, lastMajorMs, onIdle: buffers.relax });
  const bodies = createBodyWatch({ stacks, add: records.add });
  const resources = createResourceWatch(stacks, records.add);
  const stopWorkers = watchWorkers(stacks, records.add);
  const since: Record<'buffers' | 'resources', number | null> = { buffers: null, resources: null };
  let buffersUnwatchable: string | null = seesBuffers ? buffers.start() : null;
  const unavailable = seesBuffers ? buffersUnwatchable : SWITCHED_OFF;
  const sinceMs = unavailable === null ? wallClockMs() : null;
  let areBuffersWatched = false;
  /** Of buffers that are seen anyway, a watch is told those that were made meanwhile. */
  let watchedFromMs = Number.POSITIVE_INFINITY;
  let watchedUntilMs = Number.NEGATIVE_INFINITY;
  let end: NodeJS.Timeout | null = null;
  /** That of `collect`, which the observer of collections is told later. */
  let collectedMs = Number.NEGATIVE_INFINITY;

  function unwatch(): void {
    if (end !== null) clearTimeout(end);
    end = null;
    areBuffersWatched = false;
    if (sinceMs === null) buffers.stop();
    bodies.stop();
    resources.stop();
  }

  function takeBuffer(sampled: SampledBuffer): void {
    if (sinceMs !== null) {
      ledger.add(sampled);
      return;
    }
    if (!areBuffersWatched) return;
    const { thing, ...record } = sampled;
    records.add(recordOf({ kind: BUFFER, ...record, ref: new OwnWeakRef(thing) }));
  }

  function liveOf(kind: string): number {
    const alive = records
      .all()
      .filter((each) => each.kind === kind && each.stack?.isOwn !== true && stillThere(each));
    return alive.reduce((sum, { weight }) => sum + weight, 0);
  }

  /** On the wall clock; endless where nobody knows. */
  function collectedAtMs(nowMs: number): number {
    return nowMs - (threadClockMs() - math.max(lastMajorMs(), collectedMs));
  }

  function refuseLongOne({ isAskedFor = false }: CollectionRequest, walk: HeapWalk): void {
    if (isAskedFor || walk.estimatedPauseMs() <= LONGEST_COLLECTION_MS) return;
    throw new DiagnosticsError('PAUSE_BUDGET_SPENT', 'a collection would take too long');
  }

  function collect(request: CollectionRequest = {}): CollectionReading {
    refuseLongOne(request, heapWalk);
    ledger.settle();
    const startedMs = threadClockMs();
    const { pauseMs } = heapWalk.run(collectAll);
    collectedMs = startedMs;
    return { endedAtMs: wallClockMs(), pauseMs };
  }

  async function collectLater(request: CollectionRequest = {}): Promise<CollectionReading> {
    refuseLongOne(request, collections);
    ledger.settle();
    const startedMs = threadClockMs();
    const { pauseMs } = await collections.runSoon(collectSoon);
    collectedMs = math.max(collectedMs, startedMs);
    return { endedAtMs: wallClockMs(), pauseMs };
  }

  /** Not for what was collected only just now, as by a read of the heap. */
  function collectIfAllowed(): number {
    if (threadClockMs() - math.max(lastMajorMs(), collectedMs) < COLLECTED_LATELY_MS) return 0;
    try {
      return collect({ isAskedFor: true }).pauseMs;
    } catch {
      // Garbage counts as live then, and when it was last collected is told.
      return 0;
    }
  }

  return {
    handles: countedHandles,
    workers: () => liveOf(WORKER),
    watch(request) {
      unwatch();
      records.forget((record) => isOver(record, wallClockMs()));
      if (request.buffers) {
        buffersUnwatchable = buffers.start();
        areBuffersWatched = buffersUnwatchable === null;
        bodies.start();
        const nowMs = wallClockMs();
        if (nowMs > watchedUntilMs) watchedFromMs = nowMs;
        watchedUntilMs = nowMs + math.min(request.forMs, LONGEST_WATCH_MS);
        if (buffersUnwatchable === null) since.buffers ??= nowMs;
      }
      if (request.resources) {
        resources.start();
        since.resources ??= wallClockMs();
      }
      end = setTimeout(unwatch, math.min(request.forMs, LONGEST_WATCH_MS)).unref();
    },
    read({ settledMs }) {
      const takenAtMs = wallClockMs();
      const garbageMs = collectedAtMs(takenAtMs);
      const buffersMade = ledger.madeBetween(watchedFromMs, watchedUntilMs);
      return {
        takenAtMs,
        ...readMade([...records.all(), ...buffersMade], {
          nowMs: takenAtMs,
          collectedAtMs: garbageMs,
          settledMs,
        }),
        buffersSinceMs: since.buffers,
        resourcesSinceMs: since.resources,
        buffersUnwatchable,
        collectedAtMs: knownTime(garbageMs),
      };
    },
    collect,
    collectSoon: collectLater,
    spentMs: buffers.spentMs,
    readExternal(question) {
      const pauseMs = question.collect && sinceMs !== null ? collectIfAllowed() : 0;
      const takenAtMs = wallClockMs();
      return {
        takenAtMs,
        sinceMs,
        unavailable,
        samplingIntervalBytes: buffers.intervalBytes(),
        ...ledger.read(),
        garbageCollectedAtMs: knownTime(collectedAtMs(takenAtMs)),
        pauseMs,
        handles: countedHandles(),
        workers: liveOf(WORKER),
        zlibStreams: since.resources === null ? null : liveOf(ZLIB),
      };
    },
    stop() {
      unwatch();
      buffers.stop();
      ledger.stop();
      stopWorkers();
      records.stop();
    },
  };
}

const knownTime = (atMs: number) => (Number.isFinite(atMs) ? atMs : null);

function countedHandles(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function isOver(record: MadeRecord, nowMs: number): boolean {
  if (record.madeAtMs >= nowMs - REMEMBERED_MS) return false;
  return record.kind !== WORKER || stillThere(record) === null;
}
