/**
 * Who makes the heap grow. With nothing suspected it compares figures that are known anyway, and has now and
 * then a short look at what listeners and promises stay. Once the old space has risen it reads the heap, looks in short windows at who adds listeners
 * and whose promises stay, and goes on until collections show that nothing grows.
 */
import { diffAllocations } from '../../../analyzers/diff/allocations.ts';
import { isOwnFile, isRuntimeFile } from '../../../base/files/own-files.ts';
import { withDeadline } from '../../../base/waiting/deadline.ts';
import { singleFlight } from '../../../base/waiting/single-flight.ts';
import type { Evidence, PointEvidence } from '../../../health/evidence/evidence.ts';
import type { GrowthEvidence, HeapEvidence, LeftEvidence } from '../../../health/evidence/heap.ts';
import { isDerived, promiseMakerOf } from '../../../health/growth/growers.ts';
import { leftGrowth } from '../../../health/growth/left-growth.ts';
import type { FiguresReading } from '../../../probe/readings/figures.ts';
import type { KeptQuestion, KeptReading } from '../../../probe/readings/kept.ts';
import { afterRest } from '../../answers/after-rest.ts';
import type { HeapProfileSnapshot } from '../../heap/types.ts';
import { grownLines } from './grown-lines.ts';
import { risesSince } from './heap-suspicion.ts';
import { createListenerCounts } from './listener-counts.ts';
import { createReadPair } from './read-pair.ts';
import { createRoutineLooks } from './routine-looks.ts';

export interface HeapGrowthOptions {
  lastFigures: () => FiguresReading | null;
  readFigures: () => Promise<FiguresReading>;
  /** Rejects where there is no sampler. */
  readHeap: () => Promise<HeapProfileSnapshot>;
  /** Rejects where the pause budget, or the size of the heap, does not allow it. */
  collectGarbage: () => Promise<unknown>;
  /** With the original places. */
  readKept: (question: KeptQuestion) => Promise<KeptReading>;
  /** @default Date.now */
  nowMs?: () => number;
}

export interface HeapGrowth {
  /** Takes note of a read that somebody asked for. */
  note(heap: HeapProfileSnapshot): void;
  evidence(): Pick<Evidence, 'growth' | 'heap' | 'listeners'>;
  refresh(): Promise<void>;
  suspect(evidence: Pick<Evidence, 'points'>): Promise<void>;
}

const WINDOW_MS = 1_000;
/** Looks come so often at first, then as seldom as something that is known to grow needs. */
const LOOK_EVERY_MS = 5_000;
const LATER_LOOK_EVERY_MS = 20_000;
const READ_EVERY_MS = 15_000;
const LATER_READ_EVERY_MS = 60_000;
const COLLECTED_WITHIN_MS = 5_000;
const EARLY_MS = 90_000;
/** So long after the suspicion, collections that found nothing end it. */
const ENOUGH_MS = 40_000;
const FEWEST_LEFT = 3;
const MOST_LEFT = 60;
/** A heap that falls more often is a saw blade, and no leak. */
const MOST_RESTARTS = 2;
const CLOSEST_LEFT_MS = 4_000;
/** Less is no growth: code that is compiled, a buffer that is filled. */
const LEAST_GROWTH_BYTES = 1e6;
/** Growth that has been over for so long is over. */
const OVER_AFTER_MS = 90_000;
/** Of the growth before. */
const OVER_SHARE = 0.1;
/** A suspicion that came to nothing makes the next one need more. */
const MOST_PATIENCE = 16;
/** For whoever asks meanwhile. */
const REFRESH_DEADLINE_MS = 1_000;

/** Read in some 300 ms. */
const LARGE_HEAP_BYTES = 300e6;

interface Suspicion {
  sinceMs: number;
  /** The first read since. */
  base: HeapProfileSnapshot | null;
  left: LeftEvidence[];
  readAtMs: number;
  lookedAtMs: number;
  /** How often it fell below what it was at first. */
  restarts: number;
}

export function createHeapGrowth(options: HeapGrowthOptions): HeapGrowth {
  const {
    lastFigures,
    readFigures,
    readHeap,
    readKept,
    collectGarbage,
    nowMs = Date.now,
  } = options;
  let suspicion: Suspicion | null = null;
  let points: readonly PointEvidence[] = [];
  let clearedAtMs = 0;
  let patience = 1;
  let promises: HeapEvidence['promises'] = [];
  /** As last seen. */
  let sockets = 0;
  const routine = createRoutineLooks();
  const reads = createReadPair<HeapProfileSnapshot>();
  let compared: { base: unknown; to: unknown; growth: GrowthEvidence[] } | null = null;
  const listeners = createListenerCounts();

  function note(heap: HeapProfileSnapshot): void {
    if (reads.note(heap) && suspicion !== null) suspicion.base ??= heap;
  }

  function noteFigures(figures: FiguresReading | null): void {
    if (suspicion === null || !figures?.leftByCollection) return;
    const { leftByCollection, requestsServed: requests, requestsInFlight } = figures;
    const { atMs, heapUsedBytes: bytes } = leftByCollection;
    const { left } = suspicion;
    const last = left.at(-1);
    if (atMs < suspicion.sinceMs || atMs <= (last?.atMs ?? 0)) return;
    // The later of two that are close: the first may have been the cause of the second.
    if (last !== undefined && left.length > 1 && atMs - last.atMs < CLOSEST_LEFT_MS) left.pop();
    const { bytes: before } = suspicion.left.at(-1) ?? { bytes: 0 };
    const isBelow = bytes < (left[0]?.bytes ?? 0) && bytes < before - LEAST_GROWTH_BYTES;
    if (isBelow) beginAnew(suspicion);
    suspicion.left.push({ atMs, bytes, requests, users: sockets + requestsInFlight });
    if (suspicion.left.length > MOST_LEFT)
      suspicion.left = suspicion.left.filter((_, at) => at % 2 === 0);
  }

  /** Something large was let go of, as what loads modules has: only what grows from now on tells. */
  function beginAnew(suspected: Suspicion): void {
    if (suspected.restarts >= MOST_RESTARTS) return;
    suspected.restarts += 1;
    suspected.left = [];
    suspected.base = reads.latest();
  }

  /** What it asks for, the program waits for: one thing after the other. */
  const advance = singleFlight(async (): Promise<void> => {
    if (suspicion === null) {
      if (!risesSince(points, { sinceMs: clearedAtMs, factor: patience })) {
        await lookByRoutine();
        return;
      }
      suspicion = {
        sinceMs: nowMs(),
        base: null,
        left: [],
        readAtMs: 0,
        lookedAtMs: 0,
        restarts: 0,
      };
    }
    const isEarly = nowMs() - suspicion.sinceMs < EARLY_MS;
    const readEveryMs = isEarly ? READ_EVERY_MS : LATER_READ_EVERY_MS;
    if (nowMs() - suspicion.readAtMs >= readEveryMs) {
      suspicion.readAtMs = nowMs();
      // Without a sampler what the collections leave is told all the same.
      if (mayRead(suspicion)) await readHeap().then(note, () => {});
      let figures = await readFigures();
      if (!hasCollected(figures, nowMs() - readEveryMs / 2)) {
        // The read has just spent the pause budget for a moment.
        await afterRest(collectGarbage, { patienceMs: COLLECTED_WITHIN_MS }).catch(() => {});
        figures = await readFigures();
      }
      noteFigures(figures);
    }
    if (nowMs() - suspicion.lookedAtMs >= (isEarly ? LOOK_EVERY_MS : LATER_LOOK_EVERY_MS)) {
      suspicion.lookedAtMs = nowMs();
      await lookAtKept(WINDOW_MS);
    }
    if (isOver(suspicion) && !isKeptElsewhere(suspicion.left)) {
      // What has grown and stopped was no false suspicion.
      patience = suspicion.left.length > 0 ? Math.min(MOST_PATIENCE, patience * 2) : patience;
      clearedAtMs = nowMs();
      suspicion = null;
      promises = [];
      listeners.forget();
    }
  });

  /** A read collects garbage on Node 26 alone, and a program that allocates little makes V8 collect it seldom. */
  function hasCollected({ leftByCollection }: FiguresReading, sinceMs: number): boolean {
    return (leftByCollection?.atMs ?? 0) >= sinceMs;
  }

  /** A large heap is stopped for long by a read: not before V8's own collections have shown that it grows. */
  function mayRead({ left }: Suspicion): boolean {
    const usedBytes = lastFigures()?.memory.heapUsedBytes ?? 0;
    return usedBytes <= LARGE_HEAP_BYTES || leftGrowth({ heap: { left, promises: [] } }) !== null;
  }

  /** So little that the heap does not tell, and yet for ever. */
  function isKeptElsewhere(left: readonly LeftEvidence[]): boolean {
    if (promiseMakerOf({ heap: { left, promises } }) !== null) return true;
    return listeners.evidence().some(({ counts }) => counts.at(-1)!.count > counts[0]!.count);
  }

  /** With nothing suspected: without reads of the heap and collections. */
  async function lookByRoutine(): Promise<void> {
    const look = routine.due(points, nowMs(), isKeptElsewhere([]));
    if (look === null) return;
    await lookAtKept(look === 'WINDOW' ? WINDOW_MS : 0);
    // A cache of promises that fills is one of many things; where the heap does not rise, only those tell that hang on another one.
    promises = promises.filter(isDerived);
  }

  async function lookAtKept(windowMs: number): Promise<void> {
    const reading = await readKept({ windowMs });
    noteKept(reading, await readFigures());
  }

  function noteKept(reading: KeptReading, figures: FiguresReading): void {
    sockets = reading.sockets;
    const users = sockets + figures.requestsInFlight;
    listeners.note(reading, { requests: figures.requestsServed, users });
    promises = reading.promises
      .map(({ stack, ...figuresOfPlace }) => ({
        ...figuresOfPlace,
        frames: reading.stacks[stack] ?? [],
      }))
      .sort((a, b) => b.keptPerSecond - a.keptPerSecond);
  }

  async function goOn(): Promise<void> {
    noteFigures(lastFigures());
    const advanced = advance().catch(() => {});
    await withDeadline(advanced, REFRESH_DEADLINE_MS, () => {});
  }

  function growth(): GrowthEvidence[] {
    const base = suspicion?.base ?? reads.base();
    const latest = reads.latest();
    if (base === null || latest === null || base === latest) return [];
    if (compared?.base !== base || compared.to !== latest) {
      compared = { base, to: latest, growth: growthBetween(base, latest) };
    }
    return compared.growth;
  }

  return {
    note,
    evidence: () => ({
      growth: growth(),
      heap: { left: suspicion?.left ?? [], promises },
      listeners: listeners.evidence(),
    }),
    async refresh() {
      if (suspicion !== null) await goOn();
    },
    async suspect(evidence) {
      points = evidence.points;
      await goOn();
    },
  };
}

function growthBetween(base: HeapProfileSnapshot, to: HeapProfileSnapshot): GrowthEvidence[] {
  const { grown } = diffAllocations(base.profile, to.profile, { isOwnFile, isRuntimeFile });
  return grownLines(
    grown.map(({ frames, bytesDelta, marginBytes }) => ({
      frames,
      grownBytes: bytesDelta,
      marginBytes,
    })),
  );
}

/** Nothing has grown since it was suspected, or not for long; where no request came, nothing tells. */
function isOver({ left }: Suspicion): boolean {
  const [begun] = left;
  const last = left.at(-1);
  if (begun === undefined || last === undefined || left.length < FEWEST_LEFT) return false;
  const lastedMs = last.atMs - begun.atMs;
  if (lastedMs < ENOUGH_MS) return false;
  const grownBytes = last.bytes - begun.bytes;
  if (grownBytes < LEAST_GROWTH_BYTES) return true;
  const before = left.findLast(({ atMs }) => atMs <= last.atMs - OVER_AFTER_MS);
  if (before === undefined || before === begun) return false;
  if (before.requests !== null && last.requests === before.requests) return false;
  const earlierPerMs = (before.bytes - begun.bytes) / (before.atMs - begun.atMs);
  const latelyPerMs = (last.bytes - before.bytes) / (last.atMs - before.atMs);
  return latelyPerMs < OVER_SHARE * earlierPerMs;
}
