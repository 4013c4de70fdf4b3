/** The health of a file as text. */
import type { Health } from '../health/finding.ts';

/** For example `  WARNING: 7 goroutines potentially stuck, in main.wait (/app/main.go:20), for up to 7 min.` */
export function healthLines({ sentence, findings, checkedAtMs }: Health): string[] {
  if (findings.length === 0) return [`  ${sentence}`];
  return findings.flatMap(({ severity, sentence, nextStep, sinceMs }) => [
    `  ${severity}: ${sentence}`,
    `    ${nextStep}`,
    // Of most, a file only tells that they were so when it was saved.
    ...(sinceMs < checkedAtMs ? [`    Since ${new Date(sinceMs).toISOString()}.`] : []),
  ]);
}
