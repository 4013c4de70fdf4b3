/** How the run of a black box ended, by what is in it. Pure. */
import os from 'node:os';
import type { EndedRun, HowEnded } from '../../../health/ended-run.ts';
import type { BlackBox } from '../record/record.ts';
import { SILENT_MS } from './heap-limit.ts';

/** Of a handler of the signal that ends the program itself, as shells tell it: 143 for SIGTERM. */
const SIGNAL_CODES = 128;
const STOPPING = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/** V8 gives up a little before its limit; what is left of it may be too small for what is wanted. */
const NEAR_LIMIT = 0.85;
/** By what the process grew since somebody could look: less sure. */
const NEAR_LIMIT_BY_GUESS = 0.92;
/** A box is written a moment after an error that the program survives. */
const SURVIVED_AFTER_MS = 1_000;

/**
 * @param isOver false where it may still run
 * @param killsForMemory by the kernel, in the container of whoever reads the box; null where it does not tell
 */
export function endedRunOf(
  box: BlackBox,
  {
    isOver = true,
    killsForMemory = null,
  }: { isOver?: boolean; killsForMemory?: number | null } = {},
): EndedRun {
  const { end, memory, kernel, allocations, lastStall, findings } = box;
  const how = isOver ? howEnded(box) : 'UNKNOWN';
  const exitCode = end?.exitCode ?? null;
  const [row] = allocations?.rows ?? [];
  const isByKernel =
    how === 'KILLED' &&
    kernel.killsForMemory !== null &&
    killsForMemory !== null &&
    killsForMemory > kernel.killsForMemory;
  return {
    how,
    startedAtMs: box.process.startedAtMs,
    endedAtMs: Math.max(end?.atMs ?? 0, box.writtenAtMs),
    exitCode,
    signal: how === 'SIGNAL' ? signalOf(exitCode) : isByKernel ? 'SIGKILL' : null,
    error: how === 'UNCAUGHT_EXCEPTION' ? (end?.error ?? null) : null,
    isCertain: how !== 'KILLED' || isByKernel || (box.handlesStops ?? false),
    isKilledForMemory: isByKernel,
    heapUsedBytes: memory && Math.max(memory.heapUsedBytes, grownOldSpaceBytes(box) ?? 0),
    rssBytes: box.rssBytes,
    memoryLimitBytes: kernel.memoryLimitBytes,
    holder:
      row === undefined || allocations === null || allocations.liveBytes <= 0
        ? null
        : {
            frames: row.frames,
            bytes: row.liveBytes,
            share: row.liveBytes / allocations.liveBytes,
          },
    wasStalled: lastStall !== null && lastStall.durationMs === null,
    wasCritical: findings.some(({ severity }) => severity === 'CRITICAL'),
  };
}

function howEnded(box: BlackBox): HowEnded {
  const { end } = box;
  if (end !== null && end.exitCode !== null) {
    if (end.error !== null) return 'UNCAUGHT_EXCEPTION';
    return signalOf(end.exitCode) === null ? 'EXIT_CODE' : 'SIGNAL';
  }
  const errorAtMs = end?.error?.atMs ?? 0;
  if (errorAtMs > 0 && box.writtenAtMs < errorAtMs + SURVIVED_AFTER_MS) return 'UNCAUGHT_EXCEPTION';
  return wasNearHeapLimit(box) ? 'OUT_OF_MEMORY' : 'KILLED';
}

function signalOf(exitCode: number | null): string | null {
  if (exitCode === null) return null;
  const { signals } = os.constants;
  return STOPPING.find((name) => signals[name] === exitCode - SIGNAL_CODES) ?? null;
}

type WrittenMemory = Pick<BlackBox, 'memory' | 'rssBytes' | 'writtenAtMs'>;

/** Whether V8 itself may have given up: by the last figures, or by what the process grew since then. */
function wasNearHeapLimit(box: WrittenMemory): boolean {
  const { memory } = box;
  if (memory === null || memory.heapLimitBytes <= 0) return false;
  if (memory.oldSpaceUsedBytes >= NEAR_LIMIT * memory.heapLimitBytes) return true;
  return (grownOldSpaceBytes(box) ?? 0) >= NEAR_LIMIT_BY_GUESS * memory.heapLimitBytes;
}

/** While the observed thread does not answer, its heap is what makes the process grow, as far as it can. */
function grownOldSpaceBytes({ memory, rssBytes, writtenAtMs }: WrittenMemory): number | null {
  if (memory === null) return null;
  const isSilent = writtenAtMs - memory.takenAtMs >= SILENT_MS;
  const grownBytes = isSilent ? Math.max(0, rssBytes - memory.rssBytes) : 0;
  return Math.min(memory.oldSpaceUsedBytes + grownBytes, memory.heapLimitBytes);
}
