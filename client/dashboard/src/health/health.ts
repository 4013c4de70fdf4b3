/** One true sentence about the process, with the evidence for it. Pure. */
import type { TargetFragment } from '../../generated/graphql.ts';
import type { Phase } from '../connection/link.ts';
import type { Point } from '../live/series.ts';
import { blockedFindings, type LoopEvidence } from './blocked.ts';
import { delayFindings } from './delays.ts';
import type { Finding, Severity } from './finding.ts';
import { type Grower, growthFindings } from './heap-growth.ts';
import { stuckFindings, type TaskEvidence } from './stuck-tasks.ts';
import { taskGrowthFindings } from './task-growth.ts';

export interface HealthInput {
  nowMs: number;
  phase: Phase;
  /** When the connection entered its phase. */
  phaseSinceMs: number;
  /** The one that is watched; null before it is known. */
  target: TargetFragment | null;
  points: readonly Point[];
  /** What the event loop was last found doing; null before the first answer. */
  loop: LoopEvidence | null;
  tasks: readonly TaskEvidence[];
  /** Who grew on the heap since the page opened, most bytes first; empty before two reads. */
  growers: readonly Grower[];
  heapLimitBytes: number | null;
}

const RANK: Record<Severity, number> = { critical: 0, warning: 1, unknown: 2, fine: 3 };

/** Every finding, worst first; never empty. The first is the health line. */
export function assessHealth(input: HealthInput): Finding[] {
  const connection = connectionFinding(input);
  if (connection !== null) return [connection];
  const kind = input.target?.kind ?? null;
  const findings = [
    ...failedQuestion(input.target),
    ...blockedFindings(input.points, input.loop, input.nowMs, kind !== null && kind !== 'NODE'),
    ...taskGrowthFindings(input.points, kind),
    ...stuckFindings(input.tasks, kind),
    ...delayFindings(input.points),
    ...growthFindings(input.points, input.growers, input.heapLimitBytes),
  ];
  if (findings.length === 0) {
    const sentence = kind === 'FILE' ? 'Nothing in these files looks stuck' : 'Healthy';
    return [{ severity: 'fine', sentence, evidence: {} }];
  }
  return findings.toSorted((a, b) => RANK[a.severity] - RANK[b.severity]);
}

/** A connection that comes back within this was hardly gone. */
const LOST_GRACE_MS = 1_500;

export function isLost(phase: Phase, phaseSinceMs: number, nowMs: number): boolean {
  return phase === 'lost' && nowMs - phaseSinceMs >= LOST_GRACE_MS;
}

/** Of this process the event loop tells more. */
function isFailing(target: TargetFragment | null): target is TargetFragment {
  return target?.state === 'FAILING' && target.kind !== 'NODE';
}

/** A target may give its figures, and refuse a profile. */
function failedQuestion(target: TargetFragment | null): Finding[] {
  if (!isFailing(target)) return [];
  return [{ severity: 'warning', sentence: `It was asked in vain: ${target.error}`, evidence: {} }];
}

function connectionFinding(input: HealthInput): Finding | null {
  const { phase, phaseSinceMs, nowMs, points, target } = input;
  const unknown = (sentence: string): Finding => ({ severity: 'unknown', sentence, evidence: {} });
  if (phase === 'unauthorized') return unknown('An access token is needed');
  if (isLost(phase, phaseSinceMs, nowMs)) return unknown('Connection lost, trying again');
  if (isFailing(target) && points.at(-1)?.responding !== true) {
    return { severity: 'critical', sentence: `Not answering: ${target.error}`, evidence: {} };
  }
  if (points.length === 0) return unknown('Waiting for the first figures');
  return null;
}
