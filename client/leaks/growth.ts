/** What a diff says has grown, in one form for memory, tasks and what is outside the heap. */

import type {
  AllocationDiffFragment,
  OutsideDiffFragment,
  TaskDiffFragment,
} from '../generated/graphql.ts';
import type { Diff } from '../methods/diff.ts';
import { type GrowthKind, isMemory } from './growth-kind.ts';

type Place = AllocationDiffFragment['frames'][number];

/**
 * Stacks, or groups of tasks, of one path through the program, and how much more they hold than at
 * the base: less than nothing where they shrank.
 */
export interface Growth {
  kind: GrowthKind;
  /** Of the stack that grew most, by which it can be asked who holds it; null for what is no memory. */
  stackId: string | null;
  /** The same for the same path in every diff of one process. */
  id: string;
  /** More objects, or tasks, than at the base; 0 for memory of which the sampler tells bytes alone. */
  count: number;
  /** More live bytes than at the base; 0 for what is no memory. */
  bytes: number;
  /** Bytes that were allocated and freed between base and target, at most; 0 for tasks. */
  turnoverBytes: number;
  /** By how much the bytes of buffers may be off by chance; 0 for all else, and where nobody knows. */
  marginBytes: number;
  /** The first function of the program on the stack; null without a stack. */
  place: Place | null;
  /** Of the stack that grew most, top frame first. */
  frames: Place[];
  /** What tasks wait for, such as `await`, or the name that Node has for handles; null for all else. */
  state: string | null;
  /** Routes of the requests that the tasks belong to; empty for memory. */
  routes: string[];
  /** How many tasks one record stands for: above 1 while tasks are sampled. */
  weight: number;
}

/**
 * One for each path through the program that changed. The runtime's own frames do not count: the
 * same work is called now from a timer and now from a microtask.
 */
export function growthsOf({ allocations, tasks, outside }: Diff): Growth[] {
  const changes = [
    ...(allocations?.grown ?? []).map(memoryChange),
    ...tasks.grown.map(taskChange),
    ...(allocations?.shrunk ?? []).map(memoryChange),
    ...tasks.shrunk.map(taskChange),
    ...(outside ?? []).map(outsideChange),
  ];
  const byId = new Map<string, Growth>();
  for (const change of changes) {
    const known = byId.get(change.id);
    byId.set(change.id, known === undefined ? change : joined(known, change));
  }
  return [...byId.values()];
}

/** What decides how much it grew: bytes of memory, or a number. */
export function sizeOf(growth: Growth): number {
  return isMemory(growth) ? growth.bytes : growth.count;
}

function joined(most: Growth, other: Growth): Growth {
  return {
    ...most,
    count: most.count + other.count,
    bytes: most.bytes + other.bytes,
    turnoverBytes: most.turnoverBytes + other.turnoverBytes,
    marginBytes: Math.hypot(most.marginBytes, other.marginBytes),
    routes: [...new Set([...most.routes, ...other.routes])],
    weight: Math.max(most.weight, other.weight),
  };
}

function memoryChange(row: AllocationDiffFragment): Growth {
  const { bytesDelta, countDelta, frames, stackId } = row;
  return {
    kind: 'memory',
    stackId,
    id: `memory\n${pathOf(frames)}`,
    count: countDelta ?? 0,
    bytes: bytesDelta,
    turnoverBytes: turnoverOf(row),
    marginBytes: 0,
    place: frames.find(isOfProgram) ?? frames[0] ?? null,
    frames,
    state: null,
    routes: [],
    weight: 1,
  };
}

/** Of what was live at one of the two moments; what came and went in between is in neither. */
function turnoverOf(row: AllocationDiffFragment): number {
  const { baseBytes, toBytes, bytesDelta, allocatedBytes } = row;
  const most = baseBytes + toBytes;
  if (allocatedBytes === null) return most;
  const freedBytes = Math.max(0, allocatedBytes - bytesDelta);
  return Math.min(most, allocatedBytes + freedBytes);
}

function taskChange({ countDelta, baseCount, toCount, group }: TaskDiffFragment): Growth {
  const { state, category, frames } = group;
  return {
    kind: 'tasks',
    stackId: null,
    id: `tasks\n${state}\n${category}\n${pathOf(frames)}`,
    count: countDelta,
    bytes: 0,
    turnoverBytes: 0,
    marginBytes: 0,
    place: group.topFrame,
    frames,
    state,
    routes: group.routes.map(({ route }) => route),
    weight: Math.max(toCount, baseCount) / Math.max(1, group.sampledCount),
  };
}

const OUTSIDE_KINDS: Readonly<Record<string, GrowthKind>> = {
  BUFFER: 'buffers',
  WORKER: 'threads',
  LISTENER: 'listeners',
};

function outsideChange(row: OutsideDiffFragment): Growth {
  const { kind, countDelta, bytesDelta, marginBytes, frames } = row;
  const growthKind = OUTSIDE_KINDS[kind] ?? 'handles';
  return {
    kind: growthKind,
    stackId: null,
    id: `${kind}\n${pathOf(frames)}`,
    count: countDelta,
    bytes: bytesDelta ?? 0,
    turnoverBytes: 0,
    marginBytes: marginBytes ?? 0,
    place: frames.find(isOfProgram) ?? frames[0] ?? null,
    frames,
    state: growthKind === 'handles' ? kind : null,
    routes: [],
    weight: 1,
  };
}

function pathOf(frames: readonly Place[]): string {
  const ofProgram = frames.filter(isOfProgram);
  const shown = ofProgram.length > 0 ? ofProgram : frames;
  return shown.map((frame) => `${frame.function}\t${frame.file}:${frame.line}`).join('\n');
}

function isOfProgram({ origin }: Place): boolean {
  return origin !== 'RUNTIME';
}
