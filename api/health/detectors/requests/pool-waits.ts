/**
 * Which requests wait for their turn at a pool, a lock or a limiter: something they have begun was
 * made by a function that is called for that, such as `acquire`, and is pending.
 *
 *   new Promise < Semaphore.acquire < work:10 < handler   →  waits for Semaphore.acquire in work:10
 */
import { isOwn } from '../../../base/files/frame-origin.ts';
import type { Frame } from '../../../profile/profile.ts';
import type { RequestEvidence } from '../../evidence/tasks.ts';

export interface PoolWait {
  request: RequestEvidence;
  /** The function that gives turns. */
  gate: Frame;
  /** The line of the program that waits for one. */
  culprit: Frame;
  frames: readonly Frame[];
}

/** What pools, locks and limiters call the function that one waits in. */
const GATES: readonly RegExp[] = [
  /[aA]cquire|[sS]emaphore|[mM]utex|runExclusive|(?:^|\.)(?:lock|enqueue)$|[a-z]Lock$|getConnection$|checkOut$|[bB]orrow|Pool\.connect$/,
  // What one gets of them, such as `takeClient`, `getFreeSlot` or `waitForTurn`.
  /(?:^|\.)(?:(?:get|next|wait(?:For)?)(?:Free|Idle|Available)|take|lease|claim)(?:Client|Connection|Conn|Slot|Worker)$/,
  /(?:^|\.)(?:get|take|claim|wait(?:For)?)(?:Free|Next)?(?:Slot|Permit|Turn)$/,
  // What any other class would mean something else by, such as `ClientPool.take` or `Turnstile.enter`.
  /(?:[pP]ool|Slots|Permits|Limiter|Limit|Gate|Turnstile|Throttle)\.(?:get|take|enter|lease|obtain|claim|reserve|wait|next|pass)$/,
];
const NOT_A_GATE = /[uU]nlock|[rR]elease/;

/** The innermost for each request; those that wait for none are left out. */
export function poolWaits(requests: readonly RequestEvidence[]): PoolWait[] {
  return requests.flatMap((request) => {
    // The latest first: who holds one already waits for the next.
    const { stacks, left } = request;
    for (const frames of [...stacks.filter((stack) => !left.includes(stack)), request.frames]) {
      const wait = gateIn(frames);
      if (wait !== null) return [{ request, ...wait, frames }];
    }
    return [];
  });
}

/** The function that gives turns to the package or the class that the program has called, if it was another. */
export function innermostGate({ gate, frames }: PoolWait): Frame {
  return frames.find(isGate) ?? gate;
}

/** Whether the request stands in the function, at whatever line. */
export function standsIn(
  { frames, stacks }: RequestEvidence,
  { function: name, file }: Frame,
): boolean {
  return [frames, ...stacks].some((stack) =>
    stack.some((frame) => frame.function === name && frame.file === file),
  );
}

function gateIn(frames: readonly Frame[]): { gate: Frame; culprit: Frame } | null {
  const at = frames.findIndex(isGate);
  if (at === -1) return null;
  const innermost = frames[at]!;
  // Code of the program that is called by the gate, or beside it, waits for something else.
  if (frames.slice(0, at).some((frame) => isOwn(frame) && frame.file !== innermost.file))
    return null;
  const callers = frames.slice(at + 1).filter((frame) => isOwn(frame) && !isGate(frame));
  const [first] = callers;
  if (first === undefined) return null;
  // The one that the program called: how a package goes on from there is not seen of each request.
  const gate = frames.slice(at, frames.indexOf(first)).findLast(isGate) ?? innermost;
  // A function without a name says less than the one around it at the same line.
  const named = callers.find(
    ({ function: name, file, line }) =>
      file === first.file &&
      line === first.line &&
      !name.includes('(anonymous)') &&
      name !== '<anonymous>',
  );
  return { gate, culprit: named ?? first };
}

function isGate({ function: name }: Frame): boolean {
  return GATES.some((gate) => gate.test(name)) && !NOT_A_GATE.test(name);
}
