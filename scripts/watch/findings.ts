/** What has changed in the findings of a program, each in one line. */
import type { Health } from '../../client/index.ts';

type Findings = Pick<Health, 'findings'>;

/**
 * For example `WARNING since 2026-01-01T00:00:00.000Z: Heap grew … Look at …`, and `Cleared: Heap grew …`.
 * Figures that go on changing tell nothing new.
 * @param before null at first
 */
export function findingLines(before: Findings | null, { findings }: Findings): string[] {
  const known = new Map(before?.findings.map((finding) => [finding.id, finding]));
  const isThere = new Set(findings.map(({ id }) => id));
  const told = findings
    .filter(({ id, severity }) => known.get(id)?.severity !== severity)
    .map(
      ({ severity, since, sentence, nextStep }) =>
        `${severity} since ${since}: ${sentence} ${nextStep}`,
    );
  const cleared = [...known.values()]
    .filter(({ id }) => !isThere.has(id))
    .map(({ sentence }) => `Cleared: ${sentence}`);
  return [...told, ...cleared];
}
