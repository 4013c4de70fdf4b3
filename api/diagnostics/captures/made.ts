/**
 * What lives outside the heap, by the line that made it: buffers, and the handles, worker threads and
 * listeners that are seen only while somebody has them watched.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { type AllocationDiffRow, diffAllocations } from '../../analyzers/diff/allocations.ts';
import type { DiagnosticsError } from '../../base/errors.ts';
import { isOwnFile, isRuntimeFile } from '../../base/files/own-files.ts';
import type { RemoteProbe } from '../../link/probe-link.ts';
import type { ExternalReading } from '../../probe/readings/external.ts';
import type { KeptReading } from '../../probe/readings/kept.ts';
import type { OutsideReading } from '../../probe/readings/outside.ts';
import type { Frame } from '../../profile/profile.ts';
import { type ExternalSnapshot, externalSnapshot } from '../heap/external.ts';
import { stackId } from '../stack-id.ts';

export interface MadeRow {
  /** Of one kind and stack; of listeners also of one emitter. The same in every read. */
  key: string;
  /** `BUFFER`, `WORKER`, `LISTENER`, or what Node calls it, such as `TCPWRAP`. */
  kind: string;
  /** Top frame first. */
  frames: readonly Frame[];
  kept: number;
  keptBytes: number;
}

export interface MadeDiffRow extends Omit<MadeRow, 'kept' | 'keptBytes'> {
  countDelta: number;
  bytesDelta: number;
  /** The true difference is within this of `bytesDelta` in 95 of 100 cases; null where unknown. */
  marginBytes: number | null;
}

export interface MadeSource {
  /**
   * Buffers by the stack that made them, where those are seen from the start on; else null. Garbage is left
   * out where it was collected since then, or the pause budget allows that now.
   */
  readBuffers(sinceMs: number): Promise<ExternalSnapshot | null>;
  /** From now on, for ten minutes or until asked again. */
  watch(): Promise<void>;
  /** What was made since and is kept, garbage left out as for buffers. */
  read(sinceMs: number): Promise<readonly MadeRow[]>;
}

export interface MadeSourceOptions {
  probe: Pick<
    RemoteProbe,
    'watchOutside' | 'readOutside' | 'readKept' | 'readExternal' | 'collectGarbage'
  >;
  locateExternal: (reading: ExternalReading) => Promise<ExternalReading>;
  locateOutside: (reading: OutsideReading) => Promise<OutsideReading>;
  locateKept: (reading: KeptReading) => Promise<KeptReading>;
}

const WATCH_MS = 10 * 60_000;
const COLLECTION_ATTEMPTS = 3;
/** For a collection that the pause budget does not allow yet: somebody waits for the comparison. */
const LONGEST_WAIT_MS = 10_000;
/** Nobody knows whether the body of an answer is kept. */
const UNKNOWABLE = 'BODY';
const BUFFER = 'BUFFER';

export function createMadeSource(options: MadeSourceOptions): MadeSource {
  const { probe } = options;
  let collectedAtMs = Number.NEGATIVE_INFINITY;

  async function readKept(): Promise<KeptReading> {
    return options.locateKept(await probe.readKept({ windowMs: 0, listenersMs: WATCH_MS }));
  }

  /** The read of the heap just before may have spent the pause budget for a moment. */
  async function collectSince(sinceMs: number): Promise<void> {
    if (collectedAtMs >= sinceMs) return;
    for (let attempt = 0; attempt < COLLECTION_ATTEMPTS; attempt++) {
      try {
        collectedAtMs = (await probe.collectGarbage({ isAskedFor: true })).endedAtMs;
        return;
      } catch (error) {
        const { retryAfterMs = Number.POSITIVE_INFINITY } = error as Partial<DiagnosticsError>;
        if (retryAfterMs > LONGEST_WAIT_MS) return;
        await sleep(retryAfterMs, undefined, { ref: false });
      }
    }
  }

  async function readExternal(): Promise<ExternalSnapshot> {
    const reading = await options.locateExternal(await probe.readExternal({ collect: false }));
    return externalSnapshot(reading, 0);
  }

  return {
    async readBuffers(sinceMs) {
      const buffers = await readExternal();
      if (buffers.unavailable !== null) return null;
      // The read of the heap just before has mostly done it.
      collectedAtMs = Math.max(collectedAtMs, buffers.garbageCollectedAtMs ?? collectedAtMs);
      if (collectedAtMs >= sinceMs) return buffers;
      await collectSince(sinceMs);
      return readExternal();
    },
    async watch() {
      await probe.watchOutside({ buffers: true, resources: true, forMs: WATCH_MS });
      await readKept();
    },
    async read(sinceMs) {
      await collectSince(sinceMs);
      const outside = await options.locateOutside(await probe.readOutside({ settledMs: 0 }));
      const kept = await readKept();
      const made = outside.made
        .filter(({ kind }) => kind !== UNKNOWABLE)
        .map((each) => rowOf(each, outside.stacks[each.stack] ?? []));
      const listeners = kept.listeners.map(({ id, count, stack }) => ({
        key: `LISTENER ${id}`,
        kind: 'LISTENER',
        frames: kept.stacks[stack] ?? [],
        kept: count,
        keptBytes: 0,
      }));
      await probe.watchOutside({ buffers: true, resources: true, forMs: WATCH_MS });
      return [...made, ...listeners];
    },
  };
}

function rowOf(
  { kind, kept, keptBytes }: OutsideReading['made'][number],
  frames: readonly Frame[],
): MadeRow {
  return { key: stackId(frames, kind), kind, frames, kept, keptBytes };
}

/** One moment outside the heap. */
export interface OutsideMoment {
  /** Null where buffers are not seen from the start on. */
  external: ExternalSnapshot | null;
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
    .sort((a, b) => b.bytesDelta - a.bytesDelta || b.countDelta - a.countDelta)
    .slice(0, limit);
}

function diffBuffers(
  base: ExternalSnapshot,
  to: ExternalSnapshot,
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
    countDelta,
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
      bytesDelta: keptBytes - (before.get(row.key)?.keptBytes ?? 0),
      marginBytes: null,
    }))
    .filter(({ countDelta, bytesDelta }) => countDelta > 0 || bytesDelta > 0);
}
