/** The memory statistics of a Go process, by the names that Go gives them. */

import { DiagnosticsError } from '../../base/errors.ts';
import { NS_PER_MS } from '../../base/numbers/units.ts';

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

/** The figure of this name; null where there is none. `PauseNs` is asked for apart. */
export type FigureOf = (name: string) => number | null;

const PAUSES_KEPT_BY_GO = 256;

/**
 * @param pausesNs the ring of pauses as Go keeps it
 * @param source what they were read from, for the error, such as `this heap profile`
 * @throws DiagnosticsError `INVALID_INPUT` when a figure is missing
 */
export function memStatsOf(
  figureOf: FigureOf,
  pausesNs: readonly number[],
  source: string,
): GoMemStats {
  function required(name: string): number {
    const value = figureOf(name);
    if (value !== null) return value;
    throw new DiagnosticsError(
      'INVALID_INPUT',
      `the memory statistics of ${source} lack ${name}; it may be cut off`,
    );
  }
  const numGc = required('NumGC');
  const lastGcNs = figureOf('LastGC') ?? 0;
  return {
    alloc: required('Alloc'),
    totalAlloc: required('TotalAlloc'),
    sys: required('Sys'),
    heapInuse: required('HeapInuse'),
    heapObjects: required('HeapObjects'),
    numGc,
    pausesNs: lastFirst(pausesNs, numGc),
    lastGcAtMs: lastGcNs === 0 ? null : lastGcNs / NS_PER_MS,
    gcCpuFraction: figureOf('GCCPUFraction'),
    maxRssBytes: figureOf('MaxRSS'),
  };
}

/** The pause of collection n stands at (n + 255) modulo 256. */
function lastFirst(ring: readonly number[], numGc: number): number[] {
  const count = Math.min(numGc, ring.length, PAUSES_KEPT_BY_GO);
  return Array.from({ length: count }, (_, back) => {
    const slot = (numGc - back + PAUSES_KEPT_BY_GO - 1) % PAUSES_KEPT_BY_GO;
    return ring[slot] ?? 0;
  });
}
