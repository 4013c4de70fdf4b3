/** What is wrong with one worker, by what is known of it: nothing is asked for, but where its heap rises. */
import { loopEvidence } from '../../diagnostics/health/loop-evidence.ts';
import { createAllocationGrowth } from '../../diagnostics/health/memory/allocation-growth.ts';
import { risenSince } from '../../diagnostics/health/memory/heap-suspicion.ts';
import { createPointRecord } from '../../diagnostics/health/point-record.ts';
import type { AllocationSnapshot } from '../../diagnostics/heap/types.ts';
import type { HistoryPoint } from '../../diagnostics/history/point.ts';
import { UNREAD_ELSEWHERE } from '../../health/evidence/evidence.ts';
import type { Health } from '../../health/finding.ts';
import { assessHealth } from '../../health/health.ts';
import type { ThreadLoop } from './loop-watch.ts';

export interface ThreadHealthOptions {
  name: string;
  title: string;
  loop: ThreadLoop;
  history: () => HistoryPoint[];
  heapLimitBytes: () => number | null;
  isMainWaiting: () => boolean;
  readAllocations: () => Promise<AllocationSnapshot | null>;
}

export interface ThreadHealth {
  judge(): Health;
  /** Reads V8's samples where the points make the heap suspect, now and then. Never rejects. */
  suspect(): Promise<void>;
}

const READ_EVERY_MS = 15_000;

export function createThreadHealth(options: ThreadHealthOptions): ThreadHealth {
  const record = createPointRecord();
  const growth = createAllocationGrowth();
  let before: Health | null = null;
  let readAtMs = 0;
  return {
    judge() {
      const { name, title, loop } = options;
      before = assessHealth(
        {
          nowMs: Date.now(),
          kind: 'NODE_THREAD',
          error: null,
          points: record.note(options.history()),
          heapLimitBytes: options.heapLimitBytes(),
          loop: loopEvidence(loop.status()),
          tasks: null,
          requests: null,
          requestsBeyond: 0,
          routes: null,
          growth: growth.growth(),
          ...UNREAD_ELSEWHERE,
          thread: { title, busy: loop.busy(), isMainWaiting: options.isMainWaiting() },
        },
        { target: name, before },
      );
      return before;
    },
    async suspect() {
      if (Date.now() - readAtMs < READ_EVERY_MS) return;
      if (risenSince(record.note(options.history())) === null) return;
      readAtMs = Date.now();
      // Where the program samples that heap itself, its growth is told without a line.
      growth.note(await options.readAllocations().catch(() => null));
    },
  };
}
