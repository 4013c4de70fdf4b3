/** What there is more of outside the heap than there was. */
import { type AllocationDiffRow, diffAllocations } from '../../analyzers/diff/allocations.ts';
import { isOwnFile, isRuntimeFile } from '../../base/files/own-files.ts';
import type { ExternalSnapshot } from '../heap/external.ts';
import { stackId } from '../stack-id.ts';
import type { MadeRow } from './made.ts';

const BUFFER = 'BUFFER';

export interface MadeDiffRow extends Omit<MadeRow, 'kept' | 'keptBytes'> {
  countDelta: number;
  /** Null for what is no buffer. */
  bytesDelta: number | null;
  /** The true difference is within this of `bytesDelta` in 95 of 100 cases; null where unknown. */
  marginBytes: number | null;
}

/** One moment outside the heap. */
export interface OutsideMoment {
  /** Null where buffers are not seen from the start on. */
  external: Pick<ExternalSnapshot, 'profile'> | null;
  /** Null where nothing was watched. */
  made: readonly MadeRow[] | null;
}

/** @returns what there is more of than at the base, most first; null where neither is known of both */
export function diffOutside(
  base: OutsideMoment,
  to: OutsideMoment,
  { limit, includeOwn }: { limit: number; includeOwn: boolean },
): MadeDiffRow[] | null {
  const buffers =
    base.external && to.external && diffBuffers(base.external, to.external, { limit, includeOwn });
  const made = base.made && to.made && diffMade(base.made, to.made);
  if (buffers === null && made === null) return null;
  // Buffers that are seen anyway are watched as well, but only from the base on, and without a margin.
  const others = made?.filter(({ kind }) => buffers === null || kind !== BUFFER) ?? [];
  return [...(buffers ?? []), ...others]
    .sort((a, b) => (b.bytesDelta ?? 0) - (a.bytesDelta ?? 0) || b.countDelta - a.countDelta)
    .slice(0, limit);
}

function diffBuffers(
  base: Pick<ExternalSnapshot, 'profile'>,
  to: Pick<ExternalSnapshot, 'profile'>,
  { limit, includeOwn }: { limit: number; includeOwn: boolean },
): MadeDiffRow[] {
  const owners = { isOwnFile: includeOwn ? undefined : isOwnFile, isRuntimeFile };
  return diffAllocations(base.profile, to.profile, { limit, ...owners }).grown.map(bufferRow);
}

function bufferRow({ frames, ...row }: AllocationDiffRow): MadeDiffRow {
  const { countDelta, bytesDelta, marginBytes } = row;
  return {
    key: stackId(frames, BUFFER),
    kind: BUFFER,
    frames,
    countDelta: countDelta ?? 0,
    bytesDelta,
    marginBytes,
  };
}

function diffMade(base: readonly MadeRow[], to: readonly MadeRow[]): MadeDiffRow[] {
  const before = new Map(base.map((row) => [row.key, row]));
  return to
    .map(({ kept, keptBytes, ...row }) => ({
      ...row,
      countDelta: kept - (before.get(row.key)?.kept ?? 0),
      bytesDelta: row.kind === BUFFER ? keptBytes - (before.get(row.key)?.keptBytes ?? 0) : null,
      marginBytes: null,
    }))
    .filter(({ countDelta, bytesDelta }) => countDelta > 0 || (bytesDelta ?? 0) > 0);
}
