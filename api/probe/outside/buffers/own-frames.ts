/**
 * Takes our frames out of the stack of an error that passes through a stand-in, so that the program sees the
 * one that it would see without.
 */

import { types } from '../../../base/builtins.ts';
import { math } from '../../../base/numbers/math.ts';
import { PLACE, rememberThrowers, type Thrower } from './throwers.ts';

/** Throws what the stand-in, its caller, has caught. */
export type Rethrow = (error: unknown, standIn: (...args: never[]) => unknown) => never;

const OwnError = Error;
// Node has one of its own there.
const { captureStackTrace, prepareStackTrace: usualFormat } = Error;

const FRAME = '    at ';
const throwHere: Thrower = (error) => {
  throw error;
};

export function createRethrow(): Rethrow {
  const throwerAt = rememberThrowers();
  return function rethrow(error) {
    let thrower = throwHere;
    try {
      thrower = throwerAt(mend(error, rethrow));
    } catch {
      // It is thrown as it is.
    }
    return thrower(error);
  };
}

/**
 * The same where native code has made it, so that no frame is above that of the stand-in: the stack is taken again
 * instead of being written out, which costs a fifth, and is right for a program that formats stacks itself.
 */
export function createNativeRethrow(): Rethrow {
  const throwerAt = rememberThrowers();
  return (error, standIn) => {
    let thrower = throwHere;
    try {
      if (types.isNativeError(error)) captureStackTrace(error, standIn);
      thrower = throwerAt(callerOf(standIn));
    } catch {
      // It is thrown as it is.
    }
    return thrower(error);
  };
}

/** Undefined where the program formats stacks itself. */
function callerOf(standIn: (...args: never[]) => unknown): string | undefined {
  return OwnError.prepareStackTrace === usualFormat ? framesBelow(standIn, 1)[0] : undefined;
}

/**
 * @param rethrow called by the stand-in
 * @returns the top frame that has a place, as a constructor of V8’s has not; undefined where the stack was left as it is
 */
function mend(error: unknown, rethrow: Rethrow): string | undefined {
  // A program that formats stacks itself alone knows how.
  if (!types.isNativeError(error) || OwnError.prepareStackTrace !== usualFormat) return;
  const { stack } = error;
  if (typeof stack !== 'string') return;
  // With one more than are shown, the stand-in, which comes off.
  const [standIn = '', ...callers] = framesBelow(rethrow, Number(OwnError.stackTraceLimit) + 1);
  const own = fileOf(standIn);
  const lines = stack.split('\n');
  // One stand-in may have called another: each takes itself out, the inner one first.
  const ownAt = lines.findIndex((line) => line.startsWith(FRAME) && fileOf(line) === own);
  if (own === undefined || ownAt === -1) return;
  const above = lines.slice(0, ownAt);
  const shown = above.filter((line) => line.startsWith(FRAME));
  // Ours took the place of one that was cut off.
  const below = callers.slice(0, math.max(0, Number(OwnError.stackTraceLimit) - shown.length));
  error.stack = [...above, ...below].join('\n');
  return [...shown, ...below].find(hasPlace);
}

const hasPlace = (frame: string): boolean => PLACE.test(frame);

const fileOf = (frame: string): string | undefined => PLACE.exec(frame)?.[1];

function framesBelow(top: (...args: never[]) => unknown, most: number): string[] {
  const holder: { stack?: string } = {};
  const { stackTraceLimit: limit } = OwnError;
  try {
    OwnError.stackTraceLimit = most;
    captureStackTrace(holder, top);
  } finally {
    OwnError.stackTraceLimit = limit;
  }
  return (holder.stack ?? '').split('\n').filter((line) => line.startsWith(FRAME));
}
