/** The memory statistics at the end of Go's heap profile in text form (`/debug/pprof/heap?debug=1`). */
import { DiagnosticsError } from '../errors.ts';

/** `runtime.MemStats` as far as it is used. Bytes and counts are rounded beyond 2^53. */
export interface GoMemStats {
  /** Bytes of live and not yet freed heap objects. */
  alloc: number;
  /** Bytes ever allocated on the heap. */
  totalAlloc: number;
  /** Bytes obtained from the operating system. */
  sys: number;
  /** Bytes of heap spans that are in use. */
  heapInuse: number;
  /** Live and not yet freed heap objects. */
  heapObjects: number;
  /** Completed garbage collections. */
  numGc: number;
  /** Nanoseconds the last collections stopped the program for, the last one first; 256 at most. */
  pausesNs: number[];
  /** When the last collection ended, in milliseconds since 1970; null before the first. */
  lastGcAtMs: number | null;
  /** Share of the program's available CPU time that went into collections, 0 to 1; null where not given. */
  gcCpuFraction: number | null;
  /** Largest resident set in bytes; null where the platform gives none. */
  maxRssBytes: number | null;
}

const SECTION = /^# runtime\.MemStats\r?$/m;
const ENTRY = /^# (\w+) = (.+?)\r?$/gm;
const PAUSES_KEPT_BY_GO = 256;
const NANOSECONDS_PER_MILLISECOND = 1e6;

/**
 * Reads the statistics.
 * @throws DiagnosticsError `INVALID_INPUT` when the text has none, or not all of them.
 */
export function readGoMemStats(text: string): GoMemStats {
  const entries = readEntries(text);
  const numGc = requiredNumber(entries, 'NumGC');
  const lastGcNs = optionalNumber(entries, 'LastGC') ?? 0;
  return {
    alloc: requiredNumber(entries, 'Alloc'),
    totalAlloc: requiredNumber(entries, 'TotalAlloc'),
    sys: requiredNumber(entries, 'Sys'),
    heapInuse: requiredNumber(entries, 'HeapInuse'),
    heapObjects: requiredNumber(entries, 'HeapObjects'),
    numGc,
    pausesNs: lastFirst(entries.get('PauseNs') ?? '', numGc),
    lastGcAtMs: lastGcNs === 0 ? null : lastGcNs / NANOSECONDS_PER_MILLISECOND,
    gcCpuFraction: optionalNumber(entries, 'GCCPUFraction'),
    maxRssBytes: optionalNumber(entries, 'MaxRSS'),
  };
}

function readEntries(text: string): Map<string, string> {
  const section = SECTION.exec(text);
  if (section === null) {
    throw new DiagnosticsError(
      'INVALID_INPUT',
      'this text has no "# runtime.MemStats"; fetch /debug/pprof/heap?debug=1 of a Go program',
    );
  }
  const entries = new Map<string, string>();
  for (const [, name, value] of text.slice(section.index).matchAll(ENTRY)) {
    entries.set(name!, value!);
  }
  return entries;
}

function requiredNumber(entries: ReadonlyMap<string, string>, name: string): number {
  const value = optionalNumber(entries, name);
  if (value !== null) return value;
  throw new DiagnosticsError(
    'INVALID_INPUT',
    `the memory statistics of this heap profile lack ${name}; it may be cut off`,
  );
}

function optionalNumber(entries: ReadonlyMap<string, string>, name: string): number | null {
  const text = entries.get(name);
  const value = Number(text);
  return text === undefined || !Number.isFinite(value) ? null : value;
}

/** `[7 9 8 0 …]` is a ring: the pause of collection n stands at (n + 255) modulo 256. */
function lastFirst(ring: string, numGc: number): number[] {
  const pauses = (ring.match(/\d+/g) ?? []).map(Number);
  const count = Math.min(numGc, pauses.length, PAUSES_KEPT_BY_GO);
  return Array.from({ length: count }, (_, back) => {
    const slot = (numGc - back + PAUSES_KEPT_BY_GO - 1) % PAUSES_KEPT_BY_GO;
    return pauses[slot] ?? 0;
  });
}
