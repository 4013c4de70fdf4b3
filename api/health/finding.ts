/** What is wrong with a target, and the shape of what finds it out. */
import type { Frame } from '../profile/profile.ts';
import type { Evidence } from './evidence/evidence.ts';

/** From best to worst. */
export const HEALTH_STATUSES = ['HEALTHY', 'NOTICE', 'WARNING', 'CRITICAL'] as const;
export type HealthStatus = (typeof HEALTH_STATUSES)[number];

export const FINDING_KINDS = [
  'BLOCKED_LOOP',
  'SLOW_LOOP',
  'CPU_STARVED',
  'STUCK_REQUESTS',
  'LEFT_BEHIND',
  'TASK_GROWTH',
  'HEAP_GROWTH',
  'EXTERNAL_MEMORY_GROWTH',
  'NATIVE_MEMORY_GROWTH',
  'NEAR_HEAP_LIMIT',
  'POOL_EXHAUSTED',
  'THREAD_POOL_SATURATED',
  'SLOW_ROUTE',
  'LISTENER_GROWTH',
  'HANDLE_GROWTH',
  'THREAD_GROWTH',
  'BUSY_THREAD',
  'KEEPS_ALIVE',
  'LOCK_CONTENTION',
  'DEADLOCK',
  'PREVIOUS_RUN_DIED',
  'RECOVERED_PANIC',
  'DATA_RACE',
  'NOT_ANSWERING',
  'UNKNOWN',
] as const;
export type FindingKind = (typeof FINDING_KINDS)[number];

/** A pprofql that is younger, or writes a file, may have found what this one has no name for. */
export function knownKind(name: string): FindingKind {
  return FINDING_KINDS.find((kind) => kind === name) ?? 'UNKNOWN';
}

export interface RouteShare {
  route: string;
  /** Tasks of requests of this route. */
  count: number;
}

/** What a detector has found; what it leaves out is not known or means nothing there. */
export interface Detection {
  severity: Exclude<HealthStatus, 'HEALTHY'>;
  /** When it began, where the evidence tells. @default when it was first found */
  sinceMs?: number;
  /** A line of the program's own code; where none is on the stack, a package's that makes the heap grow. */
  culprit?: Frame | null;
  /** Top frame first. */
  stack?: readonly Frame[];
  /** Most tasks first. */
  routes?: readonly RouteShare[];
  count?: number;
  bytes?: number;
  /** By how much of what it was something grew: 1 where there is twice as much. @default 0 */
  grownShare?: number;
}

/** There is too little evidence yet. */
export const TOO_EARLY = 'TOO_EARLY';

/** One rule. Pure: the same evidence gives the same answer. */
export interface Detector<Found extends Detection = Detection> {
  /** Tells detectors of one kind apart. */
  name: string;
  kind: FindingKind;
  /** What it finds out, as in "too early to tell whether the heap grows"; several may share one. */
  question: string;
  /** Where one of these says more, with a line of the program, this one is not told. @default none */
  isExplainedBy?: readonly FindingKind[];
  /** Null where all is well. */
  check(evidence: Evidence): Found | typeof TOO_EARLY | null;
  /** One sentence that names the culprit and the figures. */
  sentence(found: Found): string;
  /** What to look at or do, in one sentence. */
  nextStep(found: Found): string;
  /** Whether another finding says no more than this one, and so nothing beside it. @default it does */
  hides?(found: Found, other: Finding): boolean;
}

/** Whether one of them has something to tell. */
export function findsAny(detectors: readonly Detector[], evidence: Evidence): boolean {
  return detectors.some((detector) => {
    const found = detector.check(evidence);
    return found !== null && found !== TOO_EARLY;
  });
}

export interface Finding {
  /** The same for as long as it lasts: of one target, one rule and one culprit. */
  id: string;
  kind: FindingKind;
  severity: HealthStatus;
  /** When it began, or was first found. */
  sinceMs: number;
  sentence: string;
  culprit: Frame | null;
  stack: readonly Frame[];
  routes: readonly RouteShare[];
  count: number | null;
  bytes: number | null;
  nextStep: string;
  /** What it was before it was over; absent while it is not. */
  ended?: { atMs: number; severity: HealthStatus; sentence: string };
}

export interface Health {
  /** The severity of the worst finding. */
  status: HealthStatus;
  sentence: string;
  checkedAtMs: number;
  /** Most severe first. */
  findings: readonly Finding[];
  /** The questions of the detectors that have too little evidence yet. */
  tooEarly: readonly string[];
  /** What was found in the last hour and is no more; newest first, ten at most. */
  cleared: readonly ClearedFinding[];
}

export type ClearedFinding = Pick<
  Finding,
  'id' | 'kind' | 'severity' | 'sinceMs' | 'sentence' | 'culprit'
> & { clearedAtMs: number };
