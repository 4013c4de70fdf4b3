/**
 * Watches, from beside the observed thread, whether its heap comes near its limit, and has it read a last
 * time then. V8 can tell when it gives up, but what listens there writes to stderr, so nobody does: the memory of the
 * process is looked at four times a second, and the heap's figures only where it may have grown so far.
 */
import { singleFlight } from '../../../base/waiting/single-flight.ts';
import type { FiguresReading } from '../../../probe/readings/figures.ts';

export interface HeapLimitOptions {
  /** As somebody else last read them; null before. */
  lastFigures: () => FiguresReading | null;
  /** Rejects where the thread does not answer. */
  readFigures: () => Promise<FiguresReading>;
  /** Within the pause budget. Rejects where there is no sampler. */
  readHeap: () => Promise<unknown>;
  /** The figures, or the heap, were read because it is near its limit. */
  onNear: () => void;
  /** False where nobody would keep what is found. */
  isWanted: () => boolean;
  /** Of the process. @default process.memoryUsage.rss */
  rssBytes?: () => number;
  /** Between two looks. @default 250 */
  lookMs?: number;
}

export interface HeapLimitWatch {
  /** The latest; null before the first. */
  figures(): FiguresReading | null;
  /** Idempotent. */
  stop(): void;
}

const LOOK_MS = 250;
/** Of the limit: from here on its figures are read at each look. */
const SUSPECT_SHARE = 0.7;
/** From here on the heap is read; again when it has grown by so much more. */
const READ_SHARE = 0.8;
const READ_AGAIN_SHARE = 0.06;
/** From here on what is known is written down again and again. */
const WRITE_SHARE = 0.9;
const WRITE_DISTANCE_MS = 500;
/** A thread that is well answers at once. */
export const SILENT_MS = 400;

export function watchHeapLimit(options: HeapLimitOptions): HeapLimitWatch {
  const { readFigures, readHeap, onNear, isWanted, rssBytes = process.memoryUsage.rss } = options;
  let known: FiguresReading | null = null;
  let readAtShare = Number.NEGATIVE_INFINITY;
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  /** Since when it has not answered; null where it has. */
  let askedAtMs: number | null = null;

  function figures(): FiguresReading | null {
    const last = options.lastFigures();
    return (last?.takenAtMs ?? 0) > (known?.takenAtMs ?? 0) ? last : known;
  }

  const lookCloser = singleFlight(async (): Promise<void> => {
    known = await readFigures();
    const share = known.memory.oldSpaceUsedBytes / known.memory.heapLimitBytes;
    if (share < READ_SHARE) readAtShare = Number.NEGATIVE_INFINITY;
    else if (share >= readAtShare + READ_AGAIN_SHARE) {
      readAtShare = share;
      onNear();
      await readHeap();
      onNear();
    }
  });

  function look(): void {
    const { memory } = figures() ?? {};
    if (memory === undefined || memory.heapLimitBytes <= 0 || !isWanted()) return;
    const grownBytes = Math.max(0, rssBytes() - memory.rssBytes);
    const share = (memory.oldSpaceUsedBytes + grownBytes) / memory.heapLimitBytes;
    if (share < SUSPECT_SHARE) return;
    const nowMs = performance.now();
    askedAtMs ??= nowMs;
    lookCloser().then(answered, answered);
    // A thread that does not answer, for it collects garbage all the time, is told by what the process has grown.
    const isSilent = nowMs - askedAtMs >= SILENT_MS;
    if (share < WRITE_SHARE || !isSilent || nowMs - writtenAtMs < WRITE_DISTANCE_MS) return;
    writtenAtMs = nowMs;
    onNear();
  }

  function answered(): void {
    askedAtMs = null;
  }

  const timer = setInterval(look, options.lookMs ?? LOOK_MS);
  timer.unref();
  return { figures, stop: () => clearInterval(timer) };
}
