/**
 * What lives outside the heap, and who made it: one part of the probe. Workers are seen from the start
 * on; buffers, handles and native objects while somebody suspects them.
 */
import { getActiveResourcesInfo } from '../../base/builtins.ts';
import { DiagnosticsError } from '../../base/errors.ts';
import { clearTimeout, setTimeout, threadClockMs, wallClockMs } from '../../base/own-time.ts';
import type { HeapWalk } from '../overhead/heap-walk.ts';
import type {
  CollectionReading,
  CollectionRequest,
  OutsideQuestion,
  OutsideReading,
  OutsideWatch,
} from '../readings/outside.ts';
import { createStackStore } from '../tasks/stack-capture.ts';
import { createBodyWatch } from './bodies.ts';
import { createBufferWatch } from './buffers.ts';
import { collectAll } from './collection.ts';
import { readMade } from './reading.ts';
import { type MadeRecord, stillThere, WORKER } from './record.ts';
import { createMadeRecords } from './records.ts';
import { createResourceWatch } from './resources.ts';
import { watchWorkers } from './workers.ts';

export interface OutsideObserver {
  /** Active handles and timers by the name Node gives them; those that do not keep the process alive are not told. */
  handles(): Record<string, number>;
  /** Workers that have not ended, of those made since the start. */
  workers(): number;
  watch(request: OutsideWatch): void;
  read(question: OutsideQuestion): OutsideReading;
  /** Collects all garbage. @throws DiagnosticsError `PAUSE_BUDGET_SPENT` where it would stop the program for too long */
  collect(request?: CollectionRequest): CollectionReading;
  stop(): void;
}

export interface OutsideOptions {
  heapWalk: HeapWalk;
  /** When all garbage was last collected, on the clock of the thread. */
  lastMajorMs: () => number;
}

/** Twice what the usual frames of a `fetch` take. */
const STACK_DEPTH = 24;
/** What was made longer ago says nothing of what grows now, but for workers that live. */
const REMEMBERED_MS = 30 * 60_000;
const LONGEST_WATCH_MS = 10 * 60_000;
/** Nobody has asked for this pause. */
const LONGEST_COLLECTION_MS = 300;

export function startOutsideObserver({ heapWalk, lastMajorMs }: OutsideOptions): OutsideObserver {
  const stacks = createStackStore(STACK_DEPTH);
  const records = createMadeRecords(stacks);
  const options = { stacks, add: records.add };
  const buffers = createBufferWatch(options);
  const bodies = createBodyWatch(options);
  const resources = createResourceWatch(stacks, records.add);
  const stopWorkers = watchWorkers(stacks, records.add);
  const since: Record<'buffers' | 'resources', number | null> = { buffers: null, resources: null };
  let buffersUnwatchable: string | null = null;
  let end: NodeJS.Timeout | null = null;
  /** That of `collect`, which the observer of collections is told later. */
  let collectedMs = Number.NEGATIVE_INFINITY;

  function unwatch(): void {
    if (end !== null) clearTimeout(end);
    end = null;
    buffers.stop();
    bodies.stop();
    resources.stop();
  }

  return {
    handles: countedHandles,
    workers() {
      const alive = records
        .all()
        .filter((each) => each.kind === WORKER && each.stack?.isOwn !== true && stillThere(each));
      return alive.reduce((sum, { weight }) => sum + weight, 0);
    },
    watch(request) {
      unwatch();
      records.forget((record) => isOver(record, wallClockMs()));
      if (request.buffers) {
        buffersUnwatchable = buffers.start();
        bodies.start();
        if (buffersUnwatchable === null) since.buffers ??= wallClockMs();
      }
      if (request.resources) {
        resources.start();
        since.resources ??= wallClockMs();
      }
      end = setTimeout(unwatch, Math.min(request.forMs, LONGEST_WATCH_MS)).unref();
    },
    read({ settledMs }) {
      const takenAtMs = wallClockMs();
      const collectedAtMs = takenAtMs - (threadClockMs() - Math.max(lastMajorMs(), collectedMs));
      return {
        takenAtMs,
        ...readMade(records.all(), { nowMs: takenAtMs, collectedAtMs, settledMs }),
        buffersSinceMs: since.buffers,
        resourcesSinceMs: since.resources,
        buffersUnwatchable,
        collectedAtMs: Number.isFinite(collectedAtMs) ? collectedAtMs : null,
      };
    },
    collect({ isAskedFor = false } = {}) {
      if (!isAskedFor && heapWalk.estimatedPauseMs() > LONGEST_COLLECTION_MS) {
        throw new DiagnosticsError('PAUSE_BUDGET_SPENT', 'a collection would take too long');
      }
      const startedMs = threadClockMs();
      const { pauseMs } = heapWalk.run(collectAll);
      collectedMs = startedMs;
      return { endedAtMs: wallClockMs(), pauseMs };
    },
    stop() {
      unwatch();
      stopWorkers();
      records.stop();
    },
  };
}

function countedHandles(): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of getActiveResourcesInfo()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function isOver(record: MadeRecord, nowMs: number): boolean {
  if (record.madeAtMs >= nowMs - REMEMBERED_MS) return false;
  return record.kind !== WORKER || stillThere(record) === null;
}
