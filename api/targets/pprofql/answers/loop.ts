/** What another pprofql knows of the event loop that it watches. */

import type { EventLoopStatus, Stall, StallStack } from '../../../diagnostics/stalls/types.ts';
import { knownStallState } from '../../../health/evidence/loop.ts';
import type { LoopReading } from '../../target.ts';
import type { AskedStallStackFragment, LoopQuery } from '../generated/graphql.ts';
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
    state: status.state === 'RESPONSIVE' ? 'RESPONSIVE' : knownStallState(status.state),
    stack: status.stack && stallStackOf(status.stack),
  };
}

function stallOf(told: ToldStall): Stall {
  const { id, startedAt, stacks, ...stall } = complete(told, 'stalls', STALL_FIELDS);
  return {
    ...stall,
    id,
    state: knownStallState(stall.state),
    startedAtMs: Date.parse(startedAt),
    stacks: (stacks ?? []).map(stallStackOf),
  };
}

function stallStackOf(told: Told<AskedStallStackFragment>): StallStack {
  const { seenAt, frames, ...stack } = complete(told, 'stalls.stacks', STACK_FIELDS);
  return { ...stack, seenAtMs: Date.parse(seenAt), frames: framesOf(frames) };
}
