/**
 * Who makes the heap grow. With nothing suspected it compares figures that are known anyway. Once the old space has
 * risen it has V8 collect, looks at what listeners and promises stay, reads the heap as soon as ever more is left, and
 * goes on until collections show that nothing grows.
 */
import { diffAllocations } from '../../../analyzers/diff/allocations.ts';
import { isOwnFile, isRuntimeFile } from '../../../base/files/own-files.ts';
import { withDeadline } from '../../../base/waiting/deadline.ts';
import { singleFlight } from '../../../base/waiting/single-flight.ts';
import type { Evidence, PointEvidence } from '../../../health/evidence/evidence.ts';
import type { GrowthEvidence, LeftEvidence } from '../../../health/evidence/heap.ts';
import { leftGrowth } from '../../../health/growth/left-growth.ts';
import { socketsIn } from '../../../health/growth/with-connections.ts';
import type { FiguresReading } from '../../../probe/readings/figures.ts';
import { afterRest } from '../../answers/after-rest.ts';
import type { HeapProfileSnapshot } from '../../heap/types.ts';
import { grownLines } from './grown-lines.ts';
import { risenSince, WARM_UP_MS } from './heap-suspicion.ts';
import { createKeptLooks, type KeptLooksOptions } from './kept/looks.ts';
import { createLeftCounts, type LeftCounts } from './left-counts.ts';
import { createReadPair } from './read-pair.ts';

export interface HeapGrowthOptions extends Omit<KeptLooksOptions, 'nowMs'> {
  lastFigures: () => FiguresReading | null;
  /** Rejects where there is no sampler. */
  readHeap: () => Promise<HeapProfileSnapshot>;
  /** Rejects where the pause budget, or the size of the heap, does not allow it. */
  collectGarbage: () => Promise<unknown>;
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

/** Looks come so often at first, then as seldom as something that is known to grow needs. */
const LOOK_EVERY_MS = 5_000;
const LATER_LOOK_EVERY_MS = 20_000;
/** A collection costs a program next to nothing, and a read its optimized code. */
const COLLECT_EVERY_MS = 5_000;
const READ_EVERY_MS = 15_000;
const LATER_READ_EVERY_MS = 60_000;
/** One that the pause budget has held back, such as for the collection just before, is asked for again so soon. */
const READ_AGAIN_MS = 5_000;
const COLLECTED_WITHIN_MS = 5_000;
const EARLY_MS = 90_000;
/** A suspicion that came to nothing makes the next one need so many times as much. */
const MORE_PATIENCE = 3;
const MOST_PATIENCE = 27;
/** Of V8's own collections, the latest. */
const MOST_LEFT = 12;
/** For whoever asks meanwhile. */
const REFRESH_DEADLINE_MS = 1_000;

/** Read in some 300 ms. */
const LARGE_HEAP_BYTES = 300e6;

interface Suspicion {
  sinceMs: number;
  /** The first read since. */
  base: HeapProfileSnapshot | null;
  left: LeftCounts;
  collectedAtMs: number;
  /** When the heap was last read, and until when the next read is not asked for. */
  readAtMs: number;
  noReadUntilMs: number;
  lookedAtMs: number;
}

export function createHeapGrowth(options: HeapGrowthOptions): HeapGrowth {
  const { lastFigures, readFigures, readHeap, collectGarbage, nowMs = Date.now } = options;
  let suspicion: Suspicion | null = null;
  let points: readonly PointEvidence[] = [];
  let clearedAtMs = 0;
  let patience = 1;
  /** By collections since the last suspicion, whoever made them. */
  let known: LeftEvidence[] = [];
  const kept = createKeptLooks({ readKept: options.readKept, readFigures, nowMs });
  const reads = createReadPair<HeapProfileSnapshot>();
  let compared: { base: unknown; to: unknown; growth: GrowthEvidence[] } | null = null;

  function note(heap: HeapProfileSnapshot): void {
    if (reads.note(heap) && suspicion !== null) suspicion.base ??= heap;
  }

  function noteFigures(figures: FiguresReading | null): void {
    if (!figures?.leftByCollection) return;
    const { leftByCollection, requestsServed: requests, requestsInFlight, handles } = figures;
    const { atMs, oldSpaceUsedBytes: bytes } = leftByCollection;
    // A request in flight has a socket as well.
    const sockets = handles === null ? kept.sockets() : socketsIn(handles);
    const users = Math.max(sockets, requestsInFlight);
    const left = { atMs, bytes, requests, users };
    if (atMs > (known.at(-1)?.atMs ?? 0)) known = [...known, left].slice(-MOST_LEFT);
    const beginsAnew = suspicion?.left.note(left) ?? false;
    if (suspicion !== null && beginsAnew) suspicion.base = reads.latest();
  }

  const isSettled = ({ atMs }: LeftEvidence): boolean =>
    atMs >= (points[0]?.timestampMs ?? 0) + WARM_UP_MS;

  /** What it asks for, the program waits for: one thing after the other. */
  const advance = singleFlight(async (): Promise<void> => {
    if (suspicion === null) {
      const risen = risenSince(points, { sinceMs: clearedAtMs, factor: patience });
      if (risen === null && !isGrowing(known.filter(isSettled))) {
        await kept.lookByRoutine(points);
        return;
      }
      suspicion = beginSuspicion(nowMs(), risen === 'HEAP' ? (known.at(-1) ?? null) : null);
    }
    const isEarly = nowMs() - suspicion.sinceMs < EARLY_MS;
    const readEveryMs = isEarly ? READ_EVERY_MS : LATER_READ_EVERY_MS;
    const collectEveryMs = suspicion.base === null && isEarly ? COLLECT_EVERY_MS : readEveryMs;
    if (nowMs() - suspicion.collectedAtMs >= collectEveryMs) {
      suspicion.collectedAtMs = nowMs();
      await collect(nowMs() - collectEveryMs / 2);
    }
    const isReadDue =
      nowMs() - suspicion.readAtMs >= readEveryMs && nowMs() >= suspicion.noReadUntilMs;
    if (isReadDue && mayRead(suspicion)) await read(suspicion);
    if (nowMs() - suspicion.lookedAtMs >= (isEarly ? LOOK_EVERY_MS : LATER_LOOK_EVERY_MS)) {
      suspicion.lookedAtMs = nowMs();
      await kept.look();
    }
    if (suspicion.left.isOver() && !kept.isStaying(suspicion.left.evidence())) endSuspicion();
  });

  /** @param sinceMs a collection since then tells what the heap keeps */
  async function collect(sinceMs: number): Promise<void> {
    let figures = await readFigures();
    if ((figures.leftByCollection?.atMs ?? 0) < sinceMs) {
      // A read may have spent the pause budget for a moment.
      await afterRest(collectGarbage, { patienceMs: COLLECTED_WITHIN_MS }).catch(() => {});
      figures = await readFigures();
    }
    noteFigures(figures);
  }

  /** Without a sampler what the collections leave is told all the same. On Node 26 it is one as well. */
  async function read(asking: Suspicion): Promise<void> {
    const askedAtMs = nowMs();
    asking.noReadUntilMs = askedAtMs + READ_AGAIN_MS;
    const heap = await readHeap().catch(() => null);
    if (heap !== null) note(heap);
    if (heap === null || heap.collectedAtMs >= askedAtMs) asking.readAtMs = askedAtMs;
    else asking.noReadUntilMs = Math.max(asking.noReadUntilMs, heap.nextReadAtMs ?? 0);
    noteFigures(await readFigures());
  }

  function endSuspicion(): void {
    patience = Math.min(MOST_PATIENCE, patience * MORE_PATIENCE);
    clearedAtMs = nowMs();
    suspicion = null;
    known = known.slice(-1);
    kept.forget();
  }

  /** A large heap is stopped for long by a read: not before collections have shown that it grows. */
  function mayRead({ left }: Suspicion): boolean {
    const usedBytes = lastFigures()?.memory.heapUsedBytes ?? 0;
    const isLarge = usedBytes > LARGE_HEAP_BYTES;
    return isLarge ? isGrowing(left.evidence()) : left.isMore();
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
      heap: { left: suspicion?.left.evidence() ?? [], promises: kept.promises() },
      listeners: kept.listeners(),
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

const isGrowing = (left: LeftEvidence[]): boolean =>
  leftGrowth({ heap: { left, promises: [] } }) !== null;

function beginSuspicion(sinceMs: number, before: LeftEvidence | null): Suspicion {
  return {
    sinceMs,
    base: null,
    left: createLeftCounts(sinceMs, before),
    collectedAtMs: 0,
    readAtMs: 0,
    noReadUntilMs: 0,
    lookedAtMs: 0,
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
