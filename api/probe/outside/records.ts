/** What was made while it was watched: bounded, and thinned without bias. */

import { harmless } from '../../base/harmless.ts';
import { chance } from '../../base/numbers/chance.ts';
import { clearInterval, setInterval } from '../../base/own-time.ts';
import type { StackStore } from '../tasks/stack-store.ts';
import type { MadeRecord } from './record.ts';

/** Of one kind. */
const MOST_RECORDS = 1_000;
/** An unformatted stack keeps the functions of its frames: not for long. */
const FORMAT_EVERY_MS = 500;

export interface MadeRecords {
  add(record: MadeRecord): void;
  /** Each with its stack. */
  all(): readonly MadeRecord[];
  forget(isForgotten: (record: MadeRecord) => boolean): void;
  stop(): void;
}

export function createMadeRecords(stacks: StackStore): MadeRecords {
  const kinds = new Map<string, MadeRecord[]>();
  let formatTimer: NodeJS.Timeout | null = null;
  let unformatted: MadeRecord[] = [];

  /** Also of those that are gone, since how many were made counts as well. */
  function halfOf(records: readonly MadeRecord[]): MadeRecord[] {
    const half = records.filter(() => chance() < 0.5);
    for (const record of half) record.weight *= 2;
    return half;
  }

  function format(): void {
    const waiting = unformatted;
    unformatted = [];
    if (formatTimer !== null) clearInterval(formatTimer);
    formatTimer = null;
    for (const record of waiting) {
      if (record.holder !== null) record.stack = stacks.formatDeep(record.holder);
      record.holder = null;
    }
  }

  return {
    add(record) {
      const known = kinds.get(record.kind) ?? [];
      const records = known.length >= MOST_RECORDS ? halfOf(known) : known;
      records.push(record);
      kinds.set(record.kind, records);
      if (record.holder === null) return;
      unformatted.push(record);
      formatTimer ??= setInterval(harmless(format), FORMAT_EVERY_MS).unref();
    },
    all() {
      format();
      return [...kinds.values()].flat();
    },
    forget(isForgotten) {
      for (const [kind, records] of kinds) {
        const rest = records.filter((record) => !isForgotten(record));
        if (rest.length === 0) kinds.delete(kind);
        else kinds.set(kind, rest);
      }
    },
    stop() {
      if (formatTimer !== null) clearInterval(formatTimer);
      formatTimer = null;
      unformatted = [];
      kinds.clear();
    },
  };
}
