/** What is kept of what was made, added up by the stack that made it. */
import { math } from '../../base/numbers/math.ts';
import type { MadeReading } from '../readings/memory/outside.ts';
import type { StackFrame } from '../readings/tasks.ts';
import type { TakenStack } from '../tasks/stack-store.ts';
import { findOwnServers } from './own-servers.ts';
import {
  amountOfUse,
  endsByCollection,
  isRepeatingTimer,
  type MadeRecord,
  stillThere,
  WORKER,
} from './record.ts';

/** What was only just made may be held by what runs. */
const HELD_BRIEFLY_MS = 1_000;
/** What nothing has used for so long. */
const IDLE_MS = 10_000;
/** A worker's loop turns now and then with nothing to do. */
const IDLE_SHARE_OF_WORKER = 0.01;
/** Of each kind, those that keep most. */
const MOST_OF_KIND = 20;

interface Sums extends Omit<MadeReading, 'stack'> {
  taken: TakenStack;
}

export function readMade(
  records: readonly MadeRecord[],
  { nowMs, collectedAtMs, settledMs }: { nowMs: number; collectedAtMs: number; settledMs: number },
): { made: MadeReading[]; stacks: StackFrame[][] } {
  const sums = new Map<TakenStack, Map<string, Sums>>();
  const leadsToItself = findOwnServers();
  const heldBrieflyMs = math.min(HELD_BRIEFLY_MS, settledMs);
  for (const record of records) {
    const { stack, madeAtMs } = record;
    if (stack === null || stack.isOwn) continue;
    const thing = stillThere(record);
    const isIdle = thing && lookAtUse(record, thing, nowMs);
    if (nowMs - madeAtMs < settledMs) continue;
    // Nobody knows before garbage was collected.
    if (thing !== null && endsByCollection(record) && collectedAtMs < madeAtMs + heldBrieflyMs)
      continue;
    const sum = sumsOf(sums, stack, record, thing);
    addTo(sum, record, thing !== null, isIdle);
    if (record.kind === 'TCPWRAP' && thing !== null && leadsToItself(thing)) {
      sum.toItself += record.weight;
    }
  }
  return listed([...sums.values()].flatMap((kinds) => [...kinds.values()]));
}

function sumsOf(
  sums: Map<TakenStack, Map<string, Sums>>,
  taken: TakenStack,
  { kind }: MadeRecord,
  thing: object | null,
): Sums {
  const kinds = sums.get(taken) ?? new Map<string, Sums>();
  sums.set(taken, kinds);
  const known = kinds.get(kind) ?? {
    kind,
    taken,
    settled: 0,
    kept: 0,
    keptBytes: 0,
    idle: null,
    toItself: 0,
    records: 0,
    oldestAtMs: null,
    newestAtMs: null,
    isRepeating: false,
  };
  if (kind === 'Timeout' && thing !== null && isRepeatingTimer(thing)) known.isRepeating = true;
  kinds.set(kind, known);
  return known;
}

function addTo(sums: Sums, record: MadeRecord, isThere: boolean, isIdle: boolean | null): void {
  const { weight, bytes, madeAtMs } = record;
  sums.settled += weight;
  sums.records += 1;
  if (!isThere) return;
  sums.kept += weight;
  sums.keptBytes += weight * bytes;
  sums.oldestAtMs = math.min(sums.oldestAtMs ?? madeAtMs, madeAtMs);
  sums.newestAtMs = math.max(sums.newestAtMs ?? madeAtMs, madeAtMs);
  if (isIdle !== null) sums.idle = (sums.idle ?? 0) + (isIdle ? weight : 0);
}

function lookAtUse(record: MadeRecord, thing: object, nowMs: number): boolean | null {
  const used = amountOfUse(record.kind, thing);
  if (used === null) return null;
  const since = record.used < 0 ? 0 : used - record.used;
  const lastedMs = nowMs - record.unusedSinceMs;
  const isUnused = record.kind === WORKER ? since <= IDLE_SHARE_OF_WORKER * lastedMs : since === 0;
  if (record.used >= 0 && isUnused) return lastedMs >= IDLE_MS;
  record.used = used;
  record.unusedSinceMs = nowMs;
  return false;
}

function listed(all: readonly Sums[]): { made: MadeReading[]; stacks: StackFrame[][] } {
  const stacks: StackFrame[][] = [];
  const indexes = new Map<TakenStack, number>();
  const counts = new Map<string, number>();
  const made: MadeReading[] = [];
  for (const { taken, ...sums } of [...all].sort((a, b) => b.kept - a.kept)) {
    const nth = (counts.get(sums.kind) ?? 0) + 1;
    counts.set(sums.kind, nth);
    if (nth > MOST_OF_KIND) continue;
    const index = indexes.get(taken) ?? stacks.push([...taken.frames]) - 1;
    indexes.set(taken, index);
    made.push({ ...sums, stack: index });
  }
  return { made, stacks };
}
