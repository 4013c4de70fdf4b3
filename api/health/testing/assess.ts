/** What health says of evidence, as a reader sees it. */
import type { Evidence } from '../evidence/evidence.ts';
import type { Health } from '../finding.ts';
import { assessHealth } from '../health.ts';
import { evidenceOf } from './evidence.ts';

export function assess(given: Partial<Evidence>, before: Health | null = null): Health {
  return assessHealth(evidenceOf(given), { target: 'self', before });
}

/** The findings, or the one sentence where there are none. */
export function sentencesFor(given: Partial<Evidence>): string[] {
  const { status, sentence, findings } = assess(given);
  if (findings.length === 0) return [`${status}: ${sentence}`];
  return findings.map((finding) => `${finding.severity}: ${finding.sentence}`);
}

export const HEALTHY = ['HEALTHY: Healthy.'];

/** A target that tells its tasks, and has no list of its requests. */
export const UNLISTED = {
  kind: 'PPROFQL',
  growingTasks: null,
  requests: null,
  routes: null,
} as const;

/** So many megabytes at the end of a healthy time. */
export const heapOf = (megabytes: readonly number[]) =>
  megabytes.map((each) => ({ alloc: each * 1e6 }));
