/** Asks V8 for live promises who waits on them, for those where the answer tells something new. */
import { isRuntimeFile } from '../../../base/files/own-files.ts';
import { wallClockMs } from '../../../base/own-time.ts';
import type { TimeSlices } from '../pace/time-slices.ts';
import { kindOf, ownKey } from '../promises/promise-kinds.ts';
import { type LiveRecord, resourceOf } from '../records/records.ts';
import { EMPTY_STACK } from '../stack-store.ts';
import type { AwaitLines } from './await-lines.ts';

export interface AskWaitsOptions {
  /** Also for those that were asked lately: others may wait on them by now. */
  isAnew: boolean;
}

/** From this age on those who wait are taken to be all: who awaits what a function returns does so soon. */
const LASTING_MS = 1_000;

export async function askWaits(
  records: readonly LiveRecord[],
  awaitLines: AwaitLines,
  slices: TimeSlices,
  { isAnew }: AskWaitsOptions,
): Promise<void> {
  const asked: LiveRecord[] = [];
  const promises: object[] = [];
  const isWorthAsking = await createQuestion(records, slices);
  await slices.forEach(records, (record) => {
    if (record.waits !== null && (!isAnew || record.areWaitsLasting)) return;
    record.isStanding = false;
    const isAsked = isWorthAsking(record);
    const promise = isAsked ? resourceOf(record) : undefined;
    if (promise === undefined) {
      record.waits = EMPTY_STACK;
      return;
    }
    asked.push(record);
    promises.push(promise);
  });
  const found = await awaitLines.whoWait(promises, slices);
  const lastingIfBefore = wallClockMs() - LASTING_MS;
  for (const [at, waits] of found.entries()) {
    const record = asked[at]!;
    record.waits = waits;
    record.areWaitsLasting = waits.frames.length > 0 && record.createdAtMs < lastingIfBefore;
  }
}

/**
 * Nobody waits on the promise that the engine makes for an `await`. And where as many functions of a
 * name stand at an `await` as have promised something, what they promised is no wait of its own.
 */
async function createQuestion(
  records: readonly LiveRecord[],
  slices: TimeSlices,
): Promise<(record: LiveRecord) => boolean> {
  const parents = new Set<number>();
  const missing = new Map<string, number>();
  const count = (record: LiveRecord, sign: 1 | -1) => {
    const key = ownKey(record);
    if (key !== undefined) missing.set(key, (missing.get(key) ?? 0) + sign * record.weight);
  };
  await slices.forEach(records, (record) => {
    if (record.type !== 'PROMISE') return;
    parents.add(record.parentId);
    const kind = kindOf(record);
    if (kind === 'await') count(record, -1);
    else if (kind === 'outcome') count(record, 1);
  });
  return (record) => {
    if (record.type !== 'PROMISE') return false;
    const kind = kindOf(record);
    if (kind === 'await') return parents.has(record.asyncId);
    record.isStanding =
      kind === 'outcome' &&
      !isRuntimeFile(record.stack.frames[0]?.file ?? '') &&
      (missing.get(ownKey(record) ?? '') ?? 0) <= 0;
    return !record.isStanding;
  };
}
