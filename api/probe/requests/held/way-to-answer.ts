/** From a callback to the answer of a request: by which functions of the program it goes. */

import { isRuntimeFile } from '../../../base/files/own-files.ts';
import { math } from '../../../base/numbers/math.ts';
import type { StackFrame } from '../../readings/tasks.ts';
import { childrenOf, isReferrer, valueAt } from './children.ts';
import type { ClosureReader } from './closures.ts';

export interface WayToAnswer {
  /** Of the request in flight. */
  requestId: number;
  /** The functions on the way, the callback itself first. */
  frames: readonly StackFrame[];
}

export interface WaysOptions {
  reader: ClosureReader;
  /** Of a request or its answer; null for anything else. */
  requestIdOf: (exchange: unknown) => number | null;
  /** Whether enough was looked at. */
  isOver: () => boolean;
  /** What is reached without the callback tells nothing of it. */
  isCommon: (value: object) => boolean;
}

interface Step {
  value: object;
  frames: readonly StackFrame[];
  depth: number;
}

const MOST_STEPS = 400;
const DEEPEST = 9;
/** A way by more functions is as good: `done` is called by `job`, or by what `once` has bound to its listener. */
const DETOUR = 2;

/** The nearest answer, by the way that goes through most functions; null for none. */
export function wayToAnswer(from: object, options: WaysOptions): WayToAnswer | null {
  const { reader, requestIdOf, isCommon } = options;
  const steps: Step[] = [{ value: from, frames: [], depth: 0 }];
  const seen = new Set([from]);
  const idOf = (value: object) => requestIdOf(value) ?? requestIdOf(valueAt(value, 'req'));
  let found = null as (WayToAnswer & { depth: number }) | null;
  for (let at = 0; at < steps.length && at < MOST_STEPS && !options.isOver(); at += 1) {
    const { value, frames, depth } = steps[at]!;
    if (depth > (found === null ? DEEPEST : math.min(DEEPEST, found.depth + DETOUR))) break;
    const requestId = idOf(value);
    if (requestId !== null) {
      if (found === null) found = { requestId, frames, depth };
      else if (requestId === found.requestId && frames.length > found.frames.length) {
        found = { ...found, frames };
      }
      continue;
    }
    for (const step of stepsFrom(value, frames, depth, reader)) {
      if (isCommon(step.value) || seen.has(step.value)) continue;
      // An answer, and what calls it, may be reached in a second way.
      const isPart = typeof step.value !== 'function' && idOf(step.value) === null;
      if (isPart) seen.add(step.value);
      steps.push(step);
    }
  }
  return found !== null && found.frames.length > 0 ? found : null;
}

function stepsFrom(
  value: object,
  frames: readonly StackFrame[],
  depth: number,
  reader: ClosureReader,
): Step[] {
  if (typeof value !== 'function') {
    return childrenOf(value).map(([, child]) => ({ value: child, frames, depth: depth + 1 }));
  }
  const closure = reader.closureOf(value as () => unknown);
  if (closure === null) return [];
  const { frame, scopes } = closure;
  if (frame !== null && isPassed(frame, frames)) return [];
  // Node puts a function of its own around a listener of `once`.
  const isOfNode = frame !== null && isRuntimeFile(frame.file);
  const passed = frame === null || isOfNode ? frames : [...frames, frame];
  return scopes
    .filter(({ isModule }) => !isModule)
    .flatMap(({ variables }) => childrenOf(variables))
    .filter(([, child]) => isReferrer(child))
    .map(([, child]) => ({ value: child, frames: passed, depth: depth + 1 }));
}

function isPassed(frame: StackFrame, frames: readonly StackFrame[]): boolean {
  return frames.some((passed) => isSamePlace(passed, frame));
}

/** The same function, whichever of its closures. */
export function isSamePlace(one: StackFrame, other: StackFrame): boolean {
  return one.file === other.file && one.line === other.line && one.column === other.column;
}
