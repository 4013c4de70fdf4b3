/** What was wrong lately and is no more: it is told for a while, for who comes when all is over. Pure. */
import type { ClearedFinding, Health } from './finding.ts';

const TOLD_FOR_MS = 3_600_000;
const MOST_CLEARED = 10;

/**
 * Newest first; each finding once, and none that is back.
 * @param before the assessment before; null at first
 */
export function clearedSince(
  before: Health | null,
  { findings, checkedAtMs }: Pick<Health, 'findings' | 'checkedAtMs'>,
): ClearedFinding[] {
  if (before === null) return [];
  const isThere = new Set(findings.map(({ id }) => id));
  const gone = before.findings
    .filter(({ id }) => !isThere.has(id))
    .map(
      ({ id, kind, severity, sinceMs, sentence, culprit, ended }): ClearedFinding => ({
        id,
        kind,
        severity: ended?.severity ?? severity,
        sinceMs,
        clearedAtMs: ended?.atMs ?? checkedAtMs,
        sentence: ended?.sentence ?? sentence,
        culprit,
      }),
    );
  const isGone = new Set(gone.map(({ id }) => id));
  const earlier = before.cleared.filter(
    ({ id, clearedAtMs }) =>
      !isThere.has(id) && !isGone.has(id) && checkedAtMs - clearedAtMs < TOLD_FOR_MS,
  );
  return [...gone, ...earlier].slice(0, MOST_CLEARED);
}
