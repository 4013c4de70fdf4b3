/**
 * Whether the loop of a worker turns, without anything of ours running there. The kernel tells, at no
 * cost to the worker, whether it uses its core. Only one that does is looked into: where its loop has
 * made no turn between two looks, and no call has returned meanwhile, what they found is what keeps it.
 */
import { clamp } from '../../base/numbers/clamp.ts';
import { NO_THREAD_TIME, type ThreadTime, type ThreadTimeReader } from '../../base/thread-time.ts';
import { recordStall, type StallRecord } from '../../diagnostics/stalls/stall.ts';
import type { EventLoopStatus, Stall } from '../../diagnostics/stalls/types.ts';
import type { BusyWorkerEvidence } from '../../health/evidence/thread.ts';
import { functionKey, hotFrameOf, hotStackOf } from '../../health/hot-frame.ts';
import type { InspectedThread } from '../../link/threads.ts';
import { parseFrame } from '../../probe/tasks/stack-store.ts';
import type { Frame } from '../../profile/profile.ts';
import type { FrameLocator } from '../../source-maps/frame-locator.ts';
import { callReturned, evaluate } from './evaluate.ts';
import { LOOK, LOOK_FRAMES, type ThreadLook } from './expressions.ts';

export interface ThreadLoopOptions {
  locateStack: FrameLocator['locateStack'];
  /** Shorter stalls are not told. */
  thresholdMs: number;
  /** What the kernel gives the thread; null until it is known which one it is. */
  openTime: () => ThreadTimeReader | null;
  /** Whether the thread that passes questions on does not do so now. */
  isMainInNative: () => boolean;
}

export interface ThreadLoop {
  /** Looks at it, once a second or so. Never rejects. */
  tick(): Promise<void>;
  status(): EventLoopStatus;
  /** Newest first. */
  stalls(): Stall[];
  /** Of one core, over the last tick; null where it is not known. */
  cpuPercent(): number | null;
  /** Null where it has had time left lately. */
  busy(): BusyWorkerEvidence | null;
  /** CPU time that the kernel gave it; null where it is not told. */
  ranMs(): number | null;
  close(): void;
}

/** Below this a thread waits: nothing runs there that could hold its loop. */
const BUSY_SHARE = 0.5;
const LOOK_DEADLINE_MS = 500;
/** Asked once a call; one that lasts this long is asked about again. */
const CALL_DEADLINE_MS = 60 * 60_000;
const LOCATE_DEADLINE_MS = 2_000;
const KEPT_STALLS = 20;
/** A long stall has told who it is after so many looks: from then on one in five ticks. */
const CLOSE_LOOKS = 10;
const LATER_EVERY = 5;

/** Without a break: it takes, or would take, this much of a core, at every tick. */
const RESTLESS_SHARE = 0.9;
/** Of so many ticks: the kernel counts a wait once it is over, so that of a single one some is missing on a crowded machine. */
const RESTLESS_TICKS = 4;
/** Of a time without a break, so many of the latest looks count. */
const COUNTED_LOOKS = 60;

interface Stuck {
  record: StallRecord;
  id: string;
  sinceMs: number;
  turns: number;
  looks: number;
  /** By the last look that was answered. */
  seenAtMs: number;
}

export function watchThreadLoop(thread: InspectedThread, options: ThreadLoopOptions): ThreadLoop {
  let reader: ThreadTimeReader | null = null;
  let last: (ThreadTime & { atMs: number }) | null = null;
  let cpuPercent: number | null = null;
  /** Of the time: it ran, or would have with a core. On a busy machine it gets less than it wants. */
  let wantedShare: number | null = null;
  /** The last look that found the loop at this many turns. */
  let seen: { turns: number; atMs: number } | null = null;
  let stuck: Stuck | null = null;
  let ended: Stall[] = [];
  let ticks = 0;
  let isLooking = false;
  let isCallWatched = false;
  /** What it ran and waited until each of the latest ticks. */
  let wants: { atMs: number; wantedMs: number }[] = [];
  let busySinceMs: number | null = null;
  let busyStacks: (readonly Frame[])[] = [];

  function readCpu(): void {
    reader ??= options.openTime();
    const time = (reader ?? NO_THREAD_TIME).read();
    const atMs = Date.now();
    if (time === null) return;
    if (last !== null && atMs > last.atMs) {
      const lastedMs = atMs - last.atMs;
      const ranMs = time.ranMs - last.ranMs;
      cpuPercent = Math.min(100, (100 * ranMs) / lastedMs);
      wantedShare = (ranMs + time.waitedMs - last.waitedMs) / lastedMs;
    }
    last = { atMs, ...time };
    noteRest({ atMs, wantedMs: time.ranMs + time.waitedMs });
  }

  function noteRest(now: { atMs: number; wantedMs: number }): void {
    wants = [...wants, now].slice(-RESTLESS_TICKS - 1);
    const first = wants[0]!;
    const restlessMs = RESTLESS_SHARE * (now.atMs - first.atMs);
    if (now !== first && now.wantedMs - first.wantedMs >= restlessMs) {
      busySinceMs ??= first.atMs;
      return;
    }
    busySinceMs = null;
    busyStacks = [];
  }

  function end(atMs: number): void {
    if (stuck === null) return;
    const { record, sinceMs } = stuck;
    record.end(atMs - sinceMs);
    if (atMs - sinceMs >= options.thresholdMs) {
      ended = [record.describe(0), ...ended].slice(0, KEPT_STALLS);
    }
    stuck = null;
  }

  /** Each job of a queue is a call of its own: what it takes together holds nobody's loop. */
  async function watchCall(): Promise<void> {
    if (isCallWatched) return;
    isCallWatched = true;
    const returnedAtMs = await callReturned(thread, CALL_DEADLINE_MS);
    isCallWatched = false;
    if (returnedAtMs === null) return;
    // The answer may come late, and the program may have a clock of its own.
    if (stuck !== null) end(clamp(returnedAtMs, stuck.seenAtMs, Date.now()));
    seen = null;
  }

  async function look(): Promise<void> {
    const askedAtMs = Date.now();
    let found: ThreadLook;
    try {
      found = await evaluate<ThreadLook>(thread, LOOK, LOOK_DEADLINE_MS);
    } catch {
      // The main thread may be the one that keeps the question.
      if (!options.isMainInNative()) stuck?.record.sawNoAnswer({ isOwnRead: false });
      return;
    }
    const atMs = Date.now();
    const frames = await options.locateStack(
      found.lines.slice(LOOK_FRAMES).map(parseFrame),
      LOCATE_DEADLINE_MS,
    );
    if (busySinceMs !== null) busyStacks = [...busyStacks, frames].slice(-COUNTED_LOOKS);
    if (seen === null || seen.turns !== found.turns) {
      end(askedAtMs);
      seen = { turns: found.turns, atMs };
      void watchCall();
      return;
    }
    void watchCall();
    const sinceMs = seen.atMs;
    const id = `${thread.id}-${sinceMs}`;
    stuck ??= {
      id,
      sinceMs,
      turns: found.turns,
      looks: 0,
      seenAtMs: atMs,
      record: recordStall(id, sinceMs),
    };
    const { record } = stuck;
    stuck.looks += 1;
    stuck.seenAtMs = atMs;
    const sight = {
      frames,
      isOwnWork: false,
      mayHaveDebugger: false,
      isPausedByDebugger: false,
    };
    record.saw(sight, { isLate: false, waitedMs: atMs - askedAtMs });
  }

  function isWorthALook(): boolean {
    ticks += 1;
    if (stuck !== null) return stuck.looks < CLOSE_LOOKS || ticks % LATER_EVERY === 0;
    // Where the kernel does not tell, every thread is looked at, more seldom.
    return wantedShare === null ? ticks % LATER_EVERY === 0 : wantedShare >= BUSY_SHARE;
  }

  function blockedForMs(): number {
    const ageMs = stuck === null ? 0 : Date.now() - stuck.sinceMs;
    return ageMs >= options.thresholdMs ? ageMs : 0;
  }

  return {
    async tick() {
      readCpu();
      // It waits: whatever held its loop is over, or waits itself, which holds nobody's core.
      if (wantedShare !== null && wantedShare < BUSY_SHARE / 2) {
        end(Date.now());
      }
      // The number of turns says something only of a time in which it was busy throughout.
      if (stuck === null && wantedShare !== null && wantedShare < BUSY_SHARE) seen = null;
      if (isLooking || !isWorthALook()) return;
      isLooking = true;
      await look().catch(() => {});
      isLooking = false;
    },
    status() {
      const ageMs = blockedForMs();
      if (stuck === null || ageMs === 0) {
        return {
          state: 'RESPONSIVE',
          blockedForMs: 0,
          starvedForMs: 0,
          stack: null,
          sentence:
            cpuPercent === null
              ? 'The worker’s event loop turns.'
              : `The worker’s event loop turns; it uses ${Math.round(cpuPercent)} % of a core.`,
          unwatchedReason: null,
        };
      }
      const { record } = stuck;
      return {
        state: record.state(),
        blockedForMs: ageMs,
        starvedForMs: 0,
        stack: record.tellingStack(),
        sentence: record.describe(ageMs).sentence,
        unwatchedReason: null,
      };
    },
    stalls() {
      const ageMs = blockedForMs();
      return stuck === null || ageMs === 0 ? ended : [stuck.record.describe(ageMs), ...ended];
    },
    cpuPercent: () => cpuPercent,
    busy: () => (busySinceMs === null ? null : { sinceMs: busySinceMs, ...mostFound(busyStacks) }),
    ranMs: () => last?.ranMs ?? null,
    close: () => reader?.close(),
  };
}

/** The function of the program that most looks found, and how large a part of them. */
function mostFound(
  stacks: readonly (readonly Frame[])[],
): Pick<BusyWorkerEvidence, 'frames' | 'share'> {
  const counts = new Map<string, number>();
  let most: readonly Frame[] = [];
  let mostLooks = 0;
  for (const frames of stacks) {
    const key = functionKey(hotFrameOf(frames));
    const looks = (counts.get(key) ?? 0) + 1;
    counts.set(key, looks);
    if (key === '' || looks < mostLooks) continue;
    most = frames;
    mostLooks = looks;
  }
  return { frames: hotStackOf(most), share: stacks.length === 0 ? 0 : mostLooks / stacks.length };
}
