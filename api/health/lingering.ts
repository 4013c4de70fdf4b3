/** What time limits have ended, and nothing has mended: it is told for a while, since it comes back with the next load. Pure. */
import type { Finding, FindingKind, Health } from './finding.ts';

const TOLD_FOR_MS = 5 * 60_000;
/** Whoever waits for a place that nobody gives back fails in the end, and the pool looks well. */
const KINDS: ReadonlySet<FindingKind> = new Set(['DEADLOCK', 'POOL_EXHAUSTED']);

/**
 * Those of the assessment before that are gone, or were then already: as notices.
 * @param before the assessment before; null at first
 */
export function lingeringFindings(
  before: Health | null,
  findings: readonly Finding[],
  nowMs: number,
): Finding[] {
  const isThere = new Set(findings.map(({ kind }) => kind));
  return (before?.findings ?? []).flatMap((finding) => {
    const { kind, severity, culprit, sentence } = finding;
    if (!KINDS.has(kind) || culprit === null || isThere.has(kind)) return [];
    if (finding.ended !== undefined) {
      return nowMs - finding.ended.atMs < TOLD_FOR_MS ? [finding] : [];
    }
    if (severity === 'NOTICE') return [];
    const ended = { atMs: nowMs, severity, sentence };
    return [{ ...finding, ended, severity: 'NOTICE', sentence: `Over now: ${sentence}` }];
  });
}
