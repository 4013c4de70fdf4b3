/** The history of an instance as its streams have it: the latest points at hand, all of them where somebody looks. */

import { singleFlight } from '../../../base/waiting/single-flight.ts';
import { createHistoryRing, type HistoryRing } from '../../../diagnostics/history/ring.ts';
import type { Command } from '../engine/command.ts';
import { keysOf } from '../wire/names.ts';
import { readPoint, type StreamPoint } from '../wire/points.ts';

export interface InstanceHistory {
  /** Asks for what is new; the answer is for `take`. */
  question(): Command;
  /** @param columns of the instance */
  take(answer: unknown): void;
  /** The newest points at hand, oldest first. */
  recent(): ReturnType<HistoryRing['history']>;
  lastAtMs(): number | null;
  /** All points that are kept, from the engine. Never rejects. */
  loadAll(): Promise<void>;
  history: HistoryRing['history'];
  subscribe: HistoryRing['subscribe'];
  /** Idempotent. */
  stop(): void;
}

export interface InstanceHistoryOptions {
  id: string;
  columns: readonly string[];
  send(commands: readonly Command[]): Promise<unknown[]>;
  /** What the clock of the engine shows when this one's is at 0. */
  aheadMs(): number;
}

/** How many are told without a question to the engine: five minutes, as usual. */
export const RECENT_POINTS = 30;
const POINTS_AT_ONCE = 200;
const MOST_POINTS = 20_000;

export function createInstanceHistory(options: InstanceHistoryOptions): InstanceHistory {
  const { id, columns, send, aheadMs } = options;
  const keys = keysOf(id);
  let ring = createHistoryRing(RECENT_POINTS);
  let hasAll = false;
  /** Of the last entry that was read. */
  let lastEntry: string | null = null;
  let lastAtMs = Number.NEGATIVE_INFINITY;

  /** What was sent twice, since its sender could not know, is told once. */
  function push(points: readonly StreamPoint[]): void {
    for (const point of points) {
      if (point.timestampMs <= lastAtMs) continue;
      lastAtMs = point.timestampMs;
      ring.push({ ...point, timestampMs: point.timestampMs - aheadMs(), instanceId: id });
    }
  }

  /** @returns the points of the entries, oldest first */
  function entriesOf(answer: unknown): { entry: string; point: StreamPoint }[] {
    if (!Array.isArray(answer)) return [];
    return answer.flatMap(([entry, fields]: [string, unknown[]]) => {
      const point = readPoint(fields?.[1], columns);
      return point === null ? [] : [{ entry, point }];
    });
  }

  const load = singleFlight(async () => {
    const [coarse, fine] = await send([
      ['XREVRANGE', keys.coarsePoints, '+', '-', 'COUNT', MOST_POINTS],
      ['XREVRANGE', keys.points, '+', '-', 'COUNT', MOST_POINTS],
    ]);
    const fineEntries = entriesOf(fine).reverse();
    const firstFineMs = fineEntries[0]?.point.timestampMs ?? Number.POSITIVE_INFINITY;
    const before = entriesOf(coarse)
      .reverse()
      .filter(({ point }) => point.timestampMs < firstFineMs);
    const all = [...before, ...fineEntries].map(({ point }) => point);
    const old = ring;
    ring = createHistoryRing(MOST_POINTS);
    lastAtMs = Number.NEGATIVE_INFINITY;
    lastEntry = fineEntries.at(-1)?.entry ?? lastEntry;
    hasAll = true;
    push(all);
    // Whoever followed the few goes on with all.
    old.stop();
  });

  return {
    question: () =>
      lastEntry === null
        ? ['XREVRANGE', keys.points, '+', '-', 'COUNT', RECENT_POINTS]
        : ['XRANGE', keys.points, `(${lastEntry}`, '+', 'COUNT', POINTS_AT_ONCE],
    take(answer) {
      const entries = entriesOf(answer);
      if (lastEntry === null) entries.reverse();
      push(entries.map(({ point }) => point));
      lastEntry = entries.at(-1)?.entry ?? lastEntry;
    },
    recent: () => ring.history().slice(-RECENT_POINTS),
    lastAtMs: () => (Number.isFinite(lastAtMs) ? lastAtMs - aheadMs() : null),
    async loadAll() {
      if (!hasAll) await load().catch(() => {});
    },
    history: () => ring.history(),
    subscribe: (request) => ring.subscribe(request),
    stop: () => ring.stop(),
  };
}
