/** What is wrong in a saved file, where it tells of tasks or of the heap as a whole. */
import { besidesLocks } from '../../go-dump/facts.ts';
import { type PointEvidence, UNREAD_ELSEWHERE } from '../../health/evidence/evidence.ts';
import type { Health } from '../../health/finding.ts';
import { assessHealth } from '../../health/health.ts';
import type { GoroutinesOfDump } from '../decoding/decodings.ts';
import { runOfBox, withFindings } from './black-box.ts';
import type { AnalyzedFile } from './source.ts';

/** Judged as of when it was saved. Null for a profile, which says where memory or time goes, and not what is wrong. */
export function healthOfFile({ name, savedAtMs, analysis }: AnalyzedFile): Health | null {
  if (!['GOROUTINES', 'REPORT', 'BLACK_BOX'].includes(analysis.kind)) return null;
  const run = analysis.kind === 'BLACK_BOX' ? runOfBox(analysis.box) : null;
  const heap = analysis.kind === 'REPORT' ? analysis.report.heap : null;
  const goroutines = analysis.kind === 'GOROUTINES' ? analysis.goroutines : null;
  const evidence = {
    nowMs: savedAtMs,
    kind: 'FILE',
    error: null,
    points: heap === null ? [] : [pointOf(heap.usedBytes, savedAtMs)],
    loop: null,
    tasks: goroutines && tasksOf(goroutines),
    requests: null,
    requestsBeyond: 0,
    routes: null,
    go: goroutines?.go ?? null,
    growth: [],
    ...UNREAD_ELSEWHERE,
    heapLimitBytes: heap?.limitBytes ?? null,
    previousRun: run && { run: run.end, thisStartedAtMs: savedAtMs },
  } as const;
  const health = assessHealth(evidence, { target: name });
  return run === null ? health : withFindings(health, run);
}

/** What is told of a lock is not told of its waiters again. */
function tasksOf({ groups, go }: GoroutinesOfDump) {
  return go === null ? groups : besidesLocks(groups, go);
}

function pointOf(alloc: number | null, timestampMs: number): PointEvidence {
  return {
    timestampMs,
    isResponding: true,
    alloc,
    oldSpaceUsed: null,
    goroutines: null,
    requestsInFlight: null,
    eventLoopDelayP99Ms: null,
    eventLoopDelayMaxMs: null,
    eventLoopUtilization: null,
    gcPauseTotalMs: null,
  };
}
