/**
 * Takes allocation profiles of the calling thread, one at a time. V8 has one heap sampler: the one that
 * runs for good stands still meanwhile, and its totals are carried over.
 */

import { DiagnosticsError } from '../../../base/errors.ts';
import { math } from '../../../base/numbers/math.ts';
import { clearTimeout, setTimeout, threadClockMs, wallClockMs } from '../../../base/own-time.ts';
import type { Pause, PauseBudget } from '../../overhead/pauses/pause-budget.ts';
import type {
  AllocationProfileRequest,
  AllocationProfileStart,
  AllocationReading,
} from '../../readings/memory/allocation.ts';
import { isHeapSamplerTaken } from '../driver.ts';
import { type AllocationSession, openAllocationSession } from './session.ts';
import { flattenAllocationTree } from './tree.ts';

export interface AllocationProfiler {
  start(request: AllocationProfileRequest): AllocationProfileStart;
  finish(id: number): AllocationReading;
  cancel(id: number): void;
  /** Ends a profile that runs; from now on profiles are numbered from 1 again. */
  startOver(): void;
  /** Ends a profile that runs, and starts none any more. */
  stop(): void;
}

export interface AllocationProfilerOptions {
  /** Stops the sampler that runs for good, where there is one. @returns what starts it again */
  suspendSampler: () => () => void;
  /** At once, all of it. Throws where that would take too long. */
  collectGarbage: () => void;
  budget: PauseBudget;
  /** Told of each pause that has just ended: the program has no part in it. */
  onPause: (pauseMs: number) => void;
  /** Milliseconds after its end that nobody has fetched a profile before it is thrown away. @default 10_000 */
  graceMs?: number;
}

interface Running {
  request: AllocationProfileRequest;
  start: AllocationProfileStart;
  beganMs: number;
  session: AllocationSession;
  deadline: NodeJS.Timeout;
  resume: () => void;
}

const GRACE_MS = 10_000;

/** Starts nothing before it is asked to, and loads the inspector only then. */
export function createAllocationProfiler({
  suspendSampler,
  collectGarbage,
  budget,
  onPause,
  graceMs = GRACE_MS,
}: AllocationProfilerOptions): AllocationProfiler {
  let running: Running | null = null;
  /** Profiles up to this number are over. */
  let lastOverId = 0;

  function begin(request: AllocationProfileRequest): Running {
    const endPause = budget.begin();
    const session = openAllocationSession();
    let resume = () => {};
    try {
      collectIfAllowed();
      resume = suspendSampler();
      if (isHeapSamplerTaken()) throw takenByOther();
      session.start(request.samplingIntervalBytes);
    } catch (error) {
      session.close();
      resume();
      throw error;
    }
    const deadline = setTimeout(() => cancel(request.id), request.durationMs + graceMs).unref();
    const start = { startedAtMs: wallClockMs(), startPauseMs: told(endPause()) };
    return { request, start, beganMs: threadClockMs(), session, deadline, resume };
  }

  /** So that what the other sampler holds is what lives: of a large heap, that takes too long. */
  function collectIfAllowed(): void {
    try {
      collectGarbage();
    } catch {
      // Then garbage is carried over with the rest, until it is seen how much less the heap has become.
    }
  }

  function told({ pauseMs }: Pause): number {
    onPause(pauseMs);
    return pauseMs;
  }

  /** @returns the profile, whose session the caller closes */
  function end(id: number): Running | null {
    lastOverId = math.max(lastOverId, id);
    if (running?.request.id !== id) return null;
    const ended = running;
    running = null;
    clearTimeout(ended.deadline);
    return ended;
  }

  function cancel(id: number): void {
    const ended = end(id);
    // V8 ends the sampling of a session that is closed.
    ended?.session.close();
    ended?.resume();
  }

  function cancelRunning(): void {
    if (running !== null) cancel(running.request.id);
  }

  return {
    start(request) {
      if (running?.request.id === request.id) return running.start;
      if (request.id <= lastOverId) throw overError();
      if (running !== null) throw runningError();
      const retryAfterMs = budget.restMs();
      if (retryAfterMs > 0) throw budgetError(retryAfterMs);
      running = begin(request);
      return running.start;
    },
    finish(id) {
      const endMs = threadClockMs();
      const endPause = budget.begin();
      const ended = end(id);
      if (ended === null) throw overError();
      const { request, start, beganMs, session, resume } = ended;
      const { samplingIntervalBytes } = request;
      try {
        const tree = stopped(session);
        const columns = flattenAllocationTree(tree, samplingIntervalBytes);
        const durationMs = endMs - beganMs;
        return {
          id,
          ...start,
          durationMs,
          samplingIntervalBytes,
          ...columns,
          stopPauseMs: told(endPause()),
        };
      } finally {
        session.close();
        resume();
      }
    },
    cancel,
    startOver() {
      cancelRunning();
      if (lastOverId !== Number.POSITIVE_INFINITY) lastOverId = 0;
    },
    stop() {
      cancelRunning();
      lastOverId = Number.POSITIVE_INFINITY;
    },
  };
}

function stopped(session: AllocationSession) {
  try {
    return session.stop();
  } catch (cause) {
    throw new DiagnosticsError(
      'UNAVAILABLE',
      'another tool has stopped the heap sampler of this process meanwhile, so that there is no allocation profile',
      { cause },
    );
  }
}

function takenByOther(): DiagnosticsError {
  return new DiagnosticsError(
    'UNAVAILABLE',
    'another tool is already using the heap sampler of this process; stop it first',
  );
}

function overError(): DiagnosticsError {
  return new DiagnosticsError(
    'NOT_FOUND',
    'this allocation profile is over, or never ran; start another',
  );
}

function runningError(): DiagnosticsError {
  return new DiagnosticsError(
    'PROFILE_ALREADY_RUNNING',
    'an allocation profile is running already; wait for its end, or cancel it',
  );
}

function budgetError(retryAfterMs: number): DiagnosticsError {
  return new DiagnosticsError(
    'PAUSE_BUDGET_SPENT',
    `an allocation profile stops the program for a moment, which would go beyond the pause budget (pauseBudgetPercent) for another ${math.ceil(retryAfterMs)} ms; ask again then`,
    { retryAfterMs },
  );
}
