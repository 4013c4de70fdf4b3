/** Buffers outside the heap as allocation tables, and the memory of the process that is beside them. */
import { allocationTables } from '../../analyzers/allocations/allocations.ts';
import { isOwnFile, isRuntimeFile } from '../../base/files/own-files.ts';
import type { ExternalReading, ExternalRow } from '../../probe/readings/memory/external.ts';
import { toPath } from '../../profile/display-path.ts';
import { externalColumnsOf } from '../../profile/external-columns.ts';
import type { Frame, Profile, Sample } from '../../profile/profile.ts';
import { stackId } from '../stack-id.ts';
import type { IdentifiedRow } from './types.ts';

export interface ExternalSnapshot {
  collectedAtMs: number;
  /** Since when buffers are seen being made; null where they are not, and where that is not told. */
  sinceMs: number | null;
  /** Why there are no stacks; null where there are. */
  unavailable: string | null;
  /** When garbage was last collected throughout; null where nobody knows. */
  garbageCollectedAtMs: number | null;
  /** How long the program stood still for this read; null where that is not told. */
  pauseMs: number | null;
  /** Null where a saved profile does not tell it. */
  samplingIntervalBytes: number | null;
  /** All stacks together; null where there are none. */
  liveBytes: number | null;
  totalBytes: number | null;
  stackCount: number | null;
  /** Most live bytes first. */
  inuse: IdentifiedRow[];
  /** Most bytes ever made first. */
  top: IdentifiedRow[];
  /** Every stack, with the sample types of a heap profile. */
  profile: Profile;
  /** Null where the memory of the process is not told. */
  notByStack: MemoryNotByStack | null;
}

/** What the process holds outside the heap that no stack accounts for. */
export interface MemoryNotByStack {
  /** Buffers that Node's native code, or a constructor, made, and those from before. */
  bufferBytes: number;
  /** Native objects that V8 was told of: zlib, cryptography, strings that lie outside. */
  nativeBytes: number;
  /** Of the resident set, what is neither heap nor external: malloc, code, stacks of threads. */
  mallocBytes: number;
  kinds: NativeKind[];
}

/** Things with memory outside the heap, of one kind. */
export interface NativeKind {
  kind: string;
  count: number;
  /** Null where nobody knows. */
  bytes: number | null;
}

/** What Node calls the handles that have memory of their own; timers have next to none. */
const NATIVE_HANDLES = /Wrap$|^(?:HTTP|TLS|FSEvent|MessagePort)/i;

/** Shared by the tables and the endpoints. */
const SAMPLE_TYPES = [
  { type: 'alloc_objects', unit: 'count' },
  { type: 'alloc_space', unit: 'bytes' },
  { type: 'inuse_objects', unit: 'count' },
  { type: 'inuse_space', unit: 'bytes' },
];

/** @param ownBytes of the process, what pprofql's own thread holds */
export function externalSnapshot(reading: ExternalReading, ownBytes: number): ExternalSnapshot {
  const { takenAtMs, sinceMs, unavailable, liveBytes, totalBytes, stackCount } = reading;
  const isTold = unavailable === null;
  const profile = profileOf(reading);
  const { inuse, top } = tablesOf(profile);
  return {
    collectedAtMs: takenAtMs,
    sinceMs,
    unavailable,
    garbageCollectedAtMs: reading.garbageCollectedAtMs,
    pauseMs: reading.pauseMs,
    samplingIntervalBytes: isTold ? reading.samplingIntervalBytes : null,
    liveBytes: isTold ? Math.round(liveBytes) : null,
    totalBytes: isTold ? Math.round(totalBytes) : null,
    stackCount: isTold ? stackCount : null,
    inuse,
    top,
    profile,
    notByStack: notByStack(reading, ownBytes),
  };
}

/** As a heap profile tells it that was saved; null where it tells nothing of it. */
export function savedExternal(saved: Profile, collectedAtMs: number): ExternalSnapshot | null {
  const profile = externalColumnsOf(saved);
  if (profile === null) return null;
  const { inuse, top, totals } = tablesOf(profile);
  return {
    collectedAtMs,
    sinceMs: null,
    unavailable: null,
    garbageCollectedAtMs: null,
    pauseMs: null,
    samplingIntervalBytes: null,
    liveBytes: totals.liveBytes,
    totalBytes: totals.cumulativeBytes,
    stackCount: totals.stacks,
    inuse,
    top,
    profile,
    notByStack: null,
  };
}

function tablesOf(profile: Profile) {
  const { cumulative, live, totals } = allocationTables(profile, { isOwnFile, isRuntimeFile });
  const identified = (row: (typeof live)[number]): IdentifiedRow => ({
    ...row,
    stackId: stackId(row.frames),
  });
  return { inuse: live.map(identified), top: (cumulative ?? []).map(identified), totals };
}

function profileOf({ rows, stacks }: ExternalReading): Profile {
  const frames: Frame[] = [];
  const indexes = new Map<string, number>();
  function indexOf({ function: name, file: url, line, path }: Frame): number {
    const file = toPath(url);
    const key = `${name}\n${file}:${line}`;
    const known = indexes.get(key);
    if (known !== undefined) return known;
    indexes.set(key, frames.length);
    return frames.push({ function: name, file, line, ...(path !== undefined && { path }) }) - 1;
  }
  const samples = rows.map((row) => sampleOf(row, (stacks[row.stack] ?? []).map(indexOf)));
  return { sampleTypes: SAMPLE_TYPES, frames, samples };
}

function sampleOf(row: ExternalRow, stack: number[]): Sample {
  return {
    stack,
    values: [row.totalObjects, row.totalBytes, row.liveObjects, row.liveBytes].map(Math.round),
    evidence: {
      live: { samples: row.liveSamples, variance: row.liveVariance, doubtBytes: 0 },
      cumulative: { samples: row.totalSamples, variance: row.totalVariance, doubtBytes: 0 },
    },
  };
}

function notByStack(
  { memory, liveBytes, handles, workers, zlibStreams }: ExternalReading,
  ownBytes: number,
): MemoryNotByStack {
  const { arrayBuffersBytes, externalBytes, heapTotalBytes, rssBytes } = memory;
  const atLeastNone = (bytes: number) => Math.max(0, Math.round(bytes));
  const kinds: NativeKind[] = Object.entries(handles)
    .filter(([kind]) => NATIVE_HANDLES.test(kind))
    .map(([kind, count]) => ({ kind, count, bytes: null }));
  if (workers > 0) kinds.push({ kind: 'Worker', count: workers, bytes: null });
  if (zlibStreams !== null)
    kinds.push({ kind: 'Zlib', count: Math.round(zlibStreams), bytes: null });
  if (ownBytes > 0) kinds.push({ kind: 'pprofql', count: 1, bytes: ownBytes });
  return {
    bufferBytes: atLeastNone(arrayBuffersBytes - liveBytes),
    nativeBytes: atLeastNone(externalBytes - arrayBuffersBytes),
    mallocBytes: atLeastNone(rssBytes - heapTotalBytes - externalBytes),
    kinds: kinds.sort((a, b) => b.count - a.count || (a.kind < b.kind ? -1 : 1)),
  };
}
