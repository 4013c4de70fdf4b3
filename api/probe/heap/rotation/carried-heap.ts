/**
 * What outlives a restart of V8's sampler. V8 then forgets everything, so the totals are carried
 * over here: cumulative values exactly, live ones as an estimate, because nobody can say any more
 * which of those objects have died. A full collection still tells how much of the heap they fill
 * together, and with that how far each stack's share can be off, which goes into its evidence.
 */
import { math } from '../../../base/numbers/math.ts';
import {
  ALLOC_SAMPLES,
  EVIDENCE_PER_NODE,
  type HeapColumns,
  INUSE_BYTES,
  INUSE_DOUBT_BYTES,
  INUSE_OBJECTS,
  INUSE_SAMPLES,
  INUSE_VARIANCE,
  limitHeapColumns,
  mergeHeapColumns,
  SUPPOSED_DEAD_SAMPLES,
  sumColumn,
  sumEvidence,
  VALUES_PER_NODE,
} from '../tree/columns.ts';
import { solveSurvival } from './survival.ts';

/** Bounds the carried tree to about 10 MB, whatever number of stacks the program has. */
const MAX_CARRIED_NODES = 100_000;
/** Standard deviations within which 95 % of all estimates are. */
const Z = 1.96;
/** Share by which the heap outside of the samples may grow unseen: compiled code. */
const UNSEEN_GROWTH = 0.05;

export interface CarriedHeap {
  /** A reading since the restart plus what was carried. Both arguments right after a collection. */
  addTo(sinceRestart: HeapColumns, heapUsedBytes: number): HeapColumns;
}

/** Nothing was restarted yet: readings pass as they are. */
export const NOTHING_CARRIED: CarriedHeap = { addTo: (sinceRestart) => sinceRestart };

/** @param columns the last reading before the restart, with everything carried until then */
export function carryHeap(columns: HeapColumns, heapUsedBytes: number): CarriedHeap {
  const carried = limitHeapColumns(columns, MAX_CARRIED_NODES);
  const liveBytes = sumColumn(carried, INUSE_BYTES);
  const doubtBytes = sumEvidence(carried, INUSE_DOUBT_BYTES);
  /** Part of the heap the sampler never saw: code, and what is older than the first start. */
  const unsampledBytes = heapUsedBytes - liveBytes;
  const variance = sumEvidence(carried, INUSE_VARIANCE);
  const hazards = hazardsOf(carried);

  return {
    addTo(sinceRestart, usedBytes) {
      const oldBytes = usedBytes - sumColumn(sinceRestart, INUSE_BYTES);
      const marginBytes =
        Z * math.sqrt(variance + sumEvidence(sinceRestart, INUSE_VARIANCE)) +
        UNSEEN_GROWTH * math.abs(unsampledBytes);
      const left = leftOf(oldBytes, { liveBytes, unsampledBytes, marginBytes });
      const survivors = scaleLive(carried, survivalShares(carried, hazards, left.bytes), {
        // All that is left may be of this stack, or all that is gone.
        mostBytes: left.mostBytes,
        goneBytes: liveBytes + doubtBytes - left.leastBytes,
      });
      return mergeHeapColumns([survivors, sinceRestart]);
    },
  };
}

interface Left {
  bytes: number;
  leastBytes: number;
  mostBytes: number;
}

/**
 * How much of what was live is still there, of a heap that has so much from before the restart. What the
 * sampler never saw is taken to be as large as it was; it may as well be gone, as what a program holds from
 * before it was attached to. Where that shows, nothing speaks for either.
 */
function leftOf(
  oldBytes: number,
  {
    liveBytes,
    unsampledBytes,
    marginBytes,
  }: { liveBytes: number; unsampledBytes: number; marginBytes: number },
): Left {
  const ifUnchangedBytes = oldBytes - unsampledBytes;
  const mostBytes = math.max(ifUnchangedBytes, oldBytes) + marginBytes;
  const leastBytes = ifUnchangedBytes - marginBytes;
  const hasShrunkUnseen = ifUnchangedBytes < -marginBytes;
  const bytes = hasShrunkUnseen
    ? clamp(mostBytes, 0, liveBytes) / 2
    : clamp(ifUnchangedBytes, 0, liveBytes);
  return { bytes, leastBytes: clamp(leastBytes, 0, bytes), mostBytes: math.max(mostBytes, bytes) };
}

/**
 * How readily a stack's objects died until now: samples that were seen to be freed for each live one. A
 * cache that turned over ten times will sooner have lost what it held than one that never let go of anything.
 */
function hazardsOf({ evidence }: HeapColumns): Float64Array {
  return Float64Array.from({ length: evidence.length / EVIDENCE_PER_NODE }, (_, node) => {
    const at = node * EVIDENCE_PER_NODE;
    const live = evidence[at + INUSE_SAMPLES]!;
    const seen = evidence[at + ALLOC_SAMPLES]! - evidence[at + SUPPOSED_DEAD_SAMPLES]!;
    return live === 0 ? 0 : math.max(0, seen / live - 1);
  });
}

/** Of each node the share of its live bytes that is still there, so that all together are `leftBytes`. */
function survivalShares(
  { values }: HeapColumns,
  hazards: Float64Array,
  leftBytes: number,
): Float64Array {
  const bytes = hazards.map((_, node) => values[node * VALUES_PER_NODE + INUSE_BYTES]!);
  return solveSurvival(bytes, hazards, leftBytes);
}

function scaleLive(
  columns: HeapColumns,
  shares: Float64Array,
  { mostBytes, goneBytes }: { mostBytes: number; goneBytes: number },
): HeapColumns {
  const values = columns.values.slice();
  const evidence = columns.evidence.slice();
  shares.forEach((share, node) => {
    const [value, trust] = [node * VALUES_PER_NODE, node * EVIDENCE_PER_NODE];
    const upperBytes = values[value + INUSE_BYTES]! + evidence[trust + INUSE_DOUBT_BYTES]!;
    values[value + INUSE_OBJECTS]! *= share;
    values[value + INUSE_BYTES]! *= share;
    evidence[trust + SUPPOSED_DEAD_SAMPLES]! += evidence[trust + INUSE_SAMPLES]! * (1 - share);
    evidence[trust + INUSE_SAMPLES]! *= share;
    const bytes = values[value + INUSE_BYTES]!;
    const most = math.max(bytes, math.min(upperBytes, mostBytes));
    const least = clamp(upperBytes - goneBytes, 0, bytes);
    // If most of it lives, it is as uncertain as most of it was.
    evidence[trust + INUSE_VARIANCE]! *= upperBytes > 0 ? most / upperBytes : 0;
    evidence[trust + INUSE_DOUBT_BYTES] = math.max(most - bytes, bytes - least);
  });
  return { ...columns, values, evidence };
}

function clamp(value: number, least: number, most: number): number {
  return math.min(most, math.max(least, value));
}
