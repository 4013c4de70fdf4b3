/** What is known of one stall of the event loop, while it lasts and afterwards. */
import { type FrameOrigin, frameOrigin, isOwn } from '../../base/files/frame-origin.ts';
import type { PastStall, StallState } from '../../health/evidence/loop.ts';
import { functionKey } from '../../health/hot-frame.ts';
import type { Sight } from '../../link/inspector.ts';
import { lineKey } from '../../profile/line-key.ts';
import type { Frame } from '../../profile/profile.ts';
import { callersOfNative } from './native-callers.ts';
import { describeStall } from './sentence.ts';
import type { Stall, StallStack } from './types.ts';

/** Distinct stacks kept of one stall; looks that found another are counted. */
const STACKS_MAX = 10;

/** Native code that made at least this share of a stall is what it is called after. */
const MAIN_SHARE = 0.5;

const MISSED = 'it was over before pprofql could look';

export interface StallRecord {
  /** By the last look while the stall lasts, by all of them afterwards. */
  state(): StallState;
  /** Whether that is what it probably is. */
  isGuess(): boolean;
  /** The stack that it is called after: the last one with code of the program, where there is one; null before the first. */
  tellingStack(): StallStack | null;
  /** Enters what a look found, `waitedMs` after it was asked for. A late answer was given as native code returned. */
  saw(sight: Sight, answer: { isLate: boolean; waitedMs: number }): void;
  /** The thread gave no answer in time; `isOwnRead` where that is probably a read of pprofql. */
  sawNoAnswer(options: { isOwnRead: boolean }): void;
  /** The thread cannot be looked into. */
  couldNotLook(reason: string): void;
  /** It was over before anybody could look. */
  wasMissed(): void;
  /** A read of pprofql has told how long it stopped the loop: it made most of this stall, or it did not. */
  settleOwnRead(isToBlame: boolean): void;
  /** @param starvedMs of that, how long the thread could have run and was not given a core */
  end(durationMs: number, starvedMs?: number): void;
  /** What it was; null while it lasts. */
  past(): PastStall | null;
  /** @param blockedForMs how long it has lasted so far, until it has ended. */
  describe(blockedForMs: number): Stall;
}

/** @param startedAtMs when the loop last turned */
export function recordStall(id: string, startedAtMs: number): StallRecord {
  const stacks = new Map<string, StallStack>();
  let state: StallState = 'UNKNOWN';
  let isGuess = false;
  let reason: string | null = null;
  /** The last one of those that come closest to the program's code. */
  let latest: StallStack | null = null;
  /** The same of those that native code came back to. */
  let latestCaller: StallStack | null = null;
  let durationMs: number | null = null;
  let starvedMs = 0;
  let looks = 0;
  let nativeLooks = 0;
  /** Time in which looks went unanswered: the thread was in native code all along. */
  let nativeMs = 0;
  let droppedLooks = 0;

  function addStack(frames: Frame[], isNativeCaller: boolean): void {
    if (frames.length === 0) return;
    const key = frames.map(lineKey).join('\n');
    const known = stacks.get(key);
    const stack = {
      frames,
      looks: (known?.looks ?? 0) + 1,
      seenAtMs: Date.now(),
      isNativeCaller: known?.isNativeCaller || isNativeCaller,
    };
    if (known !== undefined || stacks.size < STACKS_MAX) stacks.set(key, stack);
    else droppedLooks += 1;
    if (isAsClose(stack, latest)) latest = stack;
    if (isNativeCaller && isAsClose(stack, latestCaller)) latestCaller = stack;
  }

  /** From the function that holds the loop on: what it calls is met again and again, and changes. */
  function tellingStack(): StallStack | null {
    const caller = wasMostlyNative() ? latestCaller : null;
    const told = caller ?? latest;
    if (told === null) return null;
    const all = [...stacks.values()];
    const alike = caller === null ? all : all.filter(({ isNativeCaller }) => isNativeCaller);
    return { ...told, frames: fromCommonFunction(told.frames, alike) };
  }

  /** What ran before and after the native code is then not what the stall is called after. */
  function wasMostlyNative(): boolean {
    return durationMs !== null && overallState() === 'IN_NATIVE_CODE';
  }

  /** A last look may have met the few moments of JavaScript after a long native call, or the other way round. */
  function overallState(): StallState {
    const isMixed = nativeLooks > 0 && nativeLooks < looks;
    const isByLook = state === 'RUNNING_JAVASCRIPT' || state === 'IN_NATIVE_CODE';
    if (durationMs === null || !isMixed || !isByLook) return state;
    const isMostlyNative = nativeMs >= durationMs * MAIN_SHARE;
    return isMostlyNative ? 'IN_NATIVE_CODE' : 'RUNNING_JAVASCRIPT';
  }

  return {
    state: overallState,
    isGuess: () => isGuess,
    tellingStack,
    saw({ frames, isOwnWork, isPausedByDebugger }, { isLate, waitedMs }) {
      isGuess = false;
      if (isLate) nativeMs += waitedMs;
      if (isPausedByDebugger) state = 'PAUSED_BY_DEBUGGER';
      // A hook of ours in the midst of the program's work has none of its frames below it.
      else if (isOwnWork && stacks.size > 0) state = 'RUNNING_JAVASCRIPT';
      else if (isOwnWork) state = 'READ_BY_PPROFQL';
      else {
        // What native code came back to says where it was called, not what holds the loop now.
        if (!isLate) state = 'RUNNING_JAVASCRIPT';
        addStack(isLate ? callersOfNative(frames) : [...frames], isLate);
      }
      if (!isLate) looks += 1;
    },
    sawNoAnswer({ isOwnRead }) {
      state = isOwnRead ? 'READ_BY_PPROFQL' : 'IN_NATIVE_CODE';
      isGuess = isOwnRead;
      looks += 1;
      nativeLooks += 1;
    },
    couldNotLook(why) {
      looks += 1;
      reason = why;
    },
    wasMissed() {
      reason = MISSED;
    },
    settleOwnRead(isToBlame) {
      if (isToBlame) state = 'READ_BY_PPROFQL';
      else if (isGuess) state = 'IN_NATIVE_CODE';
      isGuess = false;
    },
    end(lastedMs, notGivenMs = 0) {
      durationMs = lastedMs;
      starvedMs = notGivenMs;
    },
    past() {
      if (durationMs === null) return null;
      return {
        endedAtMs: startedAtMs + durationMs,
        lastedMs: durationMs,
        starvedMs,
        state: overallState(),
        frames: tellingStack()?.frames ?? [],
      };
    },
    describe(blockedForMs) {
      return {
        id,
        startedAtMs,
        durationMs,
        state: overallState(),
        looks,
        nativeLooks,
        droppedLooks,
        stacks: [...stacks.values()].sort(byCloseness),
        sentence: describeStall({
          state: overallState(),
          isGuess,
          lastedMs: durationMs ?? blockedForMs,
          hasEnded: durationMs !== null,
          stack: tellingStack(),
          reason,
        }),
      };
    },
  };
}

/** A chain of promises is met in Node's own frames as well, which say nothing of who makes it. */
const CLOSENESS: Record<FrameOrigin, number> = { OWN: 2, DEPENDENCY: 1, RUNTIME: 0 };

/** How close a stack comes to the program's own code. */
function closeness(frames: readonly Frame[]): number {
  return Math.max(...frames.map(({ file }) => CLOSENESS[frameOrigin(file)]));
}

function isAsClose({ frames }: StallStack, other: StallStack | null): boolean {
  return other === null || closeness(frames) >= closeness(other.frames);
}

/**
 * The stack from its first function of the program's own code on that every look into such code met:
 * of `check | poll` and `parse | poll`, only `poll`. Unchanged where they have none in common.
 */
function fromCommonFunction(frames: Frame[], stacks: readonly StallStack[]): Frame[] {
  const others = stacks
    .map((stack) => new Set(stack.frames.filter(isOwn).map(functionKey)))
    .filter(({ size }) => size > 0);
  const common = frames.findIndex(
    (frame) => isOwn(frame) && others.every((keys) => keys.has(functionKey(frame))),
  );
  return common < 0 || !frames.slice(0, common).some(isOwn) ? frames : frames.slice(common);
}

/** Those of one closeness by looks. */
function byCloseness(a: StallStack, b: StallStack): number {
  return closeness(b.frames) - closeness(a.frames) || b.looks - a.looks || b.seenAtMs - a.seenAtMs;
}
