/** What health says of a Go file with this text. */
import type { Finding } from '../../../../health/finding.ts';
import { healthOfFile } from '../../health.ts';
import { analyzeFile, contentOf } from '../../saved-file.ts';

export function findingsIn(text: string): readonly Finding[] {
  const bytes = Buffer.from(text);
  const content = contentOf(bytes);
  const analysis = analyzeFile({ bytes, content, savedAtMs: 0 });
  return healthOfFile({ name: 'dump', content, savedAtMs: 0, analysis })!.findings;
}

/** With the culprit as `file:line`. */
export function toldIn(text: string) {
  return findingsIn(text).map(({ kind, severity, sentence, culprit, count }) => ({
    kind,
    severity,
    sentence,
    at: culprit === null ? null : `${culprit.file}:${culprit.line}`,
    count,
  }));
}
