/** Which stacks made buffers, and what is left of those: bounded, whatever the program makes. */

import { OwnWeakRef } from '../../../base/builtins.ts';
import { harmless } from '../../../base/harmless.ts';
import { chance } from '../../../base/numbers/chance.ts';
import { math } from '../../../base/numbers/math.ts';
import { clearInterval, setInterval, threadClockMs } from '../../../base/own-time.ts';
import type { ExternalRow } from '../../readings/memory/external.ts';
import type { StackFrame } from '../../readings/tasks.ts';
import {
  EMPTY_STACK,
  type StackHolder,
  type StackStore,
  type TakenStack,
} from '../../tasks/stack-store.ts';
import { BUFFER, type MadeRecord, recordOf } from '../record.ts';
import type { SampledBuffer } from './buffers.ts';

export interface BufferLedger {
  add(sampled: SampledBuffer): void;
  /** Lets go of whatever it holds of the program: before a collection of garbage. */
  settle(): void;
  read(): LedgerReading;
  /** Those made from then to then that may be there, on the wall clock. */
  madeBetween(sinceMs: number, untilMs: number): MadeRecord[];
  stop(): void;
}

export interface LedgerReading {
  rows: ExternalRow[];
  stacks: StackFrame[][];
  liveBytes: number;
  totalBytes: number;
  stackCount: number;
}

export interface LedgerOptions {
  stacks: StackStore;
  /** When all garbage was last collected, on the clock of the thread. */
  lastMajorMs: () => number;
  /** Called while the ledger has something to do anyway. @returns whether it has no more need of that */
  onIdle: () => boolean;
  /** Sampled buffers that may be remembered as live. @default 10_000 */
  mostLive?: number;
}

/** A sampled buffer, for as long as it may be there. */
interface Live {
  ref: WeakRef<object>;
  weight: number;
  bytes: number;
  madeAtMs: number;
}

/** One whose stack is not formatted yet. It keeps what the frames of it need: not for long. */
interface Unformatted extends Live {
  holder: StackHolder;
  addedMs: number;
}

interface Entry {
  taken: TakenStack;
  live: Live[];
  totalObjects: number;
  totalBytes: number;
  totalSamples: number;
  totalVariance: number;
}

const MOST_LIVE = 10_000;
const MOST_STACKS = 2_000;
const MOST_ROWS = 500;
/** Formatting a stack costs several times what taking it does: of what is gone, a share is enough. */
const GONE_SHARE = 1 / 8;
const FORMAT_EVERY_MS = 500;
/** Until garbage is collected, nobody knows which are gone. */
const LONGEST_UNFORMATTED_MS = 10_000;
const MOST_UNFORMATTED = 2_000;

/** Where the stacks go that are given up to keep the ledger bounded. */
const OTHER_STACKS: TakenStack = {
  ...EMPTY_STACK,
  frames: [{ function: '(other stacks)', file: '', line: 0, column: 0, isAsync: false }],
};

export function createBufferLedger({
  stacks,
  lastMajorMs,
  onIdle,
  mostLive = MOST_LIVE,
}: LedgerOptions): BufferLedger {
  const entries = new Map<TakenStack, Entry>();
  let unformatted: Unformatted[] = [];
  let liveCount = 0;
  let timer: NodeJS.Timeout | null = null;

  function entryOf(stack: TakenStack): Entry {
    const known = entries.get(stack);
    if (known !== undefined) return known;
    const taken = entries.size < MOST_STACKS ? stack : OTHER_STACKS;
    const entry = entries.get(taken) ?? {
      taken,
      live: [],
      totalObjects: 0,
      totalBytes: 0,
      totalSamples: 0,
      totalVariance: 0,
    };
    entries.set(taken, entry);
    return entry;
  }

  function enter(stack: TakenStack, made: Live): void {
    if (stack.isOwn) return;
    const { weight, bytes } = made;
    const entry = entryOf(stack);
    entry.totalObjects += weight;
    entry.totalBytes += weight * bytes;
    entry.totalSamples += 1;
    entry.totalVariance += varianceOf(made);
  }

  function enterLive(stack: TakenStack, live: Live): void {
    enter(stack, live);
    if (stack.isOwn) return;
    entryOf(stack).live.push(live);
    liveCount += 1;
  }

  /** Those that were added by then. */
  function format(untilMs: number): void {
    const due = unformatted.filter(({ addedMs }) => addedMs <= untilMs);
    unformatted = unformatted.filter(({ addedMs }) => addedMs > untilMs);
    for (const { holder, addedMs: _, ...live } of due) {
      const { ref, weight } = live;
      if (isThere(ref)) enterLive(stacks.formatDeep(holder), live);
      else if (chance() < GONE_SHARE) {
        enter(stacks.formatDeep(holder), { ...live, weight: weight / GONE_SHARE });
      }
    }
    if (liveCount > mostLive) sweep();
    if (liveCount > mostLive) halve();
  }

  function sweep(): void {
    keep(({ ref }) => isThere(ref));
  }

  /** Those that are left stand for twice as many; what was ever made is not touched. */
  function halve(): void {
    keep((live) => {
      live.weight *= 2;
      return chance() < 0.5;
    });
  }

  function keep(isKept: (live: Live) => boolean): void {
    liveCount = 0;
    for (const entry of entries.values()) {
      entry.live = entry.live.filter(isKept);
      liveCount += entry.live.length;
    }
  }

  function onTime(): void {
    const nowMs = threadClockMs();
    const isTooMany = unformatted.length > MOST_UNFORMATTED;
    format(isTooMany ? nowMs : math.max(lastMajorMs(), nowMs - LONGEST_UNFORMATTED_MS));
    const isIdle = onIdle() && unformatted.length === 0;
    if (!isIdle || timer === null) return;
    clearInterval(timer);
    timer = null;
  }

  return {
    add({ thing, ...sampled }) {
      unformatted.push({ ...sampled, ref: new OwnWeakRef(thing), addedMs: threadClockMs() });
      timer ??= setInterval(harmless(onTime), FORMAT_EVERY_MS).unref();
    },
    // A look at a weak reference would hold what it is to until the turn of the loop is over.
    settle() {
      for (const { holder, addedMs: _, ...live } of unformatted) {
        enterLive(stacks.formatDeep(holder), live);
      }
      unformatted = [];
    },
    read() {
      format(Number.POSITIVE_INFINITY);
      sweep();
      const all = [...entries.values()].map(rowOf);
      const sum = (of: 'liveBytes' | 'totalBytes') =>
        all.reduce((bytes, row) => bytes + row[of], 0);
      const largest = all
        .sort((a, b) => b.liveBytes - a.liveBytes || b.totalBytes - a.totalBytes)
        .slice(0, MOST_ROWS);
      return {
        rows: largest.map(({ taken: _, ...row }, stack) => ({ ...row, stack })),
        stacks: largest.map(({ taken }) => [...taken.frames]),
        liveBytes: sum('liveBytes'),
        totalBytes: sum('totalBytes'),
        stackCount: all.length,
      };
    },
    madeBetween(sinceMs, untilMs) {
      format(Number.POSITIVE_INFINITY);
      return [...entries.values()].flatMap(({ taken: stack, live }) =>
        live
          .filter(({ ref, madeAtMs }) => madeAtMs >= sinceMs && madeAtMs <= untilMs && isThere(ref))
          .map((each) => recordOf({ kind: BUFFER, ...each, stack, holder: null })),
      );
    },
    stop() {
      if (timer !== null) clearInterval(timer);
      timer = null;
      unformatted = [];
      entries.clear();
    },
  };
}

/** One sample with a weight of w stands for w things, of which w - 1 were guessed. */
function varianceOf({ weight, bytes }: Live): number {
  return bytes ** 2 * weight * (weight - 1);
}

/** One that was handed to another thread is there as well, but holds nothing any more. */
function isThere(ref: WeakRef<object>): boolean {
  const thing = ref.deref() as ArrayBuffer | Uint8Array | undefined;
  return thing !== undefined && thing.byteLength > 0;
}

function rowOf(entry: Entry): Omit<ExternalRow, 'stack'> & Pick<Entry, 'taken'> {
  const { taken, live, totalObjects, totalBytes, totalSamples, totalVariance } = entry;
  const row = {
    taken,
    liveObjects: 0,
    liveBytes: 0,
    liveSamples: live.length,
    liveVariance: 0,
    totalObjects,
    totalBytes,
    totalSamples,
    totalVariance,
  };
  for (const each of live) {
    row.liveObjects += each.weight;
    row.liveBytes += each.weight * each.bytes;
    row.liveVariance += varianceOf(each);
  }
  return row;
}
