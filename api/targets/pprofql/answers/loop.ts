/** What another pprofql knows of the event loop that it watches. */

import type { EventLoopStatus, Stall, StallStack } from '../../../diagnostics/stalls/types.ts';
import type { StallState } from '../../../health/evidence/loop.ts';
import type { LoopReading } from '../../target.ts';
import type { AskedStallStackFragment, EventLoopState, LoopQuery } from '../generated/graphql.ts';
import { framesOf } from './frames.ts';
import { complete, type Told } from './told.ts';

const STALL_FIELDS = [
  'id',
  'startedAt',
  'state',
  'looks',
  'nativeLooks',
  'droppedLooks',
  'sentence',
] as const;
const STACK_FIELDS = ['looks', 'seenAt', 'isNativeCaller'] as const;

const STALL_STATES: Readonly<Record<Exclude<EventLoopState, 'RESPONSIVE'>, StallState>> = {
  RUNNING_JAVASCRIPT: 'RUNNING_JAVASCRIPT',
  IN_NATIVE_CODE: 'IN_NATIVE_CODE',
  READ_BY_PPROFQL: 'READ_BY_PPROFQL',
  PAUSED_BY_DEBUGGER: 'PAUSED_BY_DEBUGGER',
  UNKNOWN: 'UNKNOWN',
};

type ToldStall = Told<NonNullable<LoopQuery['stalls']>[number]>;

export function loopOf({ eventLoop, stalls }: Told<LoopQuery>): LoopReading {
  return { status: statusOf(eventLoop), stalls: (stalls ?? []).map(stallOf) };
}

function statusOf(told: Told<LoopQuery>['eventLoop']): EventLoopStatus {
  const status = complete(told, 'eventLoop', ['state', 'sentence']);
  return {
    ...status,
    blockedForMs: status.blockedForMs ?? 0,
    starvedForMs: 0,
    state: status.state === 'RESPONSIVE' ? 'RESPONSIVE' : stallStateOf(status.state),
    stack: status.stack && stallStackOf(status.stack),
  };
}

function stallOf(told: ToldStall): Stall {
  const { id, startedAt, stacks, ...stall } = complete(told, 'stalls', STALL_FIELDS);
  return {
    ...stall,
    id,
    state: stallStateOf(stall.state),
    startedAtMs: Date.parse(startedAt),
    stacks: (stacks ?? []).map(stallStackOf),
  };
}

function stallStackOf(told: Told<AskedStallStackFragment>): StallStack {
  const { seenAt, frames, ...stack } = complete(told, 'stalls.stacks', STACK_FIELDS);
  return { ...stack, seenAtMs: Date.parse(seenAt), frames: framesOf(frames) };
}

/** A state that is new says here only that the loop does not turn. */
function stallStateOf(state: EventLoopState): StallState {
  return Object.hasOwn(STALL_STATES, state) ? STALL_STATES[state as StallState] : 'UNKNOWN';
}
