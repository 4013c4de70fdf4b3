/**
 * Watches, from beside the observed thread, whether its heap comes near its limit, and has it read a last
 * time then. V8 can tell when it gives up, but what listens there writes to stderr, so nobody does: the memory of the
 * process is looked at four times a second, more often where the heap is small or grows steeply, and the heap's figures
 * only where it may have grown so far.
 */
import { singleFlight } from '../../../base/waiting/single-flight.ts';
import type { FiguresReading } from '../../../probe/readings/figures.ts';

export interface HeapLimitOptions {
  /** As somebody else last read them; null before. */
  lastFigures: () => FiguresReading | null;
  /** As the program began, for one that fills its heap before anybody reads any. @default null */
  firstFigures?: FiguresReading | null;
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
  /** @default performance.now */
  now?: () => number;
}

export interface HeapLimitWatch {
  /** The latest; null before the first. */
  figures(): FiguresReading | null;
  /**
   * Bytes that the old space will have a quarter of a second after the last look, by what the process grows, while
   * the thread does not answer. Null where it answers: then its figures tell it.
   */
  guessedBytes(): number | null;
  /** Idempotent. */
  stop(): void;
}

const LOOK_MS = 250;
/** While the thread does not answer, or the heap grows steeply: a loop that only allocates fills a small one in a second. */
const CLOSE_LOOK_MS = 50;
/** Measured: a program that only fills its heap does so with some 170 MB a second. */
const FASTEST_BYTES_PER_MS = 200_000;
/** However small a heap is, it is looked at so many times while it fills. */
const LOOKS_AT_LEAST = 4;
/** Of the limit: what the process grew by between two looks is steep from here on. */
const STEEP_SHARE = 0.1;
/** Of the limit: from here on its figures are read at each look. */
const SUSPECT_SHARE = 0.7;
/** From here on the heap is read; again when it has grown by so much more. */
const READ_SHARE = 0.8;
const READ_AGAIN_SHARE = 0.06;
/** From here on what is known is written down again and again. */
const WRITE_SHARE = 0.9;
const WRITE_DISTANCE_MS = 200;
/** A thread that is well answers at once. */
const SILENT_MS = 40;

/** What a process grows at most while its heap fills: the young generation, and the sidecar's own, come with it. */
const mostGrownBytes = (limitBytes: number): number => limitBytes * 1.25 + 128 * 1024 ** 2;

/** While nothing happens. */
function calmLookMs(figures: FiguresReading | null): number {
  const limitBytes = figures?.memory.heapLimitBytes ?? Number.POSITIVE_INFINITY;
  const filledMs = limitBytes / FASTEST_BYTES_PER_MS;
  return Math.max(CLOSE_LOOK_MS, Math.min(LOOK_MS, filledMs / LOOKS_AT_LEAST));
}

export function watchHeapLimit(options: HeapLimitOptions): HeapLimitWatch {
  const { readFigures, readHeap, onNear, isWanted, rssBytes = process.memoryUsage.rss } = options;
  const { firstFigures = null, now = () => performance.now() } = options;
  let known: FiguresReading | null = firstFigures;
  let guess: number | null = null;
  let guessedAtMs = Number.NEGATIVE_INFINITY;
  let lastLook: { atMs: number; rssBytes: number } | null = null;
  let readAtShare = Number.NEGATIVE_INFINITY;
  let writtenAtMs = Number.NEGATIVE_INFINITY;
  let isSteep = false;
  /** Since when, and of which figures on, it has not answered; null where it has. */
  let asked: { atMs: number; ofMs: number } | null = null;

  function figures(): FiguresReading | null {
    const last = options.lastFigures();
    return (last?.takenAtMs ?? 0) > (known?.takenAtMs ?? 0) ? last : known;
  }

  const lookCloser = singleFlight(async (): Promise<void> => {
    // Of a thread that does not answer these may be the last known ones.
    const read = await readFigures();
    if (known === null || read.takenAtMs > known.takenAtMs) known = read;
    const share = known.memory.oldSpaceUsedBytes / known.memory.heapLimitBytes;
    if (share < READ_SHARE) readAtShare = Number.NEGATIVE_INFINITY;
    else if (share >= readAtShare + READ_AGAIN_SHARE) {
      readAtShare = share;
      onNear();
      await readHeap();
      onNear();
    }
  });

  /** How much larger the process will be a quarter of a second from now, if it goes on as since the last look. */
  function growthBytes(nowMs: number, nowBytes: number): number {
    const before = lastLook;
    lastLook = { atMs: nowMs, rssBytes: nowBytes };
    if (before === null || nowMs <= before.atMs) return 0;
    return Math.max(0, ((nowBytes - before.rssBytes) / (nowMs - before.atMs)) * LOOK_MS);
  }

  function look(): void {
    const { memory, takenAtMs = 0 } = figures() ?? {};
    compare();
    guess = null;
    isSteep = false;
    if (memory === undefined || memory.heapLimitBytes <= 0 || !isWanted()) return;
    const nowMs = now();
    const nowBytes = rssBytes();
    const growsBytes = growthBytes(nowMs, nowBytes);
    isSteep = growsBytes > STEEP_SHARE * memory.heapLimitBytes;
    const expectedBytes =
      memory.oldSpaceUsedBytes + Math.max(0, nowBytes - memory.rssBytes) + growsBytes;
    const share = expectedBytes / memory.heapLimitBytes;
    if (share < SUSPECT_SHARE) return;
    asked ??= { atMs: nowMs, ofMs: takenAtMs };
    lookCloser().then(compare, compare);
    // A thread that does not answer, for it collects garbage all the time, is told by what the process has grown. One
    // that may be full at once gets no time to answer: what is written of it is taken back where it does.
    if (nowMs - asked.atMs < SILENT_MS && share < 1) return;
    // A heap cannot grow so far: it is something else.
    const isBeyondHeap = nowBytes - memory.rssBytes > mostGrownBytes(memory.heapLimitBytes);
    guess = isBeyondHeap ? null : expectedBytes;
    guessedAtMs = nowMs;
    if (share < WRITE_SHARE || nowMs - writtenAtMs < WRITE_DISTANCE_MS) return;
    writtenAtMs = nowMs;
    onNear();
  }

  function compare(): void {
    if (asked === null || (figures()?.takenAtMs ?? 0) <= asked.ofMs) return;
    asked = null;
    const wasWritten = guess !== null && writtenAtMs >= guessedAtMs;
    guess = null;
    if (wasWritten) onNear();
  }

  let timer: NodeJS.Timeout | undefined;
  function lookAgain(): void {
    timer = setTimeout(
      () => {
        look();
        lookAgain();
      },
      asked === null && !isSteep ? calmLookMs(figures()) : CLOSE_LOOK_MS,
    );
    timer.unref();
  }
  lookAgain();
  return { figures, guessedBytes: () => guess, stop: () => clearTimeout(timer) };
}
