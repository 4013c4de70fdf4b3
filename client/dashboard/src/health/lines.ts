/** What the health line and the list below it say: what the API found, or why the page cannot know. Pure. */
import type { FindingFragment, HealthFragment, HealthStatus } from '../../generated/graphql.ts';
import type { Phase } from '../connection/link.ts';

/** From best to worst; `unknown` is for what is no fault of the program. */
export type Tone = 'fine' | 'unknown' | 'warning' | 'critical';

export interface HealthLine {
  tone: Tone;
  sentence: string;
  /** Null where nothing was found. */
  finding: FindingFragment | null;
}

export interface HealthInput {
  /** Null before the first answer. */
  health: HealthFragment | null;
  phase: Phase;
  /** When the connection entered its phase. */
  phaseSinceMs: number;
  nowMs: number;
}

const TONES: Record<HealthStatus, Tone> = {
  HEALTHY: 'fine',
  NOTICE: 'unknown',
  WARNING: 'warning',
  CRITICAL: 'critical',
};

/** The worst first; never empty. */
export function linesOf({ health, phase, phaseSinceMs, nowMs }: HealthInput): HealthLine[] {
  if (phase === 'unauthorized') return [unknown('An access token is needed')];
  if (isLost(phase, phaseSinceMs, nowMs)) return [unknown('Connection lost, trying again')];
  if (health === null) return [unknown('Waiting for the first figures')];
  const { status, sentence, findings } = health;
  if (findings.length === 0) return [{ tone: TONES[status], sentence, finding: null }];
  return findings.map((finding) => ({
    tone: TONES[finding.severity],
    sentence: finding.sentence,
    finding,
  }));
}

function unknown(sentence: string): HealthLine {
  return { tone: 'unknown', sentence, finding: null };
}

/** A connection that comes back within this was hardly gone. */
const LOST_GRACE_MS = 1_500;

export function isLost(phase: Phase, phaseSinceMs: number, nowMs: number): boolean {
  return phase === 'lost' && nowMs - phaseSinceMs >= LOST_GRACE_MS;
}

/** How many tasks are stuck; background work may wait for as long as it likes. */
export function stuckCount(health: HealthFragment | null): number {
  return (health?.findings ?? [])
    .filter(({ kind }) => kind === 'STUCK_REQUESTS' || kind === 'LEFT_BEHIND')
    .reduce((sum, { count }) => sum + (count ?? 0), 0);
}
