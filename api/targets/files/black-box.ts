/** A saved black box: the run that it is of, and what was found wrong with it. */
import { isAlive } from '../../diagnostics/black-box/kernel.ts';
import type { BlackBox } from '../../diagnostics/black-box/record/record.ts';
import { type PreviousRun, previousRunOf } from '../../diagnostics/black-box/runs/previous-run.ts';
import type { AllocationSnapshot } from '../../diagnostics/heap/types.ts';
import type { HealthStatus } from '../../health/finding.ts';
import { type Finding, HEALTH_STATUSES, type Health } from '../../health/finding.ts';

/** Without a word of its end it may still run, where that is here. */
export function runOfBox(box: BlackBox, nowMs: number = Date.now()): PreviousRun {
  const isOver = box.end !== null || isAlive(box.process) !== true;
  return previousRunOf(box, nowMs, { isOver }, 'The program');
}

/** Null where its heap was never read. */
export function allocationsOfBox({ allocations }: BlackBox): AllocationSnapshot | null {
  if (allocations === null) return null;
  const { collectedAtMs, liveBytes, samplingIntervalBytes, rows } = allocations;
  return {
    collectedAtMs,
    pauseMs: null,
    samplingIntervalBytes,
    rotations: null,
    liveBytes,
    cumulativeBytes: null,
    stackCount: rows.length,
    top: null,
    inuse: [...rows],
  };
}

/** How it died, and what it had found itself until then. */
export function withFindings(health: Health, { sentence, findings: own }: PreviousRun): Health {
  const findings: Finding[] = [...health.findings, ...own].sort(
    (a, b) => rankOf(b.severity) - rankOf(a.severity),
  );
  const [worst] = findings;
  return {
    ...health,
    findings,
    status: worst?.severity ?? 'HEALTHY',
    sentence: health.findings[0]?.sentence ?? sentence,
  };
}

const rankOf = (status: HealthStatus): number => HEALTH_STATUSES.indexOf(status);
