/** A stall in one sentence: how long, where, and what to make of it. */

import { isRuntimeFile } from '../../base/files/own-files.ts';
import { MS_PER_SECOND } from '../../base/numbers/units.ts';
import type { StallState } from '../../health/evidence/loop.ts';
import type { Frame } from '../../profile/profile.ts';
import type { StallStack } from './types.ts';

export interface StallFacts {
  state: StallState;
  /** The state is probable, and not known. */
  isGuess: boolean;
  lastedMs: number;
  hasEnded: boolean;
  /** The stack that it is called after. */
  stack: StallStack | null;
  /** Why the thread could not be looked into; null where it could. */
  reason: string | null;
}

/** For example `Blocked for 4.2 s by JavaScript: hotLoop (file:///app/report.js:12).` */
export function describeStall({
  state,
  isGuess,
  lastedMs,
  hasEnded,
  stack,
  reason,
}: StallFacts): string {
  const duration = `${(lastedMs / MS_PER_SECOND).toFixed(1)} s`;
  const blocked = hasEnded ? `Was blocked for ${duration}` : `Blocked for ${duration}`;
  const place = stack === null ? null : describePlace(stack.frames);
  switch (state) {
    case 'RUNNING_JAVASCRIPT':
      return place === null
        ? `${blocked} by JavaScript without a stack: a chain of promises or ticks that never lets the loop turn.`
        : `${blocked} by JavaScript: ${place}.`;
    case 'IN_NATIVE_CODE':
      return `${blocked} in native code${nativePlace(stack, place)}.`;
    case 'READ_BY_PPROFQL':
      return isGuess
        ? `${blocked}, probably by pprofql itself, by a read of the heap or the start of a CPU profile.`
        : `${blocked} by pprofql itself, which read the heap or began a CPU profile; the program is not to blame.`;
    case 'PAUSED_BY_DEBUGGER':
      return hasEnded
        ? `Was held by a debugger for ${duration}; pprofql kept out of its way.`
        : `Held by a debugger for ${duration}; pprofql keeps out of its way.`;
    case 'UNKNOWN':
      return `${blocked} by something unknown: ${reason ?? 'the thread was not looked into in time'}.`;
  }
}

function nativePlace(stack: StallStack | null, place: string | null): string {
  if (stack?.isNativeCaller && place !== null) return `: ${place}`;
  const lastSeen = place === null ? 'no JavaScript stack is known' : `last seen in ${place}`;
  return ` (a synchronous call of the file system, crypto or a child process, or a garbage collection); ${lastSeen}`;
}

/**
 * The program's innermost function, and what it called of the runtime: `RegExp.test, called from
 * check (file:///app/check.js:3)`.
 */
function describePlace(frames: readonly Frame[]): string | null {
  const index = frames.findIndex(({ file }) => !isRuntimeFile(file));
  const caller = frames[index];
  if (caller === undefined) return frames[0]?.function ?? null;
  const place = `${caller.function} (${caller.file}:${caller.line})`;
  const called = frames[index - 1];
  return called === undefined ? place : `${called.function}, called from ${place}`;
}
