/** How the run of a black box ended, by what is in it. Pure. */
import os from 'node:os';
import type { EndedRun, HowEnded } from '../../../health/ended-run.ts';
import { hotFrameOf } from '../../../health/hot-frame.ts';
import { lineKey } from '../../../profile/line-key.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { BlackBox } from '../record/record.ts';

/** Of a handler of the signal that ends the program itself, as shells tell it: 143 for SIGTERM. */
const SIGNAL_CODES = 128;
const STOPPING = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/** V8 gives up a little before its limit; what is left of it may be too small for what is wanted. */
const NEAR_LIMIT = 0.85;
/** By what the process grew since somebody could look: less sure. */
const NEAR_LIMIT_BY_GUESS = 0.92;
/** Of what its container may have: the kernel may have ended it for that. */
const NEAR_CONTAINER_LIMIT = 0.9;
/** Of all that there is: where the kernel ends somebody, it is one of the largest. */
const LARGE_SHARE = 0.5;
/** A box is written a moment after an error that the program survives. */
const SURVIVED_AFTER_MS = 1_000;

/** What whoever reads a box knows besides; null where nobody tells. */
export interface Afterwards {
  /** False where it may still run. @default true */
  isOver?: boolean;
  /** Processes that the kernel has ended for memory in the container of whoever reads it. */
  killsForMemory?: number | null;
  /** The same of the machine. */
  killsOnMachine?: number | null;
  /** Since the machine was last started. */
  bootId?: string | null;
  /** Memory of the machine. */
  machineBytes?: number | null;
}

export function endedRunOf(box: BlackBox, afterwards: Afterwards = {}): EndedRun {
  const { end, memory, kernel, allocations, lastStall, findings, guessedOldSpaceBytes } = box;
  const { how, isCertain, isKilledForMemory } = judge(box, afterwards);
  const exitCode = end?.exitCode ?? null;
  return {
    how,
    startedAtMs: box.process.startedAtMs,
    endedAtMs: Math.max(end?.atMs ?? 0, box.writtenAtMs),
    exitCode,
    signal:
      how === 'SIGNAL'
        ? (end?.signal ?? signalOf(exitCode))
        : isKilledForMemory && isCertain
          ? 'SIGKILL'
          : null,
    error: how === 'UNCAUGHT_EXCEPTION' ? (end?.error ?? null) : null,
    isCertain,
    isKilledForMemory,
    isAttended: box.process.isAttended ?? false,
    heapUsedBytes:
      memory &&
      Math.max(memory.heapUsedBytes, Math.min(guessedOldSpaceBytes ?? 0, memory.heapLimitBytes)),
    rssBytes: box.rssBytes,
    memoryLimitBytes: kernel.memoryLimitBytes,
    holder: holderOf(allocations),
    wasStalled: lastStall !== null && lastStall.durationMs === null,
    wasCritical: findings.some(({ severity }) => severity === 'CRITICAL'),
  };
}

/** The line of which most is live: many stacks may lead to it, as to a handler of a web framework. */
function holderOf(allocations: BlackBox['allocations']): EndedRun['holder'] {
  if (allocations === null || allocations.liveBytes <= 0) return null;
  const lines = new Map<string, { frames: readonly Frame[]; bytes: number }>();
  for (const { frames, liveBytes } of allocations.rows) {
    const key = lineKey(hotFrameOf(frames) ?? frames[0]);
    const known = lines.get(key);
    if (known === undefined) lines.set(key, { frames, bytes: liveBytes });
    else known.bytes += liveBytes;
  }
  const [most] = [...lines.values()].sort((a, b) => b.bytes - a.bytes);
  return most === undefined ? null : { ...most, share: most.bytes / allocations.liveBytes };
}

type Judgment = Pick<EndedRun, 'how' | 'isCertain' | 'isKilledForMemory'>;

const sure = (how: HowEnded): Judgment => ({ how, isCertain: true, isKilledForMemory: false });
const unsure = (how: HowEnded): Judgment => ({ ...sure(how), isCertain: false });

function judge(box: BlackBox, afterwards: Afterwards): Judgment {
  const { isOver = true, bootId = null } = afterwards;
  if (!isOver) return sure('UNKNOWN');
  const told = toldEnd(box);
  if (told !== null) return sure(told);
  const { process: run, handlesStops } = box;
  if (wasKilledForMemory(box, afterwards)) {
    return { how: 'KILLED', isCertain: true, isKilledForMemory: true };
  }
  if (wasNearHeapLimit(box)) return sure('OUT_OF_MEMORY');
  if (grewToHeapLimit(box)) return unsure('OUT_OF_MEMORY');
  // It ended with its machine, as all did.
  if (bootId !== null && run.bootId !== null && bootId !== run.bootId) return unsure('UNKNOWN');
  if (wasLikelyKilledForMemory(box, afterwards)) {
    return { how: 'KILLED', isCertain: false, isKilledForMemory: true };
  }
  // Ctrl+C is another signal, which it may not listen for.
  const isStopTold = handlesStops === true && run.isAttended !== true;
  return isStopTold ? sure('KILLED') : unsure('KILLED');
}

/** Null where it ended without a word. */
function toldEnd(box: BlackBox): HowEnded | null {
  const { end } = box;
  if (end?.signal != null) return 'SIGNAL';
  if (end !== null && end.exitCode !== null) {
    if (end.error !== null) return 'UNCAUGHT_EXCEPTION';
    return signalOf(end.exitCode) === null ? 'EXIT_CODE' : 'SIGNAL';
  }
  const errorAtMs = end?.error?.atMs ?? 0;
  const isForError = errorAtMs > 0 && box.writtenAtMs < errorAtMs + SURVIVED_AFTER_MS;
  return isForError ? 'UNCAUGHT_EXCEPTION' : null;
}

function signalOf(exitCode: number | null): string | null {
  if (exitCode === null) return null;
  const { signals } = os.constants;
  return STOPPING.find((name) => signals[name] === exitCode - SIGNAL_CODES) ?? null;
}

/** Whether V8 itself gave up, by the last figures. */
function wasNearHeapLimit({ memory }: BlackBox): boolean {
  if (memory === null || memory.heapLimitBytes <= 0) return false;
  return memory.oldSpaceUsedBytes >= NEAR_LIMIT * memory.heapLimitBytes;
}

/** While the observed thread does not answer, its heap is what makes the process grow. */
function grewToHeapLimit({ memory, guessedOldSpaceBytes }: BlackBox): boolean {
  if (memory === null || guessedOldSpaceBytes === null || memory.heapLimitBytes <= 0) return false;
  return guessedOldSpaceBytes >= NEAR_LIMIT_BY_GUESS * memory.heapLimitBytes;
}

const isMore = (now: number | null, before: number | null): boolean =>
  now !== null && before !== null && now > before;

/** The kernel ended somebody of its container meanwhile. */
function wasKilledForMemory({ kernel }: BlackBox, { killsForMemory = null }: Afterwards): boolean {
  return isMore(killsForMemory, kernel.killsForMemory);
}

/**
 * A container that is started again counts from 0. Then what tells it is that this run had come near to what it may
 * have, or was large when the kernel ended somebody on this machine.
 */
function wasLikelyKilledForMemory(
  { kernel, rssBytes, process }: BlackBox,
  { killsOnMachine = null, machineBytes = null, bootId = null }: Afterwards,
): boolean {
  const { memoryLimitBytes } = kernel;
  if (memoryLimitBytes !== null && rssBytes >= NEAR_CONTAINER_LIMIT * memoryLimitBytes) return true;
  const mostBytes = memoryLimitBytes ?? machineBytes;
  const isSameMachine = bootId !== null && bootId === process.bootId;
  return (
    isSameMachine &&
    isMore(killsOnMachine, kernel.killsOnMachine) &&
    mostBytes !== null &&
    rssBytes >= LARGE_SHARE * mostBytes
  );
}
