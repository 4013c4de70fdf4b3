/**
 * What lives outside the heap, by the line that made it: buffers, handles, worker threads and listeners.
 * It is seen only while somebody has it watched.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { DiagnosticsError } from '../base/errors.ts';
import type { RemoteProbe } from '../link/probe-link.ts';
import type { KeptReading } from '../probe/readings/kept.ts';
import type { OutsideReading } from '../probe/readings/outside.ts';
import type { Frame } from '../profile/profile.ts';
import { stackId } from './stack-id.ts';

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
}

export interface MadeSource {
  /** From now on, for ten minutes or until asked again. */
  watch(): Promise<void>;
  /** What was made since and is kept, garbage left out where the pause budget allows a collection. */
  read(): Promise<readonly MadeRow[]>;
}

export interface MadeSourceOptions {
  probe: Pick<RemoteProbe, 'watchOutside' | 'readOutside' | 'readKept' | 'collectGarbage'>;
  locateOutside: (reading: OutsideReading) => Promise<OutsideReading>;
  locateKept: (reading: KeptReading) => Promise<KeptReading>;
}

const WATCH_MS = 10 * 60_000;
/** How long listeners are seen being added after each read. */
const LISTENERS_MS = 10_000;
const COLLECTION_ATTEMPTS = 3;
/** For a collection that the pause budget does not allow yet. */
const LONGEST_WAIT_MS = 10_000;
/** Nobody knows whether the body of an answer is kept. */
const UNKNOWABLE = 'BODY';

export function createMadeSource(options: MadeSourceOptions): MadeSource {
  const { probe } = options;

  async function readKept(): Promise<KeptReading> {
    return options.locateKept(await probe.readKept({ windowMs: LISTENERS_MS }));
  }

  /** The read of the heap just before may have spent the pause budget for a moment. */
  async function collect(): Promise<void> {
    for (let attempt = 0; attempt < COLLECTION_ATTEMPTS; attempt++) {
      try {
        await probe.collectGarbage({ isAskedFor: true });
        return;
      } catch (error) {
        const { retryAfterMs = Number.POSITIVE_INFINITY } = error as Partial<DiagnosticsError>;
        if (retryAfterMs > LONGEST_WAIT_MS) return;
        await sleep(retryAfterMs, undefined, { ref: false });
      }
    }
  }

  return {
    async watch() {
      await probe.watchOutside({ buffers: true, resources: true, forMs: WATCH_MS });
      await readKept();
    },
    async read() {
      await collect();
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

/** What there is more of than at the base, most first. */
export function diffMade(
  base: readonly MadeRow[],
  to: readonly MadeRow[],
  { limit }: { limit: number },
): MadeDiffRow[] {
  const before = new Map(base.map((row) => [row.key, row]));
  return to
    .map(({ kept, keptBytes, ...row }) => ({
      ...row,
      countDelta: kept - (before.get(row.key)?.kept ?? 0),
      bytesDelta: keptBytes - (before.get(row.key)?.keptBytes ?? 0),
    }))
    .filter(({ countDelta, bytesDelta }) => countDelta > 0 || bytesDelta > 0)
    .sort((a, b) => b.bytesDelta - a.bytesDelta || b.countDelta - a.countDelta)
    .slice(0, limit);
}
