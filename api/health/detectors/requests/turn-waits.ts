/**
 * Which requests may wait for their turn at a pool, a lock or a limiter that is called like nothing of the kind: they
 * wait in a function of the program for a promise that no handle, timer or other process will settle, hence for
 * somebody else in the program.
 *
 *   take:14 < checkCredit:12 < handler   →  may wait for take in checkCredit:12
 */
import { isOwn } from '../../../base/files/frame-origin.ts';
import type { Frame } from '../../../profile/profile.ts';
import { isSameFunction } from '../../../profile/same-function.ts';
import type { RequestEvidence } from '../../evidence/tasks.ts';
import type { PoolWait } from './pool-waits.ts';

/** `new Promise` and other built-ins have no file; an emitter hands on what somebody else tells it. */
const IS_WITHIN = /^(?:node:events)?$/;

/** One for each request; those that wait for something else are left out. */
export function turnWaits(requests: readonly RequestEvidence[]): PoolWait[] {
  return requests.flatMap((request) => {
    for (const frames of [request.promisedBy, request.frames]) {
      const wait = turnIn(frames);
      if (wait !== null && !asksOthers(request, wait.gate)) return [{ request, ...wait, frames }];
    }
    return [];
  });
}

function turnIn(frames: readonly Frame[]): { gate: Frame; culprit: Frame } | null {
  const gate = frames.find(isOwn);
  if (gate === undefined || !above(frames, gate).every(isWithin)) return null;
  const culprit = frames.find((frame) => isOwn(frame) && !isSameFunction(frame, gate));
  return culprit === undefined ? null : { gate, culprit };
}

/** It has called a package, or Node, which will settle what it has given; what the program does within its turn is its own. */
function asksOthers({ stacks }: RequestEvidence, gate: Frame): boolean {
  return stacks.some(
    (frames) => !above(frames, gate).every((frame) => isOwn(frame) || isWithin(frame)),
  );
}

function above(frames: readonly Frame[], gate: Frame): readonly Frame[] {
  const at = frames.findIndex((frame) => isSameFunction(frame, gate));
  return frames.slice(0, Math.max(0, at));
}

function isWithin({ file }: Frame): boolean {
  return IS_WITHIN.test(file);
}
