/**
 * What lives outside the heap, by the line that made it: buffers, and the handles, worker threads and
 * listeners that are seen only while somebody has them watched.
 */
import type { RemoteProbe } from '../../link/probe-link.ts';
import type { KeptReading } from '../../probe/readings/memory/kept.ts';
import type { OutsideReading } from '../../probe/readings/memory/outside.ts';
import type { Frame } from '../../profile/profile.ts';
import type { FrameLocator } from '../../source-maps/frame-locator.ts';
import { afterRest } from '../answers/after-rest.ts';
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
  /** Brings a reading to where its code was written. */
  locate: FrameLocator['locateStacks'];
}

const WATCH_MS = 10 * 60_000;
/** For a collection that the pause budget does not allow yet: somebody waits for the comparison. */
const PATIENCE = { patienceMs: 20_000, longestRestMs: 10_000 };
/** Nobody knows whether the body of an answer is kept. */
const UNKNOWABLE = 'BODY';

export function createMadeSource({ probe, locate }: MadeSourceOptions): MadeSource {
  let collectedAtMs = Number.NEGATIVE_INFINITY;

  async function readKept(): Promise<KeptReading> {
    return locate(await probe.readKept({ windowMs: 0, listenersMs: WATCH_MS }));
  }

  /** Where the pause budget does not allow it for too long, there is garbage among what is told. */
  async function collectSince(sinceMs: number): Promise<void> {
    if (collectedAtMs >= sinceMs) return;
    try {
      const collect = () => probe.collectGarbage({ isAskedFor: true });
      collectedAtMs = (await afterRest(collect, PATIENCE)).endedAtMs;
    } catch {
      // As above.
    }
  }

  async function readExternal(): Promise<ExternalSnapshot> {
    const reading = await locate(await probe.readExternal({ collect: false }));
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
      const outside = await locate(await probe.readOutside({ settledMs: 0 }));
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
